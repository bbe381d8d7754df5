const NAMESPACES = 50;
const WORKLOADS = 500;
const PODS = 5000;
const NODES = 40;
const CLUSTER = 'bench-eu';

export const words = [
  'cart',
  'catalog',
  'orders',
  'users',
  'billing',
  'search',
  'stock',
  'mail',
  'audit',
  'media',
];
export const roles = ['api', 'worker', 'web', 'db', 'cache', 'proxy', 'sync', 'report', 'queue', 'gateway'];
const teams = ['atlas', 'borealis', 'cobalt', 'dune', 'ember'];
const namespaces = Array.from(
  { length: NAMESPACES },
  (_, i) => `${teams[i % 5]}-${words[Math.floor(i / 5)]}`,
);

/**
 * 50 namespaces, 500 workloads, 5,000 pods, 40 nodes, and what is outside; with both versions of IP.
 * Endpoints are kept as ready-made JSON: `local` as their own node tells of them, `remote` as others do.
 */
export class Cluster {
  #dice;
  #identities = 65536 + 1000;
  nodes;
  workloads;
  coredns;
  fqdns;
  visitors;

  constructor(dice) {
    this.#dice = dice;
    this.nodes = Array.from({ length: NODES }, (_, i) => this.#node(i));
    this.workloads = Array.from({ length: WORKLOADS }, (_, i) => this.#workload(i));
    this.coredns = this.#coredns();
    for (let i = 0; i < PODS; i++) this.#addPod(this.workloads[i < WORKLOADS ? i : dice.below(WORKLOADS)]);
    for (let i = 0; i < 6; i++) this.#addPod(this.coredns);
    this.fqdns = Array.from({ length: 200 }, (_, i) => this.#fqdn(i));
    this.visitors = Array.from({ length: 500 }, () => this.#visitor());
  }

  /** A rollout, an eviction, a scaled node: one pod goes and another comes. */
  churn() {
    const workload = this.#dice.pick(this.workloads);
    const ordinal = this.#dice.below(workload.pods.length);
    workload.pods[ordinal] = this.#pod(workload, ordinal);
  }

  #node(i) {
    const name = `worker-${String(i + 1).padStart(2, '0')}`;
    const size = this.#dice.pick(['large', 'xlarge', '2xlarge']);
    const labels = [
      'kubernetes.io/arch=amd64',
      `kubernetes.io/hostname=${name}`,
      'kubernetes.io/os=linux',
      `node.kubernetes.io/instance-type=c8.${size}`,
      'topology.kubernetes.io/region=eu-west-1',
      `topology.kubernetes.io/zone=eu-west-1${'abc'[i % 3]}`,
    ];
    const fullName = `${CLUSTER}/${name}`;
    return {
      number: i,
      told: `"node_name":"${fullName}","node_labels":${JSON.stringify(labels)}`,
      envelope: `},"node_name":"${fullName}","time":"`,
      host: `10.${64 + i}.0.1`,
      address: `192.168.40.${10 + i}`,
    };
  }

  #workload(i) {
    const namespace = namespaces[i % NAMESPACES];
    const name = `${words[(i * 7 + (i % NAMESPACES)) % 10]}-${roles[Math.floor(i / NAMESPACES)]}`;
    const kind = name.endsWith('-db') ? 'StatefulSet' : name.endsWith('-proxy') ? 'DaemonSet' : 'Deployment';
    return this.#described(namespace, name, kind, [
      `k8s:app.kubernetes.io/instance=${namespace}-${name}`,
      `k8s:app.kubernetes.io/name=${name}`,
      ...generalLabels(namespace, name),
    ]);
  }

  #coredns() {
    const labels = [...generalLabels('kube-system', 'coredns'), 'k8s:k8s-app=kube-dns'];
    return this.#described('kube-system', 'coredns', 'Deployment', labels);
  }

  #described(namespace, name, kind, labels) {
    this.#identities += 1 + this.#dice.below(90);
    return {
      name,
      namespace,
      kind,
      host: `${name}.${namespace}.svc.cluster.local`,
      clusterIp: `172.20.${this.#dice.below(256)}.${1 + this.#dice.below(254)}`,
      service: `{"name":"${name}","namespace":"${namespace}"}`,
      hash: this.#dice.generated(9),
      pods: [],
      common: `"identity":${this.#identities},"cluster_name":"${CLUSTER}","namespace":"${namespace}","labels":${JSON.stringify(labels)},"pod_name":"`,
      workload: `","workloads":[{"name":"${name}","kind":"${kind}"}]}`,
    };
  }

  #addPod(workload) {
    workload.pods.push(this.#pod(workload, workload.pods.length));
  }

  /** Pod number `ordinal` of a workload, or the one that takes its place. */
  #pod(workload, ordinal) {
    const dice = this.#dice;
    const { kind, name, hash } = workload;
    const node = dice.pick(this.nodes);
    const suffix =
      kind === 'StatefulSet'
        ? ordinal
        : kind === 'DaemonSet'
          ? dice.generated(5)
          : `${hash}-${dice.generated(5)}`;
    const [own, gateway] = [dice.mac(), dice.mac()];
    return {
      node,
      ipv4: `10.${64 + node.number}.${dice.below(16)}.${2 + dice.below(250)}`,
      ipv6: `fd00:10:${(64 + node.number).toString(16)}::${(1 + dice.below(65535)).toString(16)}`,
      local: `{"ID":${1 + dice.below(4094)},${workload.common}${name}-${suffix}${workload.workload}`,
      remote: `{${workload.common}${name}-${suffix}"}`,
      arriving: `,"ethernet":{"source":"${gateway}","destination":"${own}"}`,
      leaving: `,"ethernet":{"source":"${own}","destination":"${gateway}"}`,
      interface: `,"interface":{"index":${10 + dice.below(400)},"name":"lxc${dice.hex12()}"}`,
      names: '',
    };
  }

  #fqdn(i) {
    const dice = this.#dice;
    const name = `${dice.pick(['api', 'cdn', 'auth', 'events', 's3'])}.${dice.pick(words)}-${i}.example`;
    const ipv4 = `203.0.${i >> 2}.${1 + dice.below(250)}`;
    return { name, end: outside({ ipv4 }, 16777216 + i, [`fqdn:${name}`, 'reserved:world-ipv4'], name) };
  }

  #visitor() {
    const dice = this.#dice;
    if (!dice.happens(0.2)) return worldIpv4(`198.51.${100 + dice.below(8)}.${1 + dice.below(250)}`);
    return worldIpv6(
      `2001:db8:${(1 + dice.below(4000)).toString(16)}::${(1 + dice.below(4000)).toString(16)}`,
    );
  }
}

const generalLabels = (namespace, account) => [
  `k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=${namespace}`,
  `k8s:io.cilium.k8s.policy.cluster=${CLUSTER}`,
  `k8s:io.cilium.k8s.policy.serviceaccount=${account}`,
  `k8s:io.kubernetes.pod.namespace=${namespace}`,
];

function outside(addresses, identity, labels, name = '') {
  return {
    ...addresses,
    remote: `{"identity":${identity},"labels":${JSON.stringify(labels)}}`,
    names: name,
  };
}

/** With both versions of IP in a cluster, Cilium tells the world of each apart. */
export const worldIpv4 = (ipv4) => outside({ ipv4 }, 9, ['reserved:world-ipv4']);
export const worldIpv6 = (ipv6) => outside({ ipv6 }, 10, ['reserved:world-ipv6']);
