import type { EdgeDetail, MapEdge } from '../../../src/service-map/service-map.schema.js';
import { at, items, num, str } from './read.js';

/** What a record itself tells of one end. */
export interface RecordEnd {
  /** With its namespace; empty where the record names no pod. */
  pod: string;
  ip: string;
  named: boolean;
}

export interface RecordEnds {
  client: RecordEnd;
  server: RecordEnd;
}

/** Client and server of the records of an edge: of a reply, the source is the server. */
export function recordEnds(edge: MapEdge, examples: EdgeDetail['examples']): RecordEnds[] {
  return examples.map((record) => {
    const flow = at(record, 'flow') ?? record;
    const [source, destination] = [endOf(flow, 'source'), endOf(flow, 'destination')];
    return isFromServer(flow, edge)
      ? { client: destination, server: source }
      : { client: source, server: destination };
  });
}

function endOf(flow: unknown, side: 'source' | 'destination'): RecordEnd {
  const end = at(flow, side);
  const pod = str(end, 'pod_name') || str(end, 'podName');
  const names = items(flow, `${side}_names`);
  return {
    pod: pod && `${str(end, 'namespace')}/${pod}`,
    ip: str(at(flow, 'IP') ?? at(flow, 'ip'), side),
    named: pod !== '' || names.length > 0 || items(end, 'workloads').length > 0,
  };
}

/** Not every record says whether it is a reply; the server's port does. */
function isFromServer(flow: unknown, { port }: MapEdge): boolean {
  const [ports] = Object.values((at(flow, 'l4') ?? {}) as Record<string, unknown>);
  const isPort = (name: string): boolean => port !== null && num(ports, name) === port;
  if (isPort('source_port') !== isPort('destination_port')) return isPort('source_port');
  return at(flow, 'is_reply') === true;
}
