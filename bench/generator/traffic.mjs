import { worldIpv4, worldIpv6 } from './cluster.mjs';
import { Connection, ipJson, traceTail } from './connection.mjs';
import { L7Traffic } from './l7.mjs';
import { Relations } from './relations.mjs';

const reasonNumbers = {
  POLICY_DENIED: 133,
  POLICY_DENY: 181,
  AUTH_REQUIRED: 189,
  INVALID_SOURCE_IP: 132,
  CT_MISSING_TCP_ACK_FLAG: 136,
  STALE_OR_UNROUTABLE_IP: 151,
  CT_MAP_INSERTION_FAILED: 155,
  SERVICE_BACKEND_NOT_FOUND: 158,
  FIB_LOOKUP_FAILED: 169,
  TTL_EXCEEDED: 196,
  IGMP_HANDLED: 199,
  DROP_EP_NOT_READY: 203,
};
/** What drops packets beside policies, and how often of a hundred. */
const otherReasons = {
  STALE_OR_UNROUTABLE_IP: 40,
  SERVICE_BACKEND_NOT_FOUND: 20,
  CT_MISSING_TCP_ACK_FLAG: 15,
  FIB_LOOKUP_FAILED: 8,
  DROP_EP_NOT_READY: 7,
  INVALID_SOURCE_IP: 5,
  CT_MAP_INSERTION_FAILED: 3,
  TTL_EXCEEDED: 2,
};

const hostEnd = '{"identity":1,"labels":["reserved:host"]}';
const vrrpGroup = worldIpv4('224.0.0.18');
const mdnsGroup = worldIpv4('224.0.0.251');
const allRouters = worldIpv6('ff02::2');

/** What drop events have after the labels of the node; whether it is a reply, they do not know. */
function dropTail(reason, direction) {
  const number = reasonNumbers[reason];
  return `,"event_type":{"type":1,"sub_type":${number}},"traffic_direction":"${direction}","file":{"name":"bpf_lxc.c","line":${1200 + number * 6}},"drop_reason_desc":"${reason}"`;
}

/** Everything that happens in the cluster, and how often. */
export class Traffic {
  #dice;
  #cluster;
  #recorder;
  #relations;
  #otherReason;
  #happening;

  constructor(dice, cluster, recorder) {
    this.#dice = dice;
    this.#cluster = cluster;
    this.#recorder = recorder;
    const relations = (this.#relations = new Relations(dice, cluster));
    this.#otherReason = dice.weighted(Object.keys(otherReasons), Object.values(otherReasons));
    const l7 = new L7Traffic(dice, cluster, relations, (row) => this.#connect(row));
    // So that about 15 % of the flows are L7, 10 % have one end in the world, and 3 % are dropped.
    const kinds = [
      [165, () => this.#connection(relations.plain())],
      [6, () => this.#connection(relations.datagrams())],
      [5, () => this.#connection(relations.pings())],
      [2.5, () => this.#connection(relations.signalling())],
      [40, () => this.#worldEgress()],
      [10, () => this.#worldIngress()],
      [46, () => l7.http()],
      [26, () => l7.dns()],
      [3, () => l7.kafka()],
      [12.5, () => this.#denied()],
      [5, () => this.#otherDrop()],
      [28, () => this.#socket()],
      [0.3, () => this.#routerSolicitation()],
      [0.2, () => this.#membership()],
      [0.1, () => this.#vrrp()],
    ];
    this.#happening = dice.weighted(
      kinds.map(([, tell]) => tell),
      kinds.map(([share]) => share),
    );
  }

  /** Something happens: one to six flows. */
  next() {
    this.#happening()();
  }

  #connect(row) {
    const dice = this.#dice;
    const end = (side) => (side.pods === undefined ? side : dice.pick(side.pods));
    const [client, server, clientPort] = [end(row.client), end(row.server), 32768 + dice.below(28232)];
    return new Connection(this.#recorder, { ...row, client, server, clientPort });
  }

  /** A connection between pods, seen on both nodes: verdict, opening, answer, at times data and the end. */
  #connection(row) {
    const dice = this.#dice;
    const link = this.#connect(row);
    const [near, far] = [link.client.node, link.server.node];
    const tcp = row.protocol === 'TCP';
    const [open, answer] = tcp ? ['SYN', 'SYN, ACK'] : [];
    // Policies for ports say nothing of ICMP.
    const policies = row.protocol === 'ICMP' ? '' : row.allowedBy;
    if (dice.happens(0.4)) link.verdict(far, 'FORWARDED', 'INGRESS', open, { policies });
    if (near !== far) this.#leave(link, near, far, open);
    link.trace(far, 'TO_ENDPOINT', 'INGRESS', { reason: 'NEW', flags: open });
    if (row.protocol === 'SCTP' || dice.happens(0.1)) return;
    const reply = { reply: true, reason: 'REPLY' };
    link.trace(near, 'TO_ENDPOINT', 'EGRESS', { ...reply, flags: answer });
    if (!tcp) return;
    if (dice.happens(0.35))
      link.trace(far, 'TO_ENDPOINT', 'INGRESS', { reason: 'ESTABLISHED', flags: 'ACK, PSH' });
    const end = dice.happens(0.1) ? 'ACK, RST' : 'ACK, FIN';
    if (dice.happens(0.25)) link.trace(near, 'TO_ENDPOINT', 'EGRESS', { ...reply, flags: end });
  }

  /** Into the overlay; some are also seen on the wire, with the header of the tunnel. */
  #leave(link, near, far, flags) {
    link.trace(near, 'TO_OVERLAY', 'EGRESS', { reason: 'NEW', flags });
    if (!this.#dice.happens(0.03)) return;
    const port = 32768 + this.#dice.below(28232);
    const tunnel = `{"protocol":"VXLAN","IP":${ipJson(near.address, far.address)},"l4":{"UDP":{"source_port":${port},"destination_port":8472}}}`;
    link.trace(near, 'TO_NETWORK', 'EGRESS', { reason: 'NEW', flags, tunnel });
  }

  #worldEgress() {
    const { client, target, port } = this.#relations.toWorld();
    const link = this.#connect({ client, server: target.end, protocol: 'TCP', port });
    const { node } = link.client;
    const leaving = { reason: 'NEW', flags: 'SYN' };
    if (this.#dice.happens(0.5)) link.trace(node, 'TO_STACK', 'EGRESS', leaving);
    else link.trace(node, 'TO_NETWORK', 'EGRESS', { ...leaving, xlated: node.address });
    link.trace(node, 'TO_ENDPOINT', 'EGRESS', { reply: true, reason: 'REPLY', flags: 'SYN, ACK' });
  }

  #worldIngress() {
    const { server, port } = this.#relations.fromWorld();
    const client = this.#dice.pick(this.#cluster.visitors);
    const link = this.#connect({ client, server, protocol: 'TCP', port, ipv6: client.ipv6 !== undefined });
    const { node } = link.server;
    link.trace(node, 'TO_ENDPOINT', 'INGRESS', { reason: 'NEW', flags: 'SYN' });
    link.trace(node, 'TO_STACK', 'INGRESS', { reply: true, reason: 'REPLY', flags: 'SYN, ACK' });
  }

  /** A packet that a policy denies: told as a verdict and as a drop. Where policies are tried out, it passes. */
  #denied() {
    const { reason, egress, deniedBy, audited, ...row } = this.#relations.denied();
    const link = this.#connect(row);
    const { node } = egress ? link.client : link.server;
    const direction = egress ? 'EGRESS' : 'INGRESS';
    if (audited) {
      link.verdict(node, 'AUDIT', direction, 'SYN', {});
      link.trace(link.server.node, 'TO_ENDPOINT', 'INGRESS', { reason: 'NEW', flags: 'SYN' });
      return;
    }
    const auth = reason === 'AUTH_REQUIRED' ? ',"auth_type":"SPIRE"' : '';
    const head = `,"drop_reason":${reasonNumbers[reason]}${auth}`;
    const tail = `,"event_type":{"type":5},"traffic_direction":"${direction}","drop_reason_desc":"${reason}"${link.summary(false, 'SYN')}${deniedBy}`;
    this.#recorder.onePacket([
      () => link.tell(node, { verdict: 'DROPPED', flags: 'SYN', head, tail }),
      () => dropped(link, node, direction, reason),
    ]);
  }

  #otherDrop() {
    const link = this.#connect(this.#relations.plain());
    dropped(link, link.client.node, 'EGRESS', this.#otherReason());
  }

  /** What the socket load balancer of the client's node saw: the address of the service, then of the backend. */
  #socket() {
    const dice = this.#dice;
    const row = this.#relations.plain();
    const { client, server } = this.#connect({ ...row, ipv6: false });
    const cookie = `"socket_cookie":"${1 + dice.below(900_000)}","cgroup_id":"${4000 + dice.below(9000)}","Summary":"TCP"`;
    const l4 = `{"TCP":{"destination_port":${row.port}}}`;
    const told = (verdict, number, point, destination, to, service) => {
      const event = `,"event_type":{"type":7,"sub_type":${number}}${service}`;
      this.#recorder.flow(client.node, {
        verdict,
        ip: ipJson(client.ipv4, to),
        l4,
        source: client.local,
        destination,
        type: 'SOCK',
        tail: `${event},"sock_xlate_point":"SOCK_XLATE_POINT_${point}_DIRECTION_FWD",${cookie}`,
      });
    };
    const service = `,"destination_service":${row.server.service}`;
    if (dice.happens(0.5)) told('TRACED', 1, 'PRE', '{}', row.server.clusterIp, service);
    const backend = server.node === client.node ? server.local : server.remote;
    told('TRANSLATED', 2, 'POST', backend, server.ipv4, '');
  }

  /** A pod that looks for routers from an address which is not its own. */
  #routerSolicitation() {
    const { node, local, leaving } = this.#pod();
    const address = `fe80::${this.#dice
      .hex12()
      .replace(/(....)(?=.)/g, '$1:')
      .replace(/(^|:)0+(?=.)/g, '$1')}`;
    this.#recorder.flow(node, {
      verdict: 'DROPPED',
      head: `,"drop_reason":${reasonNumbers.INVALID_SOURCE_IP}${leaving}`,
      ip: ipJson(address, allRouters.ipv6),
      l4: '{"ICMPv6":{"type":133}}',
      source: local,
      destination: allRouters.remote,
      type: 'L3_L4',
      tail: `${dropTail('INVALID_SOURCE_IP', 'EGRESS')},"Summary":"ICMPv6 RouterSolicitation"`,
    });
  }

  /** Hubble calls it a drop; no packet is missed. */
  #membership() {
    const { node, local, leaving, ipv4 } = this.#pod();
    this.#recorder.flow(node, {
      verdict: 'DROPPED',
      head: `,"drop_reason":${reasonNumbers.IGMP_HANDLED}${leaving}`,
      ip: ipJson(ipv4, mdnsGroup.ipv4),
      l4: `{"IGMP":{"type":22,"group_address":"${mdnsGroup.ipv4}"}}`,
      source: local,
      destination: mdnsGroup.remote,
      type: 'L3_L4',
      tail: `${dropTail('IGMP_HANDLED', 'EGRESS')},"Summary":"IGMP"`,
    });
  }

  #vrrp() {
    const node = this.#dice.pick(this.#cluster.nodes);
    this.#recorder.flow(node, {
      verdict: 'FORWARDED',
      ip: ipJson(node.host, vrrpGroup.ipv4),
      l4: `{"VRRP":{"type":1,"vrid":${51 + (node.number % 3)},"priority":${100 + node.number}}}`,
      source: hostEnd,
      destination: vrrpGroup.remote,
      type: 'L3_L4',
      tail: `${traceTail('TO_NETWORK', 'EGRESS', false, 'NEW')},"Summary":"VRRP"`,
    });
  }

  #pod() {
    return this.#dice.pick(this.#dice.pick(this.#cluster.workloads).pods);
  }
}

function dropped(link, node, direction, reason) {
  const tail = dropTail(reason, direction) + link.summary(false, 'SYN');
  link.tell(node, {
    verdict: 'DROPPED',
    flags: 'SYN',
    head: `,"drop_reason":${reasonNumbers[reason]}`,
    tail,
  });
}
