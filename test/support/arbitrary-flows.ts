import fc from 'fast-check';
import { parseFilter } from '../../src/domain/filter/parse-filter.js';
import { formatTimestamp } from '../../src/domain/flow/timestamp.js';
import { Digits, jsonText } from './json-text.js';
import { ends, type End } from './cluster-ends.js';
import { words } from './make-flow.js';

type Fields = Record<string, unknown>;
const START = 1_780_308_000_000_000_000n;

const end = fc.constantFrom(...ends);
const servicePort: fc.Arbitrary<number> = fc.constantFrom(53, 80, 443, 8080);
const clientPort = fc.constantFrom(0, 79, 33_000, 41_822, 65_535);
const point = fc.constantFrom(
  'TO_ENDPOINT',
  'TO_STACK',
  'TO_OVERLAY',
  'TO_NETWORK',
  'FROM_ENDPOINT',
  'TO_PROXY',
);
const direction = fc.constantFrom('INGRESS', 'EGRESS', undefined);

/** A connection: its ends, ports and protocol, from the client's side. */
const connection = fc.record({
  client: end,
  server: end,
  port: servicePort,
  clientPort,
  protocol: fc.constantFrom('TCP', 'TCP', 'UDP', 'SCTP'),
});
type Connection = typeof connection extends fc.Arbitrary<infer T> ? T : never;

function packet({ client, server, port, clientPort: from, protocol }: Connection, reply: boolean): Fields {
  const [source, destination] = reply ? [server, client] : [client, server];
  const [sourcePort, destinationPort] = reply ? [port, from] : [from, port];
  return {
    ...(source.ip === '' || destination.ip === ''
      ? {}
      : { IP: { source: source.ip, destination: destination.ip, ipVersion: 'IPv4' } }),
    l4: {
      [protocol]: {
        ...(sourcePort === 0 ? {} : { source_port: sourcePort }),
        ...(destinationPort === 0 ? {} : { destination_port: destinationPort }),
      },
    },
    source: source.raw,
    destination: destination.raw,
    ...(source.names && { source_names: source.names }),
    ...(destination.names && { destination_names: destination.names }),
    ...(source.service && { source_service: source.service }),
    ...(destination.service && { destination_service: destination.service }),
  };
}

/** Of TCP packets; others have none. */
const flags = fc.constantFrom<Fields | undefined>(
  undefined,
  { SYN: true },
  { SYN: true, ACK: true },
  { RST: true },
  { ACK: true, RST: true },
  { ACK: true, PSH: true },
);

function withFlags(told: Fields, flags: Fields | undefined, encrypted: boolean): Fields {
  const { l4, IP } = told as { l4: { TCP?: Fields }; IP?: Fields };
  return {
    ...told,
    ...(l4.TCP && flags ? { l4: { TCP: { ...l4.TCP, flags } } } : {}),
    ...(IP && encrypted ? { IP: { ...IP, encrypted } } : {}),
  };
}

const trace = fc
  .record({
    connection,
    reply: fc.boolean(),
    known: fc.boolean(),
    point,
    direction,
    flags,
    encrypted: fc.boolean(),
  })
  .map((told) => [
    {
      verdict: 'FORWARDED',
      ...withFlags(packet(told.connection, told.reply), told.flags, told.encrypted),
      Type: 'L3_L4',
      event_type: { type: 4, ...(told.point === 'TO_ENDPOINT' ? {} : { sub_type: 3 }) },
      traffic_direction: told.direction,
      trace_observation_point: told.point,
      ...(told.known ? { is_reply: told.reply, trace_reason: told.reply ? 'REPLY' : 'NEW' } : {}),
    },
  ]);

/** A denied packet: a verdict, and the drop of it. */
const denied = fc
  .record({ connection, direction, explicit: fc.boolean(), both: fc.boolean() })
  .map((told) => {
    const reason = told.explicit
      ? { drop_reason: 181, drop_reason_desc: 'POLICY_DENY' }
      : { drop_reason: 133, drop_reason_desc: 'POLICY_DENIED' };
    const base = {
      verdict: 'DROPPED',
      ...packet(told.connection, false),
      ...reason,
      Type: 'L3_L4',
      traffic_direction: told.direction,
    };
    const by = [
      { name: 'no-way', namespace: 'shop', kind: 'CiliumNetworkPolicy', revision: '18446744073709551615' },
    ];
    const verdict = { ...base, event_type: { type: 5 }, ...(told.explicit ? { egress_denied_by: by } : {}) };
    const drop = {
      ...base,
      event_type: { type: 1, sub_type: reason.drop_reason },
      file: { name: 'bpf_lxc.c', line: 1 },
    };
    return told.both ? [verdict, drop] : [drop];
  });

const decided = fc
  .record({
    connection,
    direction,
    verdict: fc.constantFrom('FORWARDED', 'AUDIT', 'REDIRECTED', 'ERROR'),
    auth: fc.constantFrom(undefined, 'SPIRE', 'DISABLED'),
  })
  .map((told) => [
    {
      verdict: told.verdict,
      ...packet(told.connection, false),
      Type: 'L3_L4',
      event_type: { type: 5 },
      traffic_direction: told.direction,
      policy_match_type: 2,
      ...(told.auth && { auth_type: told.auth }),
      is_reply: false,
    },
  ]);

const http = fc
  .record({
    connection,
    direction,
    code: fc.constantFrom(200, 404, 503),
    path: fc.constantFrom('/', '/v1/items?a=1&b=<2>', '/%zz'),
    refused: fc.boolean(),
    answered: fc.boolean(),
    latency: fc.constantFrom(undefined, '1', '250000', '251000', '12345678901234567'),
  })
  .map((told) => {
    const message = {
      method: 'GET',
      url: `http://api.pay:8080${told.path}`,
      protocol: 'HTTP/1.1',
      headers: [{ key: 'X', value: 'r1' }],
    };
    const base = {
      verdict: told.refused ? 'DROPPED' : 'FORWARDED',
      Type: 'L7',
      event_type: { type: 129 },
      traffic_direction: told.direction,
    };
    const request = {
      ...base,
      ...packet({ ...told.connection, protocol: 'TCP' }, false),
      l7: { type: 'REQUEST', http: message },
      is_reply: false,
    };
    const answer = {
      type: 'RESPONSE',
      ...(told.latency && { latency_ns: told.latency }),
      http: { ...message, code: told.code },
    };
    const response = {
      ...base,
      ...packet({ ...told.connection, protocol: 'TCP' }, true),
      l7: answer,
      is_reply: true,
    };
    return told.answered ? [request, response] : [request];
  });

const dns = fc.record({ connection, rcode: fc.constantFrom(0, 3), response: fc.boolean() }).map((told) => {
  const question = { query: 'api.example.com.', observation_source: 'proxy', qtypes: ['A'] };
  const answer = told.rcode === 0 ? { ips: ['203.0.113.9'], ttl: 60 } : { rcode: told.rcode };
  const l7 = told.response
    ? { type: 'RESPONSE', dns: { ...question, ...answer } }
    : { type: 'REQUEST', dns: question };
  return [
    {
      verdict: 'FORWARDED',
      ...packet({ ...told.connection, port: 53, protocol: 'UDP' }, told.response),
      Type: 'L7',
      event_type: { type: 129 },
      l7,
      is_reply: told.response,
    },
  ];
});

const socket = fc.record({ connection, portless: fc.boolean() }).map((told) => [
  {
    verdict: 'TRACED',
    ...packet({ ...told.connection, port: told.portless ? 0 : told.connection.port }, false),
    Type: 'SOCK',
    event_type: { type: 7, sub_type: 3 },
    sock_xlate_point: 'SOCK_XLATE_POINT_PRE_DIRECTION_REV',
    socket_cookie: '18446744073709551615',
  },
]);

/** A socket that asks for a Service and is sent to a backend, and a packet of it. */
const sent = fc.record({ connection, reply: fc.boolean(), cookie: fc.nat(2) }).map((told) => {
  const { client, server, port } = told.connection;
  const service = { ip: '10.96.0.20', raw: {}, service: { name: 'shop', namespace: 'shop' } };
  const sock = (to: End, sub_type: number) => ({
    verdict: sub_type === 1 ? 'TRACED' : 'TRANSLATED',
    ...packet({ client, server: to, port, clientPort: 0, protocol: 'TCP' }, false),
    Type: 'SOCK',
    event_type: { type: 7, sub_type },
    socket_cookie: String(told.cookie),
  });
  const followed = {
    verdict: 'FORWARDED',
    ...packet({ ...told.connection, protocol: 'TCP' }, told.reply),
    Type: 'L3_L4',
    event_type: { type: 4 },
    is_reply: told.reply,
  };
  return [sock(service, 1), sock(server, 2), followed];
});

/** What few records carry and no column holds. */
const seldom: Fields = {
  IP: {
    source: '10.0.1.5',
    source_xlated: '192.0.2.7',
    destination: '10.0.2.7',
    ipVersion: 'IPv4',
    encrypted: true,
  },
  trace_context: { parent: { trace_id: '4bf92f35' } },
  ip_trace_id: { trace_id: new Digits('18446744073709551615') },
};

/** What field masks and other versions of Cilium leave and add. */
const odd = fc.record({ connection, which: fc.nat(7) }).map(({ connection: told, which }): Fields[] => {
  const base: Fields = { verdict: 'FORWARDED', ...packet(told, false) };
  if (which === 0) return [{ verdict: 'FORWARDED', source: {}, destination: {}, l4: {} }];
  if (which === 1) return [{ ...base, aggregate: { ingress_flow_count: 31, egress_flow_count: 3 } }];
  if (which === 2) return [{ ...base, reply: true, Summary: 'TCP Flags: SYN, ACK' }];
  if (which === 3)
    return [{ ...base, cookie: new Digits('9223372036854775807'), note: 'ü "q" \\ 🙂 \u2028' }];
  if (which === 4) return [{ ...base, l4: { ICMPv4: { type: 8 } }, verdict: 'SOME_FUTURE_VERDICT' }];
  if (which === 5) return [{ ...base, ...seldom, interface: { index: 2, name: 'eth0' } }];
  if (which === 6) return [{ ...base, l4: { TCP: { flags: { SYN: true, ACK: true } } }, ...seldom }];
  return [
    { ...base, l4: { ICMPv4: {} }, is_reply: null, extensions: { '@type': 'x/y', source: { a: [1, null] } } },
  ];
});

const story = fc.oneof(
  { arbitrary: trace, weight: 4 },
  denied,
  decided,
  http,
  dns,
  { arbitrary: socket, weight: 2 },
  sent,
  odd,
);

const dress = fc.record({
  offset: fc.oneof(fc.nat(3), fc.nat(600_000_000_000)),
  uuid: fc.oneof(
    fc.uuid(),
    fc.constant(undefined),
    fc.nat(9999).map((n) => `flow-${n}`),
  ),
  node: fc.constantFrom('c/n1', 'c/n2', 'n3', undefined),
  labels: fc.constantFrom(
    undefined,
    ['kubernetes.io/os=linux', 'zone=a'],
    ['kubernetes.io/os=linux', 'zone=b'],
  ),
  form: fc.constantFrom('envelope', 'envelope', 'envelope', 'bare', 'timeless'),
  style: fc.record({ spaced: fc.boolean(), reversed: fc.boolean() }),
});
type Dress = typeof dress extends fc.Arbitrary<infer T> ? T : never;

function dressed(told: Fields, how: Dress, at: number): string {
  const time = formatTimestamp(START + BigInt(how.offset) + BigInt(at));
  const timed = how.form === 'bare' ? { time } : {};
  const flow = {
    ...timed,
    uuid: how.uuid === undefined ? undefined : uuidOf(how.uuid, at),
    ...told,
    node_name: how.node,
    node_labels: how.labels,
  };
  if (how.form === 'bare') return jsonText(flow, how.style);
  const envelope = { flow, node_name: how.node, time: how.form === 'timeless' ? undefined : time };
  return jsonText(envelope, how.style);
}

function uuidOf(uuid: string, at: number): string {
  const last = parseInt(uuid.slice(-1), 16);
  return uuid.slice(0, -1) + ((last + at) % 16).toString(16);
}

/** Flows of a small cluster as Hubble writes them, one JSON a line; a few stand there twice. */
export function flowTexts(maxStories = 25): fc.Arbitrary<string[]> {
  return fc
    .array(fc.tuple(story, dress), { minLength: 1, maxLength: maxStories })
    .map((stories) => stories.flatMap(([told, how]) => told.map((fields, at) => dressed(fields, how, at))));
}

const filterValues: Record<string, readonly string[]> = {
  verdict: ['FORWARDED', 'DROPPED', 'AUDIT', 'TRACED'],
  protocol: ['tcp', 'udp', 'icmp', 'http', 'dns'],
  type: ['trace', 'drop', 'l7', 'policy-verdict', 'trace-sock', 'trace:to-stack', 'drop:133'],
  'traffic-direction': ['ingress', 'egress'],
  'http-status': ['200', '4+'],
  'http-method': ['get', 'POST'],
  'http-path': ['^/v1', 'items$'],
  'drop-reason-desc': ['POLICY_DENIED', 'POLICY_DENY'],
  uuid: ['flow-1', 'flow-2'],
  'node-name': ['c/n1', 'n*', 'default/'],
  'node-label': ['zone=a', '!zone'],
  'http-url': ['pay:8080', '<2>'],
  'http-header': ['X:r1', 'X:'],
  'dns-query': ['example', '^x'],
  'ip-version': ['v4', 'none'],
  encrypted: ['true', 'false'],
  reply: ['true', 'false'],
  'tcp-flags': ['syn', 'syn,ack'],
  'trace-id': ['4bf92f35'],
  'ip-trace-id': ['18446744073709551615', '3'],
  'snat-ip': ['192.0.2.0/24'],
  interface: ['eth0'],
  'cel-expression': ['_flow.verdict == Verdict.DROPPED', '_flow.source.namespace == "shop"'],
  denylist: ['{"verdict":["DROPPED"]}', '{"source_pod":["shop/"],"reply":[true]}'],
};
/** Beyond Hubble. */
const ownValues: Record<string, readonly string[]> = {
  'dns-rcode': ['NXDOMAIN', 'NOERROR'],
  'latency-min': ['1h'],
  'latency-max': ['1h', '4000h'],
  policy: ['shop/no-way', 'no-way'],
  text: ['große', 'WEB', '🙂', '503'],
  between: ['web,api', 'shop/web,Deployment/backend'],
};
const sidedValues: Record<string, readonly string[]> = {
  namespace: ['shop', 'pay'],
  pod: ['shop/web', 'pay/', '/cart', 'web'],
  label: ['app=web', 'k8s:app in (web,api)', '!tier', 'app!=api'],
  workload: ['web', 'Deployment/', 'Deployment/backend'],
  ip: ['10.0.1.5', '10.0.0.0/16', 'fd00::/8'],
  port: ['80', '53', '41822', '50-90'],
  identity: ['world', '23001'],
  fqdn: ['*.example.com'],
};
const names = [
  ...Object.entries(filterValues),
  ...Object.entries(sidedValues).flatMap(([name, values]) =>
    [name, `from-${name}`, `to-${name}`].map((n) => [n, values] as const),
  ),
];

type Name = readonly [string, readonly string[]];

function someOf(names: readonly Name[]): fc.Arbitrary<Record<string, string[]>> {
  const word = fc
    .tuple(fc.constantFrom(...names), fc.boolean())
    .chain(([[name, values], not]) =>
      fc.tuple(
        fc.constant(not && name !== 'denylist' ? `not-${name}` : name),
        fc.subarray([...values], { minLength: 1, maxLength: Math.min(2, values.length) }),
      ),
    );
  return fc
    .array(word, { minLength: 1, maxLength: 3 })
    .map((list) => Object.fromEntries(list))
    .filter(isAccepted);
}

/** Filters that Hubble would take, in the words of a URL. */
export const hubbleWords = someOf(names);

/** Those and the ones beyond Hubble. */
export const filterWords = someOf([...names, ...Object.entries(ownValues)]);

function isAccepted(filter: Record<string, string[]>): boolean {
  try {
    parseFilter(words(filter));
    return true;
  } catch {
    return false;
  }
}

/** Windows over the time in which generated flows lie. */
export const windows = fc
  .tuple(fc.option(fc.nat(600), { nil: undefined }), fc.option(fc.nat(600), { nil: undefined }))
  .map(([since, until]) => ({
    since: since === undefined ? undefined : START + BigInt(since) * 1_000_000_000n,
    until: until === undefined ? undefined : START + BigInt(until) * 1_000_000_000n,
  }));
