const places: [pattern: RegExp, words: string][] = [
  [/verdict.*egress|egress.*verdict/, "egress policy verdicts at the client's pod"],
  [/verdict.*ingress|ingress.*verdict/, "ingress policy verdicts at the server's pod"],
  [/verdict/, 'policy verdicts'],
  [/from endpoint/, "packets leaving the client's pod"],
  [/to endpoint/, "packets delivered to the server's pod"],
  [/to proxy/, 'packets handed to the L7 proxy'],
  [/from proxy/, 'packets coming out of the L7 proxy'],
  [/to host/, 'packets handed to the node itself'],
  [/from host/, 'packets coming from the node itself'],
  [/to stack/, "packets handed to the node's network stack"],
  [/from stack/, "packets coming from the node's network stack"],
  [/to overlay/, 'packets sent into the tunnel between nodes'],
  [/from overlay/, 'packets coming out of the tunnel between nodes'],
  [/to network/, "packets leaving on the node's network card"],
  [/from network/, "packets arriving on the node's network card"],
  [/to crypto/, 'packets handed to encryption'],
  [/from crypto/, 'packets coming out of encryption'],
  [/request/, 'requests that the L7 proxy saw'],
  [/response/, 'responses that the L7 proxy saw'],
  [/sock/, 'connections seen at the socket'],
  [/drop/, 'packets that the datapath dropped'],
];

/** What one counter behind the headline counted. */
export function explainPoint(point: string): string {
  const text = point.toLowerCase().replace(/[^a-z0-9]+/g, ' ');
  const words = places.find(([pattern]) => pattern.test(text))?.[1] ?? '';
  return words && /reply|replies/.test(text) ? `${words}, replies` : words;
}
