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

const events = {
  TO_ENDPOINT: '{"type":4}',
  TO_PROXY: '{"type":4,"sub_type":1}',
  TO_STACK: '{"type":4,"sub_type":3}',
  TO_OVERLAY: '{"type":4,"sub_type":4}',
  TO_NETWORK: '{"type":4,"sub_type":11}',
};
const interfaces = {
  TO_PROXY: '',
  TO_STACK: '',
  TO_OVERLAY: ',"interface":{"index":6,"name":"cilium_vxlan"}',
  TO_NETWORK: ',"interface":{"index":2,"name":"eth0"}',
};

/** Request and reply. */
const echo = {
  ICMPv4: ['{"ICMPv4":{"type":8}}', '{"ICMPv4":{}}'],
  ICMPv6: ['{"ICMPv6":{"type":128}}', '{"ICMPv6":{"type":129}}'],
};

/** `xlated` is the source's address behind the translation of a node. */
export function ipJson(source, destination, xlated) {
  const version = source.includes(':') ? 'IPv6' : 'IPv4';
  const after = xlated === undefined ? '' : `"source_xlated":"${xlated}",`;
  return `{"source":"${source}",${after}"destination":"${destination}","ipVersion":"${version}"}`;
}

/** What a trace from `point` has between the direction and the summary. */
export function traceTail(point, direction, reply, reason, place = interfaces[point]) {
  return `,"event_type":${events[point]},"traffic_direction":"${direction}","trace_observation_point":"${point}","trace_reason":"${reason}","is_reply":${reply}${place}`;
}

const told = (end, node) => (end.node === node ? end.local : end.remote);
function namesOf(from, to) {
  const source = from.names === '' ? '' : `,"source_names":["${from.names}"]`;
  return to.names === '' ? source : `${source},"destination_names":["${to.names}"]`;
}

/** One connection: its ends, and how Hubble tells of its packets. */
export class Connection {
  #recorder;
  #clientPort;

  constructor(recorder, { client, server, protocol, port, clientPort, ipv6 = false }) {
    this.#recorder = recorder;
    this.#clientPort = clientPort;
    this.client = client;
    this.server = server;
    this.port = port;
    this.family = ipv6 ? 'ipv6' : 'ipv4';
    this.protocol = protocol === 'ICMP' ? (ipv6 ? 'ICMPv6' : 'ICMPv4') : protocol;
  }

  /** A line told from one of the nodes; `before` and `tail` stand before and after the mark of replies. */
  tell(
    node,
    { verdict, reply = false, flags, tail, head = '', type = 'L3_L4', before = '', xlated, tunnel },
  ) {
    const from = reply ? this.server : this.client;
    const to = reply ? this.client : this.server;
    const inside = this.client.node === node ? this.client : this.server;
    const ethernet = inside === to ? inside.arriving : inside.leaving;
    this.#recorder.flow(node, {
      verdict,
      head: type === 'L3_L4' ? head + ethernet : '',
      ip: ipJson(from[this.family], to[this.family], xlated),
      l4: this.#l4(reply, flags),
      tunnel,
      source: told(from, node),
      destination: told(to, node),
      type,
      tail: namesOf(from, to) + before + (reply ? ',"reply":true' : '') + tail,
    });
  }

  trace(node, point, direction, { reply = false, reason, flags, proxyPort = '', xlated, tunnel }) {
    const receiver = reply ? this.client : this.server;
    const place = point === 'TO_ENDPOINT' ? receiver.interface : interfaces[point];
    const tail = traceTail(point, direction, reply, reason, place) + proxyPort + this.summary(reply, flags);
    this.tell(node, { verdict: 'FORWARDED', reply, flags, tail, xlated, tunnel });
  }

  verdict(node, decision, direction, flags, { proxyPort = '', policies = '' }) {
    const tail = `,"event_type":{"type":5},"traffic_direction":"${direction}","policy_match_type":2,"is_reply":false${proxyPort}`;
    this.tell(node, { verdict: decision, flags, tail: tail + this.summary(false, flags) + policies });
  }

  /** What the proxy logged. */
  l7(node, { verdict = 'FORWARDED', direction, record, summary, context = '' }) {
    const reply = record.startsWith('"type":"RESPONSE"');
    const tail = `,"event_type":{"type":129},"traffic_direction":"${direction}","is_reply":${reply}${context},"Summary":"${summary}"`;
    this.tell(node, { verdict, reply, tail, type: 'L7', before: `,"l7":{${record}}` });
  }

  #l4(reply, flags) {
    const { protocol, port } = this;
    if (protocol in echo) return echo[protocol][reply ? 1 : 0];
    return reply
      ? portsJson(protocol, port, this.#clientPort, flags)
      : portsJson(protocol, this.#clientPort, port, flags);
  }

  summary(reply, flags) {
    if (this.protocol in echo) return `,"Summary":"${this.protocol} Echo${reply ? 'Reply' : 'Request'}"`;
    return `,"Summary":"${flags ? `TCP Flags: ${flags}` : this.protocol}"`;
  }
}
