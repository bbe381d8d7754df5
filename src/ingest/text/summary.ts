import { Forgetful } from '../../domain/flow/forgetful.js';
import type { Json } from '../../domain/flow/json.js';
import type { FlowType } from './flow-type.js';
import { readIcmp } from './icmp.js';

/** What the summary in parentheses, or in the last column, says. */
export interface ReadSummary {
  /** The part of it that Hubble's JSON has as `Summary`. */
  text: string;
  ipTraceId: string;
  authType: string;
  /** The key of `l4`, empty where it is not said. */
  protocol: string;
  /** What `l4` holds beside the ports. */
  l4: Json;
  /** The text does not name the protocol: it is the one that such messages usually come by. */
  protocolAssumed: boolean;
  l7: Json | undefined;
}

/** Those of packets: few, and the same over and over. */
const known = new Forgetful<ReadSummary>(1 << 18);

export function readSummary(printed: string, l7: FlowType['l7']): ReadSummary {
  if (l7 !== undefined) return findSummary(printed, l7);
  return known.get(printed) ?? known.add(printed, findSummary(printed, undefined), printed.length);
}

function findSummary(printed: string, l7: FlowType['l7']): ReadSummary {
  const [, ipTraceId = '', told = printed] = /^IP Trace ID: (\d+); (.*)$/.exec(printed) ?? [];
  const [, text = told, authType = ''] =
    /^(.*); (?:Auth: (?=[A-Z_]+$))?(SPIRE|TEST_ALWAYS_FAIL|(?<=Auth: )[A-Z_]+)$/.exec(told) ?? [];
  const rest = { text, ipTraceId, authType };
  if (l7 === undefined) return { ...rest, ...readL4(text), protocolAssumed: false, l7: undefined };
  const protocol = l7Protocol(l7.kind, text);
  return { ...rest, protocol, l4: {}, protocolAssumed: protocol !== '', l7: readL7(text, l7) };
}

function readL4(text: string): Pick<ReadSummary, 'protocol' | 'l4'> {
  const [, protocol = '', detail = ''] = /^(TCP|UDP|SCTP|ICMPv4|ICMPv6|VRRP|IGMP)\b(.*)$/.exec(text) ?? [];
  if (protocol === 'TCP') return { protocol, l4: readFlags(detail) };
  if (protocol !== 'ICMPv4' && protocol !== 'ICMPv6') return { protocol, l4: {} };
  const l4 = readIcmp(protocol, detail);
  // An absent type would mean EchoReply.
  return l4 === undefined ? { protocol: '', l4: {} } : { protocol, l4 };
}

/** ` Flags: SYN, ACK`; Retina prints ` Flags: SYN:true  ACK:true`. */
function readFlags(text: string): Json {
  const [, list] = /^ Flags:(.*)$/.exec(text) ?? [];
  if (list === undefined) return {};
  const names = [...list.matchAll(/\b(FIN|SYN|RST|PSH|ACK|URG|ECE|CWR|NS)\b(:false)?/g)]
    .filter(([, , unset]) => unset === undefined)
    .map(([, name = '']) => name);
  return { flags: Object.fromEntries(names.map((name) => [name, true])) };
}

function l7Protocol(kind: string, text: string): string {
  if (kind === 'dns') return 'UDP';
  if (kind === 'http') return text.startsWith('HTTP/3') ? 'UDP' : 'TCP';
  return kind === 'kafka' ? 'TCP' : '';
}

function readL7(text: string, { kind, type, observationSource }: NonNullable<FlowType['l7']>): Json {
  const l7 = type === '' ? {} : { type };
  if (kind === 'http') return { ...l7, ...readHttp(text) };
  if (kind === 'dns') return { ...l7, dns: readDns(text, observationSource) };
  return kind === 'kafka' ? { ...l7, kafka: readKafka(text) } : l7;
}

/** `HTTP/1.1 GET http://x/y`, `HTTP/1.1 200 12ms (GET http://x/y)`. */
function readHttp(text: string): Json {
  const answer = /^(\S+) (\d{1,3}) (\d+)ms \((\S+) (.*)\)$/.exec(text);
  if (answer !== null) {
    const [, protocol, code, milliseconds = '0', method, url] = answer;
    // Zero is left out as in JSON: Hubble could not measure it, or it took less than half a millisecond.
    const latency = /^0+$/.test(milliseconds)
      ? {}
      : { latency_ns: `${milliseconds.replace(/^0+/, '')}000000` };
    return { ...latency, http: { code: Number(code), method, url, protocol } };
  }
  const [, protocol, method, url] = /^(\S+) ([^\s\d]\S*) (.*)$/.exec(text) ?? [];
  return { http: protocol === undefined ? {} : { method, url, protocol } };
}

const RCODES: ReadonlyMap<string, number> = new Map([
  ['Format Error', 1],
  ['Server Failure', 2],
  ['Non-Existent Domain', 3],
  ['Not Implemented', 4],
  ['Query Refused', 5],
  ['Name Exists when it should not', 6],
  ['RR Set Exists when it should not', 7],
  ['RR Set that should exist does not', 8],
  ['Server Not Authoritative for zone', 9],
  ['Name not contained in zone', 10],
  ['Bad OPT Version', 16],
]);

/** `DNS Query name. A,AAAA`, `DNS Answer "1.2.3.4" TTL: 30 (Proxy name. A)`, `DNS Answer RCode: Non-Existent Domain TTL: …`; Retina prints no TTL. */
function readDns(text: string, observationSource: string): Json {
  const answer = /^DNS Answer (.*?) ?(?:TTL: (\d+) )?\((Query|Proxy) (\S*) ?(\S*)\)$/.exec(text);
  if (answer !== null) {
    const [, given = '', ttl = '0', asked, query = '', qtypes = ''] = answer;
    const source = observationSource || (asked === 'Proxy' ? 'proxy' : '');
    return {
      ...dns(query, qtypes, source),
      ...(ttl === '0' ? {} : { ttl: Number(ttl) }),
      ...readAnswer(given),
    };
  }
  const [, query = '', qtypes = ''] = /^DNS Query (\S*) ?(\S*)$/.exec(text) ?? [];
  return dns(query, qtypes, observationSource);
}

function dns(query: string, qtypes: string, source: string): Json {
  return {
    ...(query === '' ? {} : { query }),
    ...(source === '' ? {} : { observation_source: source }),
    ...(qtypes === '' ? {} : { qtypes: qtypes.split(',') }),
  };
}

function readAnswer(text: string): Json {
  const [, rcode] = /^RCode: (.*)$/.exec(text) ?? [];
  if (rcode !== undefined) {
    const code = RCODES.get(rcode.trim());
    return code === undefined ? {} : { rcode: code };
  }
  const [, ips] = /^"([^"]*)"/.exec(text) ?? [];
  const [, cnames] = /CNAMEs: "([^"]*)"/.exec(text) ?? [];
  return {
    ...(ips === undefined ? {} : { ips: ips.split(',') }),
    ...(cnames === undefined ? {} : { cnames: cnames.split(',') }),
  };
}

const KAFKA =
  /^Kafka (?:request|response) (\S*) correlation id (\d+) topic '(.*?)'(?: return code (-?\d+))?$/;

function readKafka(text: string): Json {
  const [, key = '', correlation = '0', topic = '', error = '0'] = KAFKA.exec(text) ?? [];
  return {
    ...(error === '0' ? {} : { error_code: Number(error) }),
    ...(key === '' ? {} : { api_key: key }),
    ...(correlation === '0' ? {} : { correlation_id: Number(correlation) }),
    ...(topic === '' ? {} : { topic }),
  };
}
