/**
 * Writes samples/shop: ten minutes of a small online shop as Hubble 1.19 tells them, and the map that they
 * must give. The map comes from the table `story` below, not from reading the flows back.
 *
 *     node samples/generate-shop.mjs
 */
import { writeFileSync } from 'node:fs';

const CLUSTER = 'shop-eu';
const START = Date.UTC(2026, 5, 1, 10);
const MINUTE = 60;
const ROLLOUT = 5 * MINUTE;
const END = 10 * MINUTE;

// ---------------------------------------------------------------- chance, always the same

let state = 20260601;
/** Mulberry32: a number from 0 up to 1. */
function random() {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const between = (low, high) => low + Math.floor(random() * (high - low + 1));
const pick = (list) => list[between(0, list.length - 1)];
const text = (alphabet, length) => Array.from({ length }, () => pick(alphabet)).join('');
const hex = (length) => text('0123456789abcdef', length);
const uuid = () => `${hex(8)}-${hex(4)}-4${hex(3)}-${pick('89ab')}${hex(3)}-${hex(12)}`;
const mac = () => `${hex(1)}${pick('26ae')}:${Array.from({ length: 5 }, () => hex(2)).join(':')}`;
/** The alphabet of Kubernetes' generated names. */
const generated = (length) => text('bcdfghjklmnpqrstvwxz2456789', length);

// ---------------------------------------------------------------- the cluster

const nodes = [1, 2, 3].map((number) => ({
  number,
  name: `${CLUSTER}/worker-${number}`,
  labels: [
    'kubernetes.io/arch=amd64',
    `kubernetes.io/hostname=worker-${number}`,
    'kubernetes.io/os=linux',
    `topology.kubernetes.io/zone=eu-${number}`,
  ],
}));
const [one, two, three] = nodes;

let identities = 65536 + 20000;
let endpoints = 100;
/** The pods of a workload, one on each of the given nodes. */
function workload(namespace, name, kind, homes, appLabel = `k8s:app.kubernetes.io/name=${name}`) {
  const identity = (identities += between(3, 400));
  const hash = generated(9);
  const labels = [
    appLabel,
    `k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=${namespace}`,
    `k8s:io.cilium.k8s.policy.cluster=${CLUSTER}`,
    `k8s:io.cilium.k8s.policy.serviceaccount=${name}`,
    `k8s:io.kubernetes.pod.namespace=${namespace}`,
  ].sort();
  const suffix = { Deployment: () => `${hash}-${generated(5)}`, DaemonSet: () => generated(5) }[kind];
  return homes.map((node, ordinal) => ({
    node,
    ip: `10.12.${node.number}.${(endpoints += between(3, 9)) % 250}`,
    mac: mac(),
    gateway: mac(),
    interface: { index: endpoints, name: `lxc${hex(12)}` },
    names: [],
    remote: {
      identity,
      cluster_name: CLUSTER,
      namespace,
      labels,
      pod_name: `${name}-${suffix ? suffix() : ordinal}`,
    },
    local: { ID: between(100, 4000), workloads: [{ name, kind }] },
  }));
}

const ingress = workload('ingress-nginx', 'ingress-nginx-controller', 'Deployment', [one]);
const web = workload('shop', 'web', 'Deployment', [one, two]);
const catalog = workload('shop', 'catalog', 'Deployment', [two, three]);
const cart = workload('shop', 'cart', 'Deployment', [three]);
const checkout = workload('shop', 'checkout', 'Deployment', [one]);
const api = workload('payments', 'api', 'Deployment', [two, three]);
const worker = workload('payments', 'worker', 'Deployment', [one]);
const postgres = workload('data', 'postgres', 'StatefulSet', [three]);
const redis = workload('data', 'redis', 'StatefulSet', [one]);
const prometheus = workload('observability', 'prometheus', 'DaemonSet', nodes);
const coredns = workload('kube-system', 'coredns', 'Deployment', [one, two], 'k8s:k8s-app=kube-dns');

/** Somebody outside the pods: only an identity and labels. */
const outside = (ip, identity, labels, names = []) => [
  { ip, mac: mac(), names, remote: { identity, labels } },
];
const clients = ['203.0.113.17', '203.0.113.44', '203.0.113.201'].flatMap((ip) =>
  outside(ip, 2, ['reserved:world']),
);
const tracker = outside('198.51.100.24', 2, ['reserved:world']);
const allRouters = outside('ff02::2', 2, ['reserved:world']);
const stripe = outside(
  '203.0.113.80',
  16777229,
  ['fqdn:api.stripe.example', 'reserved:world'],
  ['api.stripe.example'],
);
const apiserver = outside('172.18.0.2', 7, ['reserved:kube-apiserver', 'reserved:remote-node']);
const hosts = nodes.flatMap(({ number }) => outside(`10.12.${number}.1`, 1, ['reserved:host']));

function policy(namespace, name, revision) {
  const labels = [
    'k8s:io.cilium.k8s.policy.derived-from=CiliumNetworkPolicy',
    `k8s:io.cilium.k8s.policy.name=${name}`,
    `k8s:io.cilium.k8s.policy.namespace=${namespace}`,
    `k8s:io.cilium.k8s.policy.uid=${uuid()}`,
  ];
  return { name, namespace, labels, revision, kind: 'CiliumNetworkPolicy' };
}
const webEgress = policy('shop', 'web-egress', '42');
const webHttp = policy('shop', 'web-http', '41');
const catalogHttp = policy('shop', 'catalog-http', '41');
const checkoutHttp = policy('shop', 'checkout-http', '41');
const checkoutEgress = policy('shop', 'checkout-egress', '41');
const noTracker = policy('shop', 'no-tracker', '41');
const paymentsEgress = policy('payments', 'payments-egress', '41');
const postgresClients = policy('data', 'postgres-clients', '41');
const redisClients = policy('data', 'redis-clients', '41');

// ---------------------------------------------------------------- the story: who talked to whom how often

const podId = (namespace, name) => `${CLUSTER}/${namespace}/${name}`;
const WEB = podId('shop', 'web');
const CHECKOUT = podId('shop', 'checkout');
const API = podId('payments', 'api');
const PROMETHEUS = podId('observability', 'prometheus');
const COREDNS = podId('kube-system', 'coredns');
const INGRESS = podId('ingress-nginx', 'ingress-nginx-controller');

const edge = (source, target, protocol, port, told) => ({
  source,
  target,
  protocol,
  port,
  forwarded: 0,
  dropped: {},
  audit: 0,
  redirected: 0,
  ...told,
});
const story = {
  visitors: edge('entity:world', INGRESS, 'TCP', 443, { forwarded: 18 }),
  pages: edge(INGRESS, WEB, 'TCP', 8080, { forwarded: 18, redirected: 18, dropped: { L7_DENIED: 3 } }),
  products: edge(WEB, podId('shop', 'catalog'), 'TCP', 8080, { forwarded: 14, redirected: 14 }),
  carts: edge(WEB, podId('shop', 'cart'), 'TCP', 8080, { forwarded: 10 }),
  orders: edge(WEB, CHECKOUT, 'TCP', 8080, { forwarded: 9, redirected: 9 }),
  shortcut: edge(WEB, API, 'TCP', 8443, { forwarded: 6, dropped: { POLICY_DENIED: 9 } }),
  payments: edge(CHECKOUT, API, 'TCP', 8443, { forwarded: 8 }),
  ledger: edge(API, podId('data', 'postgres'), 'TCP', 5432, { forwarded: 9 }),
  settlement: edge(podId('payments', 'worker'), podId('data', 'postgres'), 'TCP', 5432, { forwarded: 12 }),
  mistake: edge(podId('shop', 'cart'), podId('data', 'postgres'), 'TCP', 5432, {
    dropped: { POLICY_DENIED: 10 },
  }),
  sessions: edge(podId('shop', 'cart'), podId('data', 'redis'), 'TCP', 6379, { forwarded: 9 }),
  tracking: edge(CHECKOUT, 'entity:world', 'TCP', 443, { dropped: { POLICY_DENY: 6 } }),
  charges: edge(API, 'fqdn:api.stripe.example', 'TCP', 443, { forwarded: 8 }),
  paymentNames: edge(API, COREDNS, 'UDP', 53, { forwarded: 8, redirected: 8 }),
  checkoutNames: edge(CHECKOUT, COREDNS, 'UDP', 53, { forwarded: 5, redirected: 5 }),
  webNames: edge(WEB, COREDNS, 'UDP', 53, { forwarded: 7 }),
  rehearsal: edge(PROMETHEUS, podId('data', 'redis'), 'TCP', 6379, { forwarded: 6, audit: 6 }),
  webMetrics: edge(PROMETHEUS, WEB, 'TCP', 9090, { forwarded: 8 }),
  catalogMetrics: edge(PROMETHEUS, podId('shop', 'catalog'), 'TCP', 9090, { forwarded: 8 }),
  dnsMetrics: edge(PROMETHEUS, COREDNS, 'TCP', 9153, { forwarded: 6 }),
  discovery: edge(PROMETHEUS, 'entity:kube-apiserver', 'TCP', 6443, { forwarded: 6 }),
  watches: edge(COREDNS, 'entity:kube-apiserver', 'TCP', 6443, { forwarded: 4 }),
  probes: edge('entity:host', WEB, 'TCP', 8080, { forwarded: 10 }),
  pings: edge(PROMETHEUS, podId('data', 'postgres'), 'ICMPv4', null, { forwarded: 5 }),
  solicitation: edge(podId('shop', 'catalog'), 'entity:world', 'ICMPv6', null, {
    dropped: { UNSUPPORTED_L3_PROTOCOL: 2 },
  }),
};

// ---------------------------------------------------------------- records

const records = [];

/** Nanoseconds as Go writes them: without the digits that say nothing, in groups of three. */
function timestamp(at) {
  const seconds = Math.floor(at);
  const nanos = String(Math.round((at - seconds) * 1e9)).padStart(9, '0');
  const fraction = nanos.replace(/(000)+$/, '');
  return `${new Date(START + seconds * 1000).toISOString().slice(0, 19)}${fraction ? `.${fraction}` : ''}Z`;
}

function record(at, nodeName, kind, content) {
  records.push({ at, line: { [kind]: content, node_name: nodeName, time: timestamp(at) } });
}

/** One connection of an edge: its two ends, and what its records say when told from a node. */
function connection(row, client, server, at) {
  return { row, client, server, at, clientPort: between(32768, 60999), counted: new Set() };
}

const as = (end, node) => {
  if (end.node !== node || !end.local) return end.remote;
  const { ID, workloads } = end.local;
  return { ID, ...end.remote, workloads };
};
const some = (list) => (list.length > 0 ? list : undefined);
/** The order in which Hubble lists them in its summary, which is not that of the JSON. */
const summaryFlags = ['SYN', 'ACK', 'RST', 'FIN', 'PSH'];

function layer4({ row, clientPort }, reply, flags) {
  if (row.protocol === 'ICMPv4') return { ICMPv4: reply ? {} : { type: 8 } };
  if (row.protocol === 'ICMPv6') return { ICMPv6: { type: 133 } };
  const [source_port, destination_port] = reply ? [row.port, clientPort] : [clientPort, row.port];
  return { [row.protocol]: { source_port, destination_port, flags } };
}

function summary({ row }, reply, flags) {
  if (row.protocol === 'ICMPv4') return reply ? 'ICMPv4 EchoReply' : 'ICMPv4 EchoRequest';
  if (row.protocol === 'ICMPv6') return 'ICMPv6 RouterSolicitation';
  return flags ? `TCP Flags: ${summaryFlags.filter((flag) => flags[flag]).join(', ')}` : row.protocol;
}

/** A flow in the order of the fields of flow.proto; what is undefined is left out, as zero values are. */
function flow(link, at, node, told) {
  const { reply = false, flags = undefined, direction, type = 'L3_L4' } = told;
  const [from, to] = reply ? [link.server, link.client] : [link.client, link.server];
  const macs = link.client.node === node ? link.client : link.server;
  const incoming = to === macs;
  const ethernet = {
    source: incoming ? macs.gateway : macs.mac,
    destination: incoming ? macs.mac : macs.gateway,
  };
  record(at, node.name, 'flow', {
    time: timestamp(at),
    uuid: uuid(),
    emitter: { name: 'Hubble', version: '1.19.4+g3f1c9a7e' },
    verdict: told.verdict ?? 'FORWARDED',
    drop_reason: told.drop?.number,
    ethernet: type === 'L3_L4' ? ethernet : undefined,
    IP: {
      source: told.linkLocal ?? from.ip,
      destination: to.ip,
      ipVersion: to.ip.includes(':') ? 'IPv6' : 'IPv4',
    },
    l4: told.l4 ?? layer4(link, reply, flags),
    source: as(from, node),
    destination: as(to, node),
    Type: type,
    node_name: node.name,
    node_labels: node.labels,
    source_names: some(from.names),
    destination_names: some(to.names),
    l7: told.l7,
    reply: reply || undefined,
    event_type: told.event,
    traffic_direction: direction,
    policy_match_type: told.match,
    trace_observation_point: told.point,
    trace_reason: told.reason,
    file: told.file,
    drop_reason_desc: told.drop?.name,
    is_reply:
      told.verdict === 'DROPPED' && type === 'L3_L4' ? undefined : told.isReply === null ? undefined : reply,
    interface: told.interface,
    proxy_port: told.proxyPort,
    trace_context: told.trace && { parent: { trace_id: told.trace } },
    ...told.socket,
    Summary: told.summary ?? summary(link, reply, flags),
    ...told.policies,
  });
}

const SYN = { SYN: true };
const SYN_ACK = { SYN: true, ACK: true };
const PUSH = { PSH: true, ACK: true };
const opening = ({ row }, reply) => (row.protocol !== 'TCP' ? undefined : reply ? SYN_ACK : SYN);

const subTypes = { TO_PROXY: 1, TO_STACK: 3, TO_OVERLAY: 4 };
function trace(
  link,
  at,
  node,
  point,
  direction,
  { reply = false, reason = reply ? 'REPLY' : 'NEW', flags } = {},
) {
  const receiver = reply ? link.client : link.server;
  const interfaces = { TO_OVERLAY: { index: 6, name: 'cilium_vxlan' }, TO_ENDPOINT: receiver.interface };
  flow(link, at, node, {
    reply,
    reason,
    point,
    direction,
    flags: flags ?? opening(link, reply),
    event: { type: 4, sub_type: subTypes[point] },
    interface: interfaces[point],
  });
  if (!reply) count(link.row, point);
}

/** What the policies of one end decided about the first packet. */
function verdict(link, at, node, direction, by, { decision = 'FORWARDED', proxyPort, log } = {}) {
  const named = by && { [direction === 'EGRESS' ? 'egress_allowed_by' : 'ingress_allowed_by']: [by] };
  flow(link, at, node, {
    verdict: decision,
    flags: opening(link, false),
    direction,
    event: { type: 5 },
    match: by && 2,
    proxyPort,
    policies: { ...named, policy_log: log && [log] },
  });
  count(link.row, `${decision} ${direction}`);
}

const drops = {
  POLICY_DENIED: { number: 133, name: 'POLICY_DENIED', line: 2381 },
  POLICY_DENY: { number: 181, name: 'POLICY_DENY', line: 2381 },
  UNSUPPORTED_L3_PROTOCOL: { number: 139, name: 'UNSUPPORTED_L3_PROTOCOL', line: 1604 },
};
/** A packet that was dropped: policies tell it twice, a verdict and microseconds later the drop. */
function dropped(link, node, direction, reason, { by, linkLocal } = {}) {
  const drop = drops[reason];
  const told = { verdict: 'DROPPED', drop, direction, flags: opening(link, false), linkLocal };
  if (drop.number !== 139) {
    const policies = by && { [direction === 'EGRESS' ? 'egress_denied_by' : 'ingress_denied_by']: [by] };
    flow(link, link.at, node, { ...told, event: { type: 5 }, policies });
    count(link.row, `verdict ${reason}`);
  }
  const event = { type: 1, sub_type: drop.number };
  const file = { name: 'bpf_lxc.c', line: drop.line };
  flow(link, link.at + between(4000, 11000) / 1e9, node, { ...told, event, file });
  count(link.row, `drop ${reason}`);
}

/** A connection that got through, at the points where Hubble sees its first packet and the answer to it. */
function forwarded(link, { replies = true, proxied = false } = {}) {
  const { client, server, at } = link;
  const near = client.node;
  const far = server.node;
  const crossing = near && far && near !== far;
  if (crossing) trace(link, at, near, 'TO_OVERLAY', 'EGRESS');
  if (far) trace(link, at + 0.000_4, far, 'TO_ENDPOINT', 'INGRESS');
  else trace(link, at, near, 'TO_STACK', 'EGRESS');
  if (!replies || proxied) return;
  if (crossing) trace(link, at + 0.000_6, far, 'TO_OVERLAY', 'INGRESS', { reply: true });
  if (near) trace(link, at + 0.000_9, near, 'TO_ENDPOINT', 'EGRESS', { reply: true });
  else trace(link, at + 0.000_7, far, 'TO_STACK', 'INGRESS', { reply: true });
}

/** An HTTP request that the proxy of the server's node passed on or refused, and its response. */
function http(link, at, host, [method, path, code], { refused = false, traced = false } = {}) {
  const url = `http://${host}${path}`;
  const traceId = traced ? hex(32) : undefined;
  const parent = traced ? [{ key: 'Traceparent', value: `00-${traceId}-${hex(16)}-01` }] : [];
  const headers = [
    { key: 'Accept', value: '*/*' },
    ...parent,
    { key: 'User-Agent', value: 'shop/3.2' },
    { key: 'X-Request-Id', value: uuid() },
  ];
  const latency = refused
    ? between(80_000, 300_000)
    : between(2, code >= 500 ? 900 : 90) * 1e6 + between(0, 999_999);
  const node = link.server.node;
  const common = { type: 'L7', event: { type: 129 }, direction: 'INGRESS', trace: traceId };
  const seen = { method, url, protocol: 'HTTP/1.1', headers };
  flow(link, at, node, {
    ...common,
    verdict: refused ? 'DROPPED' : 'FORWARDED',
    l7: { type: 'REQUEST', http: seen },
    summary: `HTTP/1.1 ${method} ${url}`,
  });
  count(link.row, refused ? 'refused requests' : 'requests');
  flow(link, at + latency / 1e9, node, {
    ...common,
    reply: true,
    l7: { type: 'RESPONSE', latency_ns: String(latency), http: { code, ...seen } },
    summary: `HTTP/1.1 ${code} ${Math.floor(latency / 1e6)}ms (${method} ${url})`,
  });
}

/** A question to the DNS proxy on the node of the one who asks, and the answer; no address: there is none. */
function dns(link, at, query, type, ip) {
  const node = link.client.node;
  const common = { type: 'L7', event: { type: 129 }, direction: 'EGRESS' };
  const seen = { query, observation_source: 'proxy', qtypes: [type] };
  flow(link, at, node, {
    ...common,
    l7: { type: 'REQUEST', dns: seen },
    summary: `DNS Query ${query} ${type}`,
  });
  count(link.row, 'requests');
  const ttl = ip ? 30 : 4294967295;
  const answer = ip ? `"${ip}"` : 'RCode: Non-Existent Domain';
  flow(link, at + between(300, 2500) / 1e6, node, {
    ...common,
    reply: true,
    l7: {
      type: 'RESPONSE',
      dns: {
        query,
        ips: ip && [ip],
        ttl,
        observation_source: 'proxy',
        rcode: ip ? undefined : 3,
        qtypes: [type],
        rrtypes: ip && [type],
      },
    },
    summary: `DNS Answer ${answer} TTL: ${ttl} (Proxy ${query} ${type})`,
  });
}

/** A socket of a local pod, seen by the socket load balancer before it translates an address. */
function socket(link, at, cookie, cgroup) {
  flow(link, at, link.client.node, {
    type: 'SOCK',
    verdict: 'TRACED',
    isReply: null,
    l4: { TCP: { destination_port: link.row.port } },
    event: { type: 7, sub_type: 1 },
    socket: {
      sock_xlate_point: 'SOCK_XLATE_POINT_PRE_DIRECTION_FWD',
      socket_cookie: cookie,
      cgroup_id: cgroup,
    },
    summary: 'TCP',
  });
}

// ---------------------------------------------------------------- telling it

/** `n` connections of an edge, evenly over a span of seconds with some jitter; ends take turns. */
function connections(row, n, from, until, clientEnds, serverEnds) {
  const step = (until - from) / n;
  return Array.from({ length: n }, (_, i) => {
    const at = from + step * (i + 0.1 + 0.8 * random());
    const server = serverEnds[i % serverEnds.length];
    return connection(row, clientEnds[i % clientEnds.length], server, Math.round(at * 1e9) / 1e9);
  });
}
const within = (row, clientEnds, serverEnds) =>
  connections(row, row.forwarded, 2, END - 8, clientEnds, serverEnds);

/** From the rollout on, web's connections carry a verdict of the new policy on the way out. */
function allowedByWebEgress(link) {
  if (link.at > ROLLOUT) verdict(link, link.at - 0.000_05, link.client.node, 'EGRESS', webEgress);
}

/** A connection whose requests the proxy on the server's node looks at. */
function throughProxy(link, by, proxyPort, host, request, options) {
  verdict(link, link.at + 0.000_2, link.server.node, 'INGRESS', by, { decision: 'REDIRECTED', proxyPort });
  forwarded(link, { proxied: true });
  http(link, link.at + 0.001, host, request, options);
}

const product = () => between(1000, 1060);
const pageRequests = [
  ['GET', '/', 200],
  ['GET', () => `/products/${product()}`, 200],
  ['GET', '/search?q=tea+pot&page=2&sort=<price>', 200],
  ['POST', '/checkout', 303],
  ['GET', '/favicon.ico', 404],
  ['GET', '/cart', 500],
];
const productRequests = [
  ['GET', () => `/api/v1/products/${product()}`, 200],
  ['GET', '/api/v1/search?q=tea+pot&limit=20', 200],
  ['GET', () => `/api/v1/products/${product()}/stock`, 200],
  ['GET', '/api/v1/products/9999', 404],
  ['GET', '/api/v1/recommendations', 503],
];
const orderRequests = [
  ['POST', '/api/v1/orders', 201],
  ['GET', () => `/api/v1/orders/${uuid()}`, 200],
  ['POST', '/api/v1/orders', 500],
];
const request = (list, i) =>
  list[i % list.length].map((part) => (typeof part === 'function' ? part() : part));

for (const link of within(story.visitors, clients, ingress)) forwarded(link);
within(story.pages, ingress, web).forEach((link, i) => {
  throughProxy(link, webHttp, 14587, 'shop.example', request(pageRequests, i));
  // Somebody tries the back door on connections that are open anyway.
  const tries = i % 5 === 4 ? ['POST', '/admin', 403] : undefined;
  if (tries) http(link, link.at + 1.2, 'shop.example', tries, { refused: true });
});
within(story.products, web, catalog).forEach((link, i) => {
  allowedByWebEgress(link);
  throughProxy(link, catalogHttp, 16021, 'catalog.shop:8080', request(productRequests, i));
});
for (const link of within(story.carts, web, cart)) {
  allowedByWebEgress(link);
  forwarded(link);
}
within(story.orders, web, checkout).forEach((link, i) => {
  allowedByWebEgress(link);
  trace(link, link.at + 0.000_25, link.server.node, 'TO_PROXY', 'INGRESS');
  throughProxy(link, checkoutHttp, 11963, 'checkout.shop:8080', request(orderRequests, i), { traced: true });
});

const before = connections(story.shortcut, story.shortcut.forwarded, 5, ROLLOUT - 10, web, api);
for (const link of before) forwarded(link);
const refusedSyns = story.shortcut.dropped.POLICY_DENIED;
const after = connections(story.shortcut, refusedSyns, ROLLOUT + 4, END - 20, web, api);
for (const link of after) dropped(link, link.client.node, 'EGRESS', 'POLICY_DENIED');

for (const link of within(story.payments, checkout, api)) {
  verdict(link, link.at - 0.000_05, link.client.node, 'EGRESS', checkoutEgress);
  forwarded(link);
}
for (const link of within(story.ledger, api, postgres)) {
  verdict(link, link.at + 0.000_3, link.server.node, 'INGRESS', postgresClients);
  forwarded(link);
}
// One connection that stays open: Hubble reports it again and again while data flows.
const settlement = connection(story.settlement, worker[0], postgres[0], 11.204518337);
const cgroup = String(between(7000, 9999));
for (let i = 0; i < story.settlement.forwarded; i++) {
  const at = settlement.at + i * 47.5 + random();
  const fresh = i === 0 ? {} : { reason: 'ESTABLISHED', flags: PUSH };
  if (i % 4 === 0) socket(settlement, at - 0.000_1, '51893', cgroup);
  trace(settlement, at, settlement.client.node, 'TO_OVERLAY', 'EGRESS', fresh);
  trace(settlement, at + 0.000_4, settlement.server.node, 'TO_ENDPOINT', 'INGRESS', fresh);
  if (i % 2 === 0) trace(settlement, at + 0.002, worker[0].node, 'TO_ENDPOINT', 'EGRESS', { reply: true });
}
for (const link of connections(story.mistake, story.mistake.dropped.POLICY_DENIED, 3, END, cart, postgres)) {
  dropped(link, link.server.node, 'INGRESS', 'POLICY_DENIED');
}
for (const link of within(story.sessions, cart, redis)) {
  verdict(link, link.at + 0.000_3, link.server.node, 'INGRESS', redisClients);
  forwarded(link, { replies: false });
}
for (const link of connections(
  story.tracking,
  story.tracking.dropped.POLICY_DENY,
  30,
  END,
  checkout,
  tracker,
)) {
  dropped(link, link.client.node, 'EGRESS', 'POLICY_DENY', { by: noTracker });
}

within(story.charges, api, stripe).forEach((link, i) => {
  verdict(link, link.at - 0.000_05, link.client.node, 'EGRESS', paymentsEgress, {
    log: 'only our card processor',
  });
  forwarded(link);
  // The question for the name goes out a moment earlier; the proxy answers every question.
  const asking = connection(story.paymentNames, link.client, coredns[i % 2], link.at - 0.06);
  verdict(asking, asking.at, link.client.node, 'EGRESS', paymentsEgress, {
    decision: 'REDIRECTED',
    proxyPort: 43317,
  });
  dns(asking, asking.at + 0.000_3, 'api.stripe.example.', 'A', stripe[0].ip);
});
const serviceNames = [
  ['api.payments.svc.cluster.local.', 'A', '10.96.31.7'],
  ['api.payments.shop.svc.cluster.local.', 'A', undefined],
  ['api.payments.cluster.local.', 'AAAA', undefined],
];
within(story.checkoutNames, checkout, coredns).forEach((link, i) => {
  verdict(link, link.at, link.client.node, 'EGRESS', checkoutEgress, {
    decision: 'REDIRECTED',
    proxyPort: 43317,
  });
  dns(link, link.at + 0.000_3, ...serviceNames[i % serviceNames.length]);
});
for (const link of within(story.webNames, web, coredns)) {
  allowedByWebEgress(link);
  forwarded(link);
}

for (const link of within(story.rehearsal, [prometheus[0]], redis)) {
  verdict(link, link.at - 0.000_05, link.server.node, 'INGRESS', undefined, { decision: 'AUDIT' });
  forwarded(link, { replies: false });
}
for (const link of within(story.webMetrics, prometheus.slice(0, 2), web)) forwarded(link);
for (const link of within(story.catalogMetrics, prometheus.slice(1), catalog)) forwarded(link);
for (const link of within(story.dnsMetrics, prometheus.slice(0, 2), coredns))
  forwarded(link, { replies: false });
for (const link of within(story.discovery, prometheus, apiserver)) forwarded(link);
for (const link of within(story.watches, coredns, apiserver)) forwarded(link);
for (const link of within(story.probes, hosts.slice(0, 2), web)) forwarded(link);
for (const link of within(story.pings, [prometheus[2]], postgres)) forwarded(link);
for (const link of connections(story.solicitation, 2, 60, END - 60, catalog, allRouters)) {
  const linkLocal = `fe80::${hex(4)}:${hex(2)}ff:fe${hex(2)}:${hex(4)}`;
  dropped(link, link.client.node, 'EGRESS', 'UNSUPPORTED_L3_PROTOCOL', { linkLocal });
}

// What else stands in such a file: policy changes, a loss, a node that went away, a flow behind a field mask.
for (const [node, delay] of [
  [one, 0.041_872_316],
  [two, 0.057_310_994],
]) {
  record(ROLLOUT + delay, node.name, 'agent_event', {
    type: 'POLICY_UPDATED',
    policy_update: { labels: webEgress.labels, revision: webEgress.revision, rule_count: '1' },
  });
}
record(432.118_420_077, two.name, 'lost_events', { source: 'HUBBLE_RING_BUFFER', num_events_lost: '37' });
record(511.730_000_512, one.name, 'node_status', {
  state_change: 'NODE_UNAVAILABLE',
  node_names: [three.name],
  message: 'rpc error: code = Unavailable desc = connection closed',
});
const bare = ({ remote: { cluster_name, namespace, pod_name } }) => ({ cluster_name, namespace, pod_name });
record(388.402_117_903, two.name, 'flow', {
  time: timestamp(388.402_117_903),
  verdict: 'FORWARDED',
  l4: { TCP: { source_port: 41882, destination_port: 8080, flags: { ACK: true } } },
  source: bare(web[1]),
  destination: bare(catalog[0]),
  node_name: two.name,
  is_reply: false,
});

// ---------------------------------------------------------------- checking and writing

function count(row, counter) {
  row.counters ??= {};
  row.counters[counter] = (row.counters[counter] ?? 0) + 1;
}

/** The story and the records told of it must not drift apart. */
function check(name, row) {
  const counters = row.counters ?? {};
  const largest = (wanted) =>
    Math.max(0, ...Object.entries(counters).flatMap(([counter, n]) => (wanted.test(counter) ? [n] : [])));
  const traced = largest(/^TO_|^FORWARDED /);
  const told = {
    forwarded: traced || largest(/^requests$/),
    audit: largest(/^AUDIT /),
    redirected: largest(/^REDIRECTED /),
    dropped: {},
  };
  if (largest(/^refused/)) told.dropped.L7_DENIED = largest(/^refused/);
  for (const reason of Object.keys(drops)) {
    const n = largest(new RegExp(`^(verdict|drop) ${reason}$`));
    if (n > 0) told.dropped[reason] = n;
  }
  const { forwarded, audit, redirected, dropped } = row;
  const wanted = JSON.stringify({ forwarded, audit, redirected, dropped });
  const given = JSON.stringify(told);
  if (wanted !== given) throw new Error(`${name}: the story says ${wanted}, its records ${given}`);
}
for (const [name, row] of Object.entries(story)) check(name, row);

const edges = Object.values(story)
  .map(({ source, target, protocol, port, forwarded, dropped, audit, redirected }) => ({
    source,
    target,
    protocol,
    port,
    forwarded,
    dropped: Object.values(dropped).reduce((sum, n) => sum + n, 0),
    audit,
    redirected,
    dropReasons: dropped,
  }))
  .sort((a, b) => {
    const [left, right] = [a, b].map((e) => `${e.source}\n${e.target}\n${e.protocol}\n${e.port ?? ''}`);
    return left < right ? -1 : left > right ? 1 : 0;
  });

/** Go escapes what could end a script element. */
const escaped = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' };
const lines = records
  .sort((a, b) => a.at - b.at)
  .map(({ line }) => `${JSON.stringify(line).replace(/[<>&]/g, (character) => escaped[character])}\n`);

const file = (name) => new URL(`shop/${name}`, import.meta.url);
writeFileSync(file('flows.jsonl'), lines.join(''));
writeFileSync(file('expected-map.json'), `${JSON.stringify({ edges }, null, 2)}\n`);
console.log(`${lines.length} records, ${Buffer.byteLength(lines.join(''))} bytes, ${edges.length} edges`);
