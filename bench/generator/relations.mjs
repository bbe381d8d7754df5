const ports = [8080, 8443, 5432, 6379, 9092, 3000, 9090, 443, 80, 50051];
const policyNames = ['allow-clients', 'default', 'team-access', 'platform-baseline'];
const several = (n, make) => Array.from({ length: n }, (_, i) => make(i));

/** Who talks to whom: 3,000 relations that work and 250 that are denied, a few of them very busy. */
export class Relations {
  #dice;
  #cluster;

  constructor(dice, cluster) {
    this.#dice = dice;
    this.#cluster = cluster;
    const table = (n, make) => dice.zipf(several(n, make));
    const { fqdns } = cluster;
    this.plain = table(1770, () => this.#pods());
    this.datagrams = table(50, () => this.#pods('UDP', dice.pick([5060, 8125, 514])));
    this.web = table(550, () => this.#webPods());
    this.toWorld = table(240, () => ({ client: this.#workload(), target: dice.pick(fqdns), port: 443 }));
    this.fromWorld = table(60, () => ({ server: this.#workload(), port: dice.pick([80, 443]) }));
    this.names = table(250, () => ({ client: this.#workload() }));
    this.pings = table(40, () => this.#pods('ICMP', 0));
    this.signalling = table(10, () => this.#pods('SCTP', 38412));
    this.topics = table(30, (i) => ({
      ...this.#pods('TCP', 9092),
      topic: `events.${dice.generated(6)}.v${1 + (i % 3)}`,
    }));
    this.denied = table(250, (i) => this.#denied(i));
  }

  #workload() {
    return this.#dice.pick(this.#cluster.workloads);
  }

  #pods(protocol = 'TCP', port = this.#dice.pick(ports)) {
    const dice = this.#dice;
    const client = this.#workload();
    let server = this.#workload();
    while (server === client) server = this.#workload();
    const allowedBy = this.#policies('ingress_allowed_by', server);
    const log = dice.happens(0.1) ? `,"policy_log":["${server.namespace}"]` : '';
    return { client, server, protocol, port, ipv6: dice.happens(0.08), allowedBy: allowedBy + log };
  }

  #webPods() {
    const dice = this.#dice;
    const row = this.#pods('TCP', dice.pick([80, 8080, 8443]));
    return { ...row, grpc: dice.happens(0.2), traced: dice.happens(0.25) };
  }

  /** Denied at either end, mostly because no rule allows it. */
  #denied(i) {
    const row = this.#pods();
    const reason = i % 25 === 24 ? 'AUTH_REQUIRED' : i % 7 === 6 ? 'POLICY_DENY' : 'POLICY_DENIED';
    const egress = i % 3 === 2;
    const [key, owner] = egress ? ['egress_denied_by', row.client] : ['ingress_denied_by', row.server];
    const deniedBy = reason === 'POLICY_DENY' ? this.#policies(key, owner, 'deny-list') : '';
    return { ...row, reason, egress, deniedBy, audited: i % 20 === 10 };
  }

  #policies(key, { namespace }, name = this.#dice.pick(policyNames)) {
    const labels = [
      'k8s:io.cilium.k8s.policy.derived-from=CiliumNetworkPolicy',
      `k8s:io.cilium.k8s.policy.name=${name}`,
      `k8s:io.cilium.k8s.policy.namespace=${namespace}`,
      `k8s:io.cilium.k8s.policy.uid=${this.#dice.uuid()}`,
    ];
    const revision = String(1 + this.#dice.below(90));
    return `,"${key}":${JSON.stringify([{ name, namespace, labels, revision, kind: 'CiliumNetworkPolicy' }])}`;
  }
}
