import { EventType, type Flow, type Side } from './flow.js';

/**
 * Which side of a flow is the client. Replies and responses are told with the ends swapped, so the
 * client of those is the destination. Undefined where the record alone does not say: then ports
 * that other records showed to be a server's decide (see service-map/server-ports.ts).
 */
export function clientSide(flow: Pick<Flow, 'traits' | 'l7'>): Side | undefined {
  const { traits, l7 } = flow;
  if (isReply(flow)) return 'destination';
  if (traits.isReply === false || l7?.type === 'REQUEST') return 'source';
  // A drop or a verdict is told of the packet that opens a connection, and a socket by its owner.
  if (isDecision(traits.eventType) || traits.eventType === EventType.traceSock || traits.type === 'SOCK') {
    return 'source';
  }
  if (traits.verdict === 'DROPPED') return 'source';
  if (isOpening(traits.tcpFlags) || traits.protocol.startsWith('ICMP')) return 'source';
  return undefined;
}

/** Replies of connections and responses of requests: they count on the edge of what they answer. */
export function isReply({ traits, l7 }: Pick<Flow, 'traits' | 'l7'>): boolean {
  if (traits.isReply !== undefined) return traits.isReply;
  if (traits.traceReason === 'REPLY' || l7?.type === 'RESPONSE') return true;
  if (isDecision(traits.eventType)) return false;
  return isAnswering(traits.tcpFlags) || isEchoReply(traits.protocol, traits.icmpType);
}

function isDecision(eventType: number): boolean {
  return eventType === EventType.drop || eventType === EventType.policyVerdict;
}

function isOpening(tcpFlags: string): boolean {
  return tcpFlags === 'SYN' || tcpFlags === 'SYN,ECE,CWR';
}

function isAnswering(tcpFlags: string): boolean {
  return tcpFlags.startsWith('SYN,ACK');
}

function isEchoReply(protocol: string, icmpType: number): boolean {
  return (protocol === 'ICMPv4' && icmpType === 0) || (protocol === 'ICMPv6' && icmpType === 129);
}
