import { roles, words } from './cluster.mjs';

const methods = ['GET', 'GET', 'GET', 'GET', 'GET', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE'];
const agents = [
  'Go-http-client/1.1',
  'okhttp/5.1.0',
  'python-requests/2.32.5',
  'axios/1.12.2',
  'Mozilla/5.0 (X11; Linux x86_64; rv:151.0) Gecko/20100101 Firefox/151.0',
];
/** How often a code is answered, of a hundred. */
const codes = [200, 201, 204, 301, 304, 400, 401, 404, 409, 429, 500];
const codeShares = [80, 3, 2, 1, 4, 1, 1, 4, 1, 1, 2];
const apiKeys = ['fetch', 'fetch', 'fetch', 'produce', 'produce', 'metadata', 'heartbeat', 'offsetcommit'];
const HTTP_PROXY = ',"proxy_port":14587';

/** Paths as protojson writes them: an ampersand and angle brackets are escaped. */
const paths = (dice) => [
  () => `/api/v1/orders/${100_000 + dice.below(900_000)}`,
  () => `/api/v1/orders/${100_000 + dice.below(900_000)}/items?page=${1 + dice.below(40)}\\u0026limit=50`,
  () => `/api/v2/users/${dice.uuid()}/profile`,
  () => `/search?q=${dice.pick(words)}+${dice.pick(roles)}\\u0026sort=-price\\u0026facets=brand%2Ccolour`,
  () =>
    `/v3/tenants/${dice.hex12()}/devices/${dice.below(5000)}/readings?from=${1780000000 + dice.below(999_999)}`,
  () => `/static/app.${dice.hex8()}.js`,
  () => '/healthz',
  () => '/graphql',
  () => `/files/${dice.hex8()}/${dice.pick(words)}.pdf?token=${dice.hex12()}\\u0026download=true`,
  () => `/login/callback?code=${dice.base64(32)}\\u0026state=${dice.base64(96)}`,
  () =>
    `/de/gr%C3%B6%C3%9Fen/${dice.pick(words)}?filter=price\\u003c${10 + dice.below(90)}%20EUR\\u0026seite=${1 + dice.below(9)}`,
];

/** What proxies log: HTTP, gRPC, DNS and Kafka. */
export class L7Traffic {
  #dice;
  #cluster;
  #relations;
  #connect;
  #path;
  #code;
  #correlation = 0;

  /** `connect` makes a connection of a relation. */
  constructor(dice, cluster, relations, connect) {
    this.#dice = dice;
    this.#cluster = cluster;
    this.#relations = relations;
    this.#connect = connect;
    const all = paths(dice);
    this.#path = () => dice.pick(all)();
    this.#code = dice.weighted(codes, codeShares);
  }

  http() {
    const dice = this.#dice;
    const row = this.#relations.web();
    const link = this.#connect(row);
    const node = link.server.node;
    if (dice.happens(0.25)) redirected(link, node, row);
    const { method, url, protocol, headers } = this.#request(row);
    const refused = dice.happens(0.01);
    const request = `"method":"${method}","url":"${url}","protocol":"${protocol}","headers":[${headers}{"key":"X-Request-Id","value":"${dice.uuid()}"}]`;
    const context = row.traced
      ? `,"trace_context":{"parent":{"trace_id":"${dice.uuid().replaceAll('-', '')}"}}`
      : '';
    link.l7(node, {
      verdict: refused ? 'DROPPED' : 'FORWARDED',
      direction: 'INGRESS',
      record: `"type":"REQUEST","http":{${request}}`,
      summary: `${protocol} ${method} ${url}`,
      context,
    });
    // Now and then a client hangs up before the answer.
    if (dice.happens(0.005)) return;
    const slow = dice.happens(0.03);
    const latency = slow ? 5e8 + dice.below(2e9) : 1e6 + dice.below(6e7);
    const code = refused ? 403 : slow && dice.happens(0.3) ? 503 : this.#code();
    link.l7(node, {
      direction: 'INGRESS',
      record: `"type":"RESPONSE","latency_ns":"${latency}","http":{"code":${code},${request}}`,
      summary: `${protocol} ${code} ${Math.floor(latency / 1e6)}ms (${method} ${url})`,
      context,
    });
  }

  #request(row) {
    const dice = this.#dice;
    const address = `http://${row.server.host}:${row.port}`;
    if (row.grpc) {
      const service = dice.pick(words);
      const name = `${service[0].toUpperCase()}${service.slice(1)}`;
      const url = `${address}/${service}.v1.${name}Service/${dice.pick(['Get', 'List', 'Watch', 'Update'])}${name}`;
      const headers = '{"key":"Content-Type","value":"application/grpc"},{"key":"Te","value":"trailers"},';
      return { method: 'POST', url, protocol: 'HTTP/2', headers };
    }
    const headers = `{"key":"Accept","value":"application/json"},{"key":"User-Agent","value":"${dice.pick(agents)}"},`;
    return { method: dice.pick(methods), url: address + this.#path(), protocol: 'HTTP/1.1', headers };
  }

  dns() {
    const dice = this.#dice;
    const { client } = this.#relations.names();
    const server = this.#cluster.coredns;
    const link = this.#connect({ client, server, protocol: 'UDP', port: 53 });
    const known = dice.happens(0.85);
    const { name, end } = dice.pick(this.#cluster.fqdns);
    const query = known ? `${name}.` : `${name}.${client.namespace}.svc.cluster.local.`;
    const type = dice.happens(0.7) ? 'A' : 'AAAA';
    const asked = `"observation_source":"proxy"`;
    const node = link.client.node;
    link.l7(node, {
      direction: 'EGRESS',
      record: `"type":"REQUEST","dns":{"query":"${query}",${asked},"qtypes":["${type}"]}`,
      summary: `DNS Query ${query} ${type}`,
    });
    const ip = type === 'A' ? end.ipv4 : `2001:db8::${end.ipv4.split('.').slice(2).join(':')}`;
    const ttl = known ? 30 + dice.below(270) : 4294967295;
    const found = known
      ? `"ips":["${ip}"],"ttl":${ttl},${asked},"qtypes":["${type}"],"rrtypes":["${type}"]`
      : `"ttl":${ttl},${asked},"rcode":3,"qtypes":["${type}"]`;
    const answer = known ? `\\"${ip}\\"` : 'RCode: Non-Existent Domain';
    link.l7(node, {
      direction: 'EGRESS',
      record: `"type":"RESPONSE","dns":{"query":"${query}",${found}}`,
      summary: `DNS Answer ${answer} TTL: ${ttl} (Proxy ${query} ${type})`,
    });
  }

  kafka() {
    const dice = this.#dice;
    const row = this.#relations.topics();
    const link = this.#connect(row);
    const node = link.server.node;
    const key = dice.pick(apiKeys);
    const correlation = ++this.#correlation;
    const record = `"api_version":7,"api_key":"${key}","correlation_id":${correlation},"topic":"${row.topic}"}`;
    const words = `${key} correlation id ${correlation} topic '${row.topic}'`;
    link.l7(node, {
      direction: 'INGRESS',
      record: `"type":"REQUEST","kafka":{${record}`,
      summary: `Kafka request ${words}`,
    });
    const error = dice.happens(0.02) ? 29 : 0;
    const latency = 200_000 + dice.below(9e6);
    link.l7(node, {
      direction: 'INGRESS',
      record: `"type":"RESPONSE","latency_ns":"${latency}","kafka":{${error === 0 ? '' : `"error_code":${error},`}${record}`,
      summary: `Kafka response ${words} return code ${error}`,
    });
  }
}

/** The first packet of a connection that an L7 rule sends to the proxy. */
function redirected(link, node, { allowedBy }) {
  link.verdict(node, 'REDIRECTED', 'INGRESS', 'SYN', { proxyPort: HTTP_PROXY, policies: allowedBy });
  link.trace(node, 'TO_PROXY', 'INGRESS', { reason: 'NEW', flags: 'SYN', proxyPort: HTTP_PROXY });
}
