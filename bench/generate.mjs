/**
 * Writes a big capture for measuring: COUNT flows as Hubble 1.19 writes them, one a line, of a cluster with 50
 * namespaces, 500 workloads, 5,000 pods and 40 nodes. The same arguments always give the same bytes.
 *
 *     node bench/generate.mjs COUNT OUTFILE [--seed N]
 *
 * COUNT is the number of flows; lost_events records come on top, one for about every 50,000 flows.
 * Lines are put together from ready-made pieces of JSON, so nothing is serialised while writing.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { parseArgs } from 'node:util';

const NAMESPACES = 50;
const WORKLOADS = 500;
const PODS = 5000;
const NODES = 40;
const FLOWS_PER_SECOND = 2000;
const FLOWS_PER_LOSS = 50_000;
const FLOWS_PER_NEW_POD = 2000;
const CHUNK = 1 << 20;
const START = Date.UTC(2026, 5, 1) / 1000;

const { count, outFile, seed } = readArguments();

function readArguments() {
  try {
    const options = { seed: { type: 'string', default: '1' } };
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const [flows, outFile] = positionals;
    const [count, seed] = [Number(flows), Number(values.seed)];
    if (positionals.length === 2 && Number.isInteger(count) && count > 0 && Number.isInteger(seed)) {
      return { count, outFile, seed };
    }
  } catch {
    // An option that does not exist: the usage says which do.
  }
  console.error('usage: node bench/generate.mjs COUNT OUTFILE [--seed N]');
  process.exit(2);
}

// ---------------------------------------------------------------- chance, the same for the same seed

let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, seed | 0];
/** sfc32: a whole number of 32 bits. */
function next() {
  const t = (((a + b) | 0) + d) | 0;
  d = (d + 1) | 0;
  a = b ^ (b >>> 9);
  b = (c + (c << 3)) | 0;
  c = (((c << 21) | (c >>> 11)) + t) | 0;
  return t >>> 0;
}
for (let i = 0; i < 20; i++) next();
/** From 0 up to n, without n. */
const below = (n) => Math.floor((next() / 4294967296) * n);
const pick = (list) => list[below(list.length)];
const chance = (probability) => next() < probability * 4294967296;

const hex4 = Array.from({ length: 65536 }, (_, n) => n.toString(16).padStart(4, '0'));
const hex8 = (n) => hex4[n >>> 16] + hex4[n & 65535];
const hex12 = () => hex8(next()) + hex4[next() >>> 16];
const mac = () => `${hex12().replace(/(..)(?=.)/g, '$1:')}`.replace(/^../, '0e');

let uuids = 0;
/** The last eight digits are a scrambled counter, so no two are equal. */
function uuid() {
  const [first, second] = [next(), next()];
  const variant = hex4[(second & 0x3fff) | 0x8000];
  const last = hex8(Math.imul(++uuids, 0x9e3779b1) >>> 0);
  return `${hex8(first)}-${hex4[second >>> 16]}-4${hex4[first & 0xfff].slice(1)}-${variant}-${hex4[next() >>> 16]}${last}`;
}

const generatedLetters = 'bcdfghjklmnpqrstvwxz2456789';
function generated(length) {
  let name = '';
  for (let i = 0; i < length; i++) name += generatedLetters[below(generatedLetters.length)];
  return name;
}

/** Picks from a list so that the first come much more often than the last. */
function zipf(list) {
  const weights = list.map((_, rank) => 1 / (rank + 1) ** 0.9);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const table = new Uint16Array(65536);
  let [index, until] = [0, weights[0]];
  for (let slot = 0; slot < table.length; slot++) {
    while (((slot + 0.5) / table.length) * total > until && index < list.length - 1)
      until += weights[++index];
    table[slot] = index;
  }
  return () => list[table[next() >>> 16]];
}

// ---------------------------------------------------------------- the cluster

const CLUSTER = 'bench-eu';
const nodes = Array.from({ length: NODES }, (_, i) => {
  const name = `worker-${String(i + 1).padStart(2, '0')}`;
  const zone = `eu-west-1${'abc'[i % 3]}`;
  const labels = [
    'kubernetes.io/arch=amd64',
    `kubernetes.io/hostname=${name}`,
    'kubernetes.io/os=linux',
    `node.kubernetes.io/instance-type=c8.${pick(['large', 'xlarge', '2xlarge'])}`,
    'topology.kubernetes.io/region=eu-west-1',
    `topology.kubernetes.io/zone=${zone}`,
  ];
  const fullName = `${CLUSTER}/${name}`;
  return {
    number: i,
    told: `"node_name":"${fullName}","node_labels":${JSON.stringify(labels)}`,
    envelope: `},"node_name":"${fullName}","time":"`,
    host: `10.${64 + i}.0.1`,
  };
});

const words = ['cart', 'catalog', 'orders', 'users', 'billing', 'search', 'stock', 'mail', 'audit', 'media'];
const roles = ['api', 'worker', 'web', 'db', 'cache', 'proxy', 'sync', 'report', 'queue', 'gateway'];
const teams = ['atlas', 'borealis', 'cobalt', 'dune', 'ember'];
const namespaces = Array.from(
  { length: NAMESPACES },
  (_, i) => `${teams[i % 5]}-${words[Math.floor(i / 5)]}`,
);

let identities = 65536 + 1000;
const workloads = Array.from({ length: WORKLOADS }, (_, i) => {
  const namespace = namespaces[i % NAMESPACES];
  const name = `${words[(i * 7 + (i % NAMESPACES)) % 10]}-${roles[Math.floor(i / NAMESPACES)]}`;
  const kind = name.endsWith('-db') ? 'StatefulSet' : name.endsWith('-proxy') ? 'DaemonSet' : 'Deployment';
  const labels = [
    `k8s:app.kubernetes.io/instance=${namespace}-${name}`,
    `k8s:app.kubernetes.io/name=${name}`,
    `k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=${namespace}`,
    `k8s:io.cilium.k8s.policy.cluster=${CLUSTER}`,
    `k8s:io.cilium.k8s.policy.serviceaccount=${name}`,
    `k8s:io.kubernetes.pod.namespace=${namespace}`,
  ];
  return described(namespace, name, kind, labels, `${name}.${namespace}.svc.cluster.local`);
});
const coredns = described('kube-system', 'coredns', 'Deployment', [
  'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=kube-system',
  `k8s:io.cilium.k8s.policy.cluster=${CLUSTER}`,
  'k8s:io.cilium.k8s.policy.serviceaccount=coredns',
  'k8s:io.kubernetes.pod.namespace=kube-system',
  'k8s:k8s-app=kube-dns',
]);

function described(namespace, name, kind, labels, host) {
  identities += 1 + below(90);
  return {
    name,
    namespace,
    kind,
    host,
    hash: generated(9),
    pods: [],
    common: `"identity":${identities},"cluster_name":"${CLUSTER}","namespace":"${namespace}","labels":${JSON.stringify(labels)},"pod_name":"`,
    workload: `","workloads":[{"name":"${name}","kind":"${kind}"}]}`,
  };
}

/** Pod number `ordinal` of a workload, or the one that takes its place. */
function pod(workload, ordinal) {
  const { kind, name, hash } = workload;
  const node = pick(nodes);
  const suffix =
    kind === 'StatefulSet' ? ordinal : kind === 'DaemonSet' ? generated(5) : `${hash}-${generated(5)}`;
  const [own, gateway] = [mac(), mac()];
  return {
    node,
    ip: `10.${64 + node.number}.${below(16)}.${2 + below(250)}`,
    local: `{"ID":${1 + below(4094)},${workload.common}${name}-${suffix}${workload.workload}`,
    remote: `{${workload.common}${name}-${suffix}"}`,
    arriving: `,"ethernet":{"source":"${gateway}","destination":"${own}"}`,
    leaving: `,"ethernet":{"source":"${own}","destination":"${gateway}"}`,
    interface: `,"interface":{"index":${10 + below(400)},"name":"lxc${hex12()}"}`,
    names: '',
  };
}
for (let i = 0; i < PODS; i++) {
  const workload = workloads[i < WORKLOADS ? i : below(WORKLOADS)];
  workload.pods.push(pod(workload, workload.pods.length));
}
for (let i = 0; i < 6; i++) coredns.pods.push(pod(coredns, i));

/** A rollout, an eviction, a scaled node: one pod goes and another comes. */
function churn() {
  const workload = pick(workloads);
  const ordinal = below(workload.pods.length);
  workload.pods[ordinal] = pod(workload, ordinal);
}

const outside = (ip, identity, labels, name) => ({
  ip,
  remote: `{"identity":${identity},"labels":${JSON.stringify(labels)}}`,
  names: name ?? '',
});
const fqdns = Array.from({ length: 200 }, (_, i) => {
  const name = `${pick(['api', 'cdn', 'auth', 'events', 's3'])}.${pick(words)}-${i}.example`;
  const ip = `203.0.${i >> 2}.${1 + below(250)}`;
  return { name, end: outside(ip, 16777216 + i, [`fqdn:${name}`, 'reserved:world'], name) };
});
const visitor = () => outside(`198.51.${100 + below(8)}.${1 + below(250)}`, 2, ['reserved:world']);
const visitors = Array.from({ length: 500 }, visitor);

// ---------------------------------------------------------------- who talks to whom

const ports = [8080, 8443, 5432, 6379, 9092, 3000, 9090, 443, 80, 50051];
const policyNames = ['allow-clients', 'default', 'team-access', 'platform-baseline'];
function policies(key, { namespace }, name = pick(policyNames)) {
  const labels = [
    'k8s:io.cilium.k8s.policy.derived-from=CiliumNetworkPolicy',
    `k8s:io.cilium.k8s.policy.name=${name}`,
    `k8s:io.cilium.k8s.policy.namespace=${namespace}`,
    `k8s:io.cilium.k8s.policy.uid=${uuid()}`,
  ];
  const policy = { name, namespace, labels, revision: String(1 + below(90)), kind: 'CiliumNetworkPolicy' };
  return `,"${key}":${JSON.stringify([policy])}`;
}

function edge(protocol = 'TCP', port = pick(ports)) {
  const client = pick(workloads);
  let server = pick(workloads);
  while (server === client) server = pick(workloads);
  return { client, server, protocol, port, allowedBy: policies('ingress_allowed_by', server) };
}
const several = (n, make) => Array.from({ length: n }, (_, i) => make(i));

const deniedReason = (i) => (i % 25 === 24 ? 'AUTH_REQUIRED' : i % 7 === 6 ? 'POLICY_DENY' : 'POLICY_DENIED');
function deniedEdge(i) {
  const row = edge();
  const reason = deniedReason(i);
  const deniedBy = reason === 'POLICY_DENY' ? policies('ingress_denied_by', row.server, 'deny-list') : '';
  return { ...row, reason, deniedBy };
}

// 3,000 edges that work and 250 that are denied.
const plain = zipf(several(1800, () => edge()));
const datagrams = zipf(several(50, () => edge('UDP', pick([5060, 8125, 514]))));
const web = zipf(several(550, () => edge('TCP', pick([80, 8080, 8443]))));
const toWorld = zipf(several(240, () => ({ client: pick(workloads), target: pick(fqdns), port: 443 })));
const fromWorld = zipf(several(60, () => ({ server: pick(workloads), port: pick([80, 443]) })));
const names = zipf(several(250, () => ({ client: pick(workloads) })));
const pings = zipf(several(40, () => edge('ICMPv4', 0)));
const signalling = zipf(several(10, () => edge('SCTP', 38412)));
const denied = zipf(several(250, deniedEdge));

// ---------------------------------------------------------------- lines

const out = createWriteStream(outFile);
let failure;
out.on('error', (error) => (failure = error));

let written = 0;
let bytes = 0;
let chunk = '';
/** Nanoseconds since the start. */
let now = 0;
/** Set while the next line is told of the same packet as the one before. */
let samePacket = false;
const pause = (2 * 1e9) / FLOWS_PER_SECOND;
const seconds = new Map();

function timestamp(nanos) {
  const second = Math.floor(nanos / 1e9);
  let text = seconds.get(second);
  if (text === undefined) {
    if (seconds.size > 100) seconds.clear();
    text = new Date((START + second) * 1000).toISOString().slice(0, 20);
    seconds.set(second, text);
  }
  const fraction = nanos - second * 1e9;
  if (fraction % 1000 !== 0) return `${text}${String(1e9 + fraction).slice(1)}Z`;
  const rest = String(1e9 + fraction)
    .slice(1)
    .replace(/(000)+$/, '');
  return rest === '' ? `${text.slice(0, -1)}Z` : `${text}${rest}Z`;
}

/**
 * One line. `head` is what stands between verdict and IP, `tail` all that follows the labels of the node,
 * both with a leading comma.
 */
function line(node, verdict, head, from, to, l4, source, destination, type, tail) {
  if (written === count) return;
  written++;
  now += samePacket ? 3000 + below(9000) : below(pause);
  // Events of several nodes and rings do not come in the order in which they happened.
  const late = chance(0.05) ? below(30_000_000) : 0;
  const time = timestamp(Math.max(0, now - late));
  chunk += `{"flow":{"time":"${time}","uuid":"${uuid()}","emitter":{"name":"Hubble","version":"1.19.4+g3f1c9a7e"},"verdict":"${verdict}"${head},"IP":{"source":"${from}","destination":"${to}","ipVersion":"IPv4"},"l4":${l4},"source":${source},"destination":${destination},"Type":"${type}",${node.told}${tail}${node.envelope}${time}"}\n`;
}

const told = (end, node) => (end.node === node ? end.local : end.remote);
function namesOf(from, to) {
  const source = from.names === '' ? '' : `,"source_names":["${from.names}"]`;
  return to.names === '' ? source : `${source},"destination_names":["${to.names}"]`;
}

const flagsJson = {
  SYN: '{"SYN":true}',
  'SYN, ACK': '{"SYN":true,"ACK":true}',
  ACK: '{"ACK":true}',
  'ACK, PSH': '{"PSH":true,"ACK":true}',
  'ACK, FIN': '{"FIN":true,"ACK":true}',
  'ACK, RST': '{"RST":true,"ACK":true}',
};
const portsJson = (protocol, source, destination, flags) =>
  `{"${protocol}":{"source_port":${source},"destination_port":${destination}${flags ? `,"flags":${flagsJson[flags]}` : ''}}}`;

/** One connection: its ends and what its packets look like. */
class Connection {
  constructor(client, server, protocol, port) {
    this.client = client;
    this.server = server;
    this.protocol = protocol;
    this.port = port;
    this.clientPort = 32768 + below(28232);
  }

  l4(reply, flags) {
    if (this.protocol === 'ICMPv4') return reply ? '{"ICMPv4":{}}' : '{"ICMPv4":{"type":8}}';
    return reply
      ? portsJson(this.protocol, this.port, this.clientPort, flags)
      : portsJson(this.protocol, this.clientPort, this.port, flags);
  }

  summary(reply, flags) {
    if (this.protocol === 'ICMPv4') return `,"Summary":"ICMPv4 Echo${reply ? 'Reply' : 'Request'}"`;
    return `,"Summary":"${flags ? `TCP Flags: ${flags}` : this.protocol}"`;
  }

  /** A line told from one of the nodes. */
  tell(node, verdict, reply, flags, tail, { drop = '', type = 'L3_L4', before = '' } = {}) {
    const from = reply ? this.server : this.client;
    const to = reply ? this.client : this.server;
    const inside = this.client.node === node ? this.client : this.server;
    const ethernet = inside === to ? inside.arriving : inside.leaving;
    const head = type === 'L3_L4' ? drop + ethernet : '';
    const [source, destination] = [told(from, node), told(to, node)];
    const rest = namesOf(from, to) + before + (reply ? ',"reply":true' : '') + tail;
    line(node, verdict, head, from.ip, to.ip, this.l4(reply, flags), source, destination, type, rest);
  }

  trace(node, point, direction, reply, reason, flags) {
    const receiver = reply ? this.client : this.server;
    const place = point === 'TO_ENDPOINT' ? receiver.interface : interfaces[point];
    const tail = `,"event_type":${events[point]},"traffic_direction":"${direction}","trace_observation_point":"${point}","trace_reason":"${reason}","is_reply":${reply}${place}`;
    this.tell(node, 'FORWARDED', reply, flags, tail + this.summary(reply, flags));
  }

  verdict(node, decision, direction, flags, policies, proxyPort = '') {
    const tail = `,"event_type":{"type":5},"traffic_direction":"${direction}","policy_match_type":2,"is_reply":false${proxyPort}`;
    this.tell(node, decision, false, flags, tail + this.summary(false, flags) + policies);
  }
}

const events = {
  TO_ENDPOINT: '{"type":4}',
  TO_STACK: '{"type":4,"sub_type":3}',
  TO_OVERLAY: '{"type":4,"sub_type":4}',
  TO_NETWORK: '{"type":4,"sub_type":11}',
};
const interfaces = {
  TO_STACK: '',
  TO_OVERLAY: ',"interface":{"index":6,"name":"cilium_vxlan"}',
  TO_NETWORK: ',"interface":{"index":2,"name":"eth0"}',
};
const between = (row) => new Connection(pick(row.client.pods), pick(row.server.pods), row.protocol, row.port);

// ---------------------------------------------------------------- what happens

/** A connection between pods, seen on both nodes: verdict, opening, answer, at times data and the end. */
function connection(row) {
  const link = between(row);
  const [near, far] = [link.client.node, link.server.node];
  const tcp = row.protocol === 'TCP';
  const [open, answer] = tcp ? ['SYN', 'SYN, ACK'] : [undefined, undefined];
  if (chance(0.4)) link.verdict(far, 'FORWARDED', 'INGRESS', open, row.allowedBy);
  if (near !== far) link.trace(near, 'TO_OVERLAY', 'EGRESS', false, 'NEW', open);
  link.trace(far, 'TO_ENDPOINT', 'INGRESS', false, 'NEW', open);
  if (row.protocol === 'SCTP' || chance(0.1)) return;
  link.trace(near, 'TO_ENDPOINT', 'EGRESS', true, 'REPLY', answer);
  if (!tcp) return;
  if (chance(0.35)) link.trace(far, 'TO_ENDPOINT', 'INGRESS', false, 'ESTABLISHED', 'ACK, PSH');
  if (chance(0.25))
    link.trace(near, 'TO_ENDPOINT', 'EGRESS', true, 'REPLY', chance(0.1) ? 'ACK, RST' : 'ACK, FIN');
}

function worldEgress() {
  const { client, target, port } = toWorld();
  const link = new Connection(pick(client.pods), target.end, 'TCP', port);
  const point = chance(0.5) ? 'TO_STACK' : 'TO_NETWORK';
  link.trace(link.client.node, point, 'EGRESS', false, 'NEW', 'SYN');
  link.trace(link.client.node, 'TO_ENDPOINT', 'EGRESS', true, 'REPLY', 'SYN, ACK');
}

function worldIngress() {
  const { server, port } = fromWorld();
  const link = new Connection(pick(visitors), pick(server.pods), 'TCP', port);
  link.trace(link.server.node, 'TO_ENDPOINT', 'INGRESS', false, 'NEW', 'SYN');
  link.trace(link.server.node, 'TO_STACK', 'INGRESS', true, 'REPLY', 'SYN, ACK');
}

const paths = [
  () => `/api/v1/orders/${100_000 + below(900_000)}`,
  () => `/api/v1/orders/${100_000 + below(900_000)}/items?page=${1 + below(40)}\\u0026limit=50`,
  () => `/api/v2/users/${uuid()}/profile`,
  () => `/search?q=${pick(words)}+${pick(roles)}\\u0026sort=-price\\u0026facets=brand%2Ccolour`,
  () => `/v3/tenants/${hex12()}/devices/${below(5000)}/readings?from=${1780000000 + below(999_999)}`,
  () => `/static/app.${hex8(next())}.js`,
  () => '/healthz',
  () => '/graphql',
  () => `/files/${hex8(next())}/${pick(words)}.pdf?token=${hex12()}\\u0026download=true`,
];
const methods = ['GET', 'GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE'];
const agents = ['Go-http-client/1.1', 'okhttp/5.1.0', 'python-requests/2.32.5', 'axios/1.12.2'];
const codes = [
  ...Array(80).fill(200),
  201,
  201,
  201,
  204,
  204,
  301,
  304,
  304,
  400,
  401,
  404,
  404,
  404,
  409,
  429,
  500,
];

function http() {
  const row = web();
  const link = between(row);
  const node = link.server.node;
  if (chance(0.25)) link.verdict(node, 'REDIRECTED', 'INGRESS', 'SYN', row.allowedBy, ',"proxy_port":14587');
  const [method, path] = [pick(methods), pick(paths)()];
  const url = `http://${row.server.host}:${row.port}${path}`;
  const refused = chance(0.01);
  const slow = chance(0.03);
  const latency = slow ? 5e8 + below(2e9) : 1e6 + below(6e7);
  const code = refused ? 403 : slow && chance(0.3) ? 503 : pick(codes);
  const request = `"method":"${method}","url":"${url}","protocol":"HTTP/1.1","headers":[{"key":"Accept","value":"application/json"},{"key":"User-Agent","value":"${pick(agents)}"},{"key":"X-Request-Id","value":"${uuid()}"}]`;
  const event = ',"event_type":{"type":129},"traffic_direction":"INGRESS","is_reply":';
  link.tell(
    node,
    refused ? 'DROPPED' : 'FORWARDED',
    false,
    undefined,
    `${event}false,"Summary":"HTTP/1.1 ${method} ${url}"`,
    { type: 'L7', before: `,"l7":{"type":"REQUEST","http":{${request}}}` },
  );
  if (chance(0.005)) return;
  const summary = `HTTP/1.1 ${code} ${Math.floor(latency / 1e6)}ms (${method} ${url})`;
  link.tell(node, 'FORWARDED', true, undefined, `${event}true,"Summary":"${summary}"`, {
    type: 'L7',
    before: `,"l7":{"type":"RESPONSE","latency_ns":"${latency}","http":{"code":${code},${request}}}`,
  });
}

function dns() {
  const { client } = names();
  const link = new Connection(pick(client.pods), pick(coredns.pods), 'UDP', 53);
  const node = link.client.node;
  const known = chance(0.85);
  const { name, end } = pick(fqdns);
  const query = known ? `${name}.` : `${name}.${client.namespace}.svc.cluster.local.`;
  const type = chance(0.7) ? 'A' : 'AAAA';
  const event = ',"event_type":{"type":129},"traffic_direction":"EGRESS","is_reply":';
  const asked = `"observation_source":"proxy"`;
  link.tell(node, 'FORWARDED', false, undefined, `${event}false,"Summary":"DNS Query ${query} ${type}"`, {
    type: 'L7',
    before: `,"l7":{"type":"REQUEST","dns":{"query":"${query}",${asked},"qtypes":["${type}"]}}`,
  });
  const ip = type === 'A' ? end.ip : `2001:db8::${end.ip.split('.').slice(2).join(':')}`;
  const ttl = known ? 30 + below(270) : 4294967295;
  const answer = known ? `\\"${ip}\\"` : 'RCode: Non-Existent Domain';
  const found = known
    ? `"ips":["${ip}"],"ttl":${ttl},${asked},"qtypes":["${type}"],"rrtypes":["${type}"]`
    : `"ttl":${ttl},${asked},"rcode":3,"qtypes":["${type}"]`;
  const summary = `,"Summary":"DNS Answer ${answer} TTL: ${ttl} (Proxy ${query} ${type})"`;
  link.tell(node, 'FORWARDED', true, undefined, `${event}true${summary}`, {
    type: 'L7',
    before: `,"l7":{"type":"RESPONSE","dns":{"query":"${query}",${found}}}`,
  });
}

const reasonNumbers = {
  POLICY_DENIED: 133,
  POLICY_DENY: 181,
  AUTH_REQUIRED: 189,
  INVALID_SOURCE_IP: 132,
  STALE_OR_UNROUTABLE_IP: 151,
  CT_MAP_INSERTION_FAILED: 155,
  SERVICE_BACKEND_NOT_FOUND: 158,
  FIB_LOOKUP_FAILED: 169,
  TTL_EXCEEDED: 196,
  DROP_EP_NOT_READY: 203,
};
const otherReasons = Object.keys(reasonNumbers).slice(3);

function dropEvent(link, node, direction, reason) {
  const number = reasonNumbers[reason];
  const tail = `,"event_type":{"type":1,"sub_type":${number}},"traffic_direction":"${direction}","file":{"name":"bpf_lxc.c","line":${1200 + number * 6}},"drop_reason_desc":"${reason}"`;
  const drop = `,"drop_reason":${number}`;
  link.tell(node, 'DROPPED', false, 'SYN', tail + link.summary(false, 'SYN'), { drop });
}

/** A packet that a policy denies: told as a verdict and as a drop. */
function deniedPacket() {
  const row = denied();
  const link = between(row);
  const node = link.server.node;
  const auth = row.reason === 'AUTH_REQUIRED' ? ',"auth_type":"SPIRE"' : '';
  const tail = `,"event_type":{"type":5},"traffic_direction":"INGRESS","drop_reason_desc":"${row.reason}"`;
  const drop = `,"drop_reason":${reasonNumbers[row.reason]}${auth}`;
  link.tell(node, 'DROPPED', false, 'SYN', tail + link.summary(false, 'SYN') + row.deniedBy, { drop });
  samePacket = true;
  dropEvent(link, node, 'INGRESS', row.reason);
  samePacket = false;
}

function otherDrop() {
  const link = between(plain());
  dropEvent(link, link.client.node, 'EGRESS', pick(otherReasons));
}

/** What the socket load balancer of the client's node saw, before and after choosing a backend. */
function socket() {
  const row = plain();
  const link = between(row);
  const { client, server } = link;
  const { node } = client;
  const l4 = `{"TCP":{"destination_port":${row.port}}}`;
  const cookie = `"socket_cookie":"${1 + below(900_000)}","cgroup_id":"${4000 + below(9000)}","Summary":"TCP"`;
  const told = (verdict, number, point) => {
    const tail = `,"event_type":{"type":7,"sub_type":${number}},"sock_xlate_point":"SOCK_XLATE_POINT_${point}_DIRECTION_FWD",${cookie}`;
    line(node, verdict, '', client.ip, server.ip, l4, client.local, server.remote, 'SOCK', tail);
  };
  if (chance(0.5)) told('TRACED', 1, 'PRE');
  told('TRANSLATED', 2, 'POST');
}

const multicast = outside('224.0.0.18', 2, ['reserved:world']);
const hostEnd = '{"identity":1,"labels":["reserved:host"]}';
function vrrp() {
  const node = pick(nodes);
  const l4 = `{"VRRP":{"type":1,"vrid":${51 + (node.number % 3)},"priority":${100 + node.number}}}`;
  const tail = `,"event_type":${events.TO_NETWORK},"traffic_direction":"EGRESS","trace_observation_point":"TO_NETWORK","trace_reason":"NEW","is_reply":false${interfaces.TO_NETWORK},"Summary":"VRRP"`;
  line(node, 'FORWARDED', '', node.host, multicast.ip, l4, hostEnd, multicast.remote, 'L3_L4', tail);
}

/** How often each kind happens, so that 15 % of the flows are L7, 10 % world and 3 % drops. */
const kinds = [
  [connection, 16.5, plain],
  [connection, 0.6, datagrams],
  [worldEgress, 4],
  [worldIngress, 1],
  [http, 4.9],
  [dns, 2.6],
  [deniedPacket, 1.25],
  [otherDrop, 0.5],
  [socket, 2.8],
  [connection, 0.5, pings],
  [connection, 0.25, signalling],
  [vrrp, 0.01],
];
const weight = kinds.reduce((sum, [, share]) => sum + share, 0);
function something() {
  let left = (next() / 4294967296) * weight;
  for (const [tell, share, rows] of kinds) {
    left -= share;
    if (left < 0) return rows ? tell(rows()) : tell();
  }
}

let losses = 0;
function loss() {
  const node = pick(nodes);
  const lost = `{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"${1 + below(900)}"`;
  losses++;
  chunk += `${lost}${node.envelope}${timestamp(now)}"}\n`;
}

// ---------------------------------------------------------------- writing

async function flush() {
  if (failure) throw failure;
  const buffer = Buffer.from(chunk, 'latin1');
  bytes += buffer.length;
  chunk = '';
  if (!out.write(buffer)) await once(out, 'drain');
}

const began = performance.now();
let pods = 0;
try {
  while (written < count) {
    something();
    if (written >= (losses + 1) * FLOWS_PER_LOSS) loss();
    if (written >= (pods + 1) * FLOWS_PER_NEW_POD) {
      pods++;
      churn();
    }
    if (chunk.length >= CHUNK) await flush();
  }
  await flush();
  out.end();
  await once(out, 'finish');
} catch (error) {
  console.error(`cannot write ${outFile}: ${error.message}`);
  process.exit(1);
}
const took = (performance.now() - began) / 1000;
console.log(
  `${written} flows and ${losses} lost_events, ${(bytes / 1e6).toFixed(1)} MB in ${took.toFixed(1)} s (${Math.round(written / took)} flows/s)`,
);
