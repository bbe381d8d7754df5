/** A request of HTTP or DNS and its answer, as Hubble tells them where it did not time the answer. */
export interface Exchange {
  /** Milliseconds since 10:00. */
  at: number;
  took: number;
  port: number;
  dns?: string;
  /** `X-Request-Id`. */
  id?: string;
  latency?: string;
  status?: number;
}

const START = Date.UTC(2026, 5, 1, 10);
const web = { namespace: 'shop', pod_name: 'web-1', workloads: [{ name: 'web', kind: 'Deployment' }] };
const cart = { namespace: 'shop', pod_name: 'cart-1', workloads: [{ name: 'cart', kind: 'Deployment' }] };

/** Two records, one a line. */
export function exchange({ at, took, ...told }: Exchange): [request: string, answer: string] {
  return [line(at, false, told), line(at + took, true, told)];
}

function line(
  at: number,
  isAnswer: boolean,
  { port, dns, id, latency, status = 200 }: Omit<Exchange, 'at' | 'took'>,
): string {
  const time = new Date(START + at).toISOString();
  const [client, server] = ['10.0.1.5', '10.0.2.7'];
  const serverPort = dns === undefined ? 8080 : 53;
  const ports = isAnswer
    ? { source_port: serverPort, destination_port: port }
    : { source_port: port, destination_port: serverPort };
  const headers = id === undefined ? [] : [{ key: 'X-Request-Id', value: id }];
  const http = { method: 'GET', url: 'http://cart/v1', protocol: 'HTTP/1.1', headers };
  const message =
    dns === undefined
      ? { http: isAnswer ? { ...http, code: status } : http }
      : { dns: { query: dns, qtypes: ['A'] } };
  const flow = {
    time,
    verdict: 'FORWARDED',
    IP: isAnswer ? { source: server, destination: client } : { source: client, destination: server },
    l4: { [dns === undefined ? 'TCP' : 'UDP']: ports },
    source: isAnswer ? cart : web,
    destination: isAnswer ? web : cart,
    Type: 'L7',
    node_name: 'c/n1',
    l7: {
      type: isAnswer ? 'RESPONSE' : 'REQUEST',
      ...(isAnswer && latency !== undefined && { latency_ns: latency }),
      ...message,
    },
    event_type: { type: 129 },
    traffic_direction: 'EGRESS',
    is_reply: isAnswer,
  };
  return JSON.stringify({ flow, node_name: 'c/n1', time });
}
