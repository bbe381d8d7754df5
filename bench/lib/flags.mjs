// Filters of `hubble observe` at random, with values that the records have, parts of them, and some that make no sense.

const words = {
  verdict: ['FORWARDED', 'DROPPED', 'AUDIT', 'REDIRECTED', 'ERROR', 'TRACED', 'TRANSLATED', 'dropped'],
  protocol: ['tcp', 'UDP', 'icmp', 'icmpv4', 'icmpv6', 'sctp', 'http', 'dns', 'kafka', 'arp'],
  type: [
    'drop',
    'l7',
    'policy-verdict',
    'trace',
    'trace-sock',
    'capture',
    'trace:to-endpoint',
    'trace:from-proxy',
  ].concat(['trace:4', '4', '129', '1:133', '4:0', 'trace:bar', 'agent', '4:', 'TRACE', '-1']),
  'tcp-flags': ['syn', 'SYN,ACK', 'fin', 'rst', 'psh,ack', 'urg', 'syn,', 'foo'],
  'http-status': ['200', '404', '2+', '4+', '50+', '200+', '4', '600', '+'],
  'http-method': ['GET', 'post', 'PATCH'],
  'http-path': ['/', '^/$', '/api', '.*', '[0-9]+$', '(?i)API', '(', '(?=a)', '\\pL', 'x{1001}'],
  'traffic-direction': ['ingress', 'EGRESS', 'unknown'],
  'ip-version': ['v4', 'v6', 'none'],
  identity: [
    'host',
    'world',
    'remote-node',
    'kube-apiserver',
    'health',
    '017',
    '0x1f',
    '4294967296',
    'WORLD',
  ],
  port: ['53', '80', '0', '65536', 'http'],
};

/** Of each flag how to make a value; `dice` makes the same ones again for the same seed. */
export function flagsOf(flows, dice) {
  const ends = flows.flatMap(({ source, destination }) => [source ?? {}, destination ?? {}]);
  const pool = (list) => [...new Set(list.filter((value) => value !== undefined && value !== ''))];
  const told = {
    pods: pool(ends.map(({ namespace, pod_name }) => pod_name && `${namespace ?? ''}/${pod_name}`)),
    namespaces: pool(ends.map(({ namespace }) => namespace)),
    labels: pool(ends.flatMap(({ labels = [] }) => labels)),
    workloads: pool(
      ends.flatMap(({ workloads = [] }) => workloads.map(({ kind, name }) => `${kind}/${name}`)),
    ),
    identities: pool(ends.map(({ identity }) => identity && String(identity))),
    ips: pool(flows.flatMap(({ IP = {} }) => [IP.source, IP.destination])),
    ports: pool(flows.flatMap(({ l4 = {} }) => portsOf(l4))),
    names: pool(
      flows.flatMap(({ source_names = [], destination_names = [] }) => [
        ...source_names,
        ...destination_names,
      ]),
    ),
    services: pool(flows.flatMap((flow) => [flow.source_service, flow.destination_service]).map(nameOf)),
    nodes: pool(flows.map(({ node_name }) => node_name)),
    uuids: pool(flows.map(({ uuid }) => uuid)),
  };
  const of = (list) => () => dice.pick(list.length === 0 ? ['x'] : list);
  const either =
    (...makers) =>
    () =>
      dice.pick(makers)();
  const begun = (make) => () => make().slice(0, 1 + dice.below(20));
  const pods = of(told.pods);
  const ips = of(told.ips);
  const names = of(told.names);
  const nodes = of(told.nodes);
  const sided = {
    pod: either(
      pods,
      begun(pods),
      () => `${of(told.namespaces)()}/`,
      () => pods().split('/')[1],
      () => `${pods()}/x`,
    ),
    namespace: of(told.namespaces),
    ip: either(
      ips,
      () => `${ips()}/${dice.pick([0, 8, 16, 24, 33, 64])}`,
      begun(ips),
      () => '::/0',
    ),
    label: () => selectorOf(of(told.labels)(), dice),
    identity: either(of(told.identities), of(words.identity)),
    port: either(of(told.ports), of(words.port)),
    fqdn: either(
      names,
      () => `*.${names().split('.').slice(1).join('.')}`,
      () => names().toUpperCase(),
      () => `${names()}.`,
      () => '..',
      () => '*',
    ),
    workload: either(
      of(told.workloads),
      () => of(told.workloads)().split('/')[1] ?? 'x',
      () => 'Deployment/',
    ),
    service: either(of(told.services), begun(of(told.services))),
  };
  const flags = { uuid: of(told.uuids) };
  for (const [name, make] of Object.entries(sided))
    for (const side of ['', 'from-', 'to-']) flags[side + name] = make;
  for (const [name, list] of Object.entries(words)) flags[name] ??= of(list);
  flags['node-name'] = either(
    nodes,
    () => nodes().split('/').at(-1),
    () => `${nodes().split('/')[0]}/`,
    () => '*/*1',
    () => 'a/b/c',
  );
  return flags;
}

function portsOf(l4) {
  return Object.values(l4).flatMap(({ source_port, destination_port }) =>
    [source_port, destination_port].map((port) => port && String(port)),
  );
}

function nameOf(service) {
  return service?.name && `${service.namespace ?? ''}/${service.name}`;
}

function selectorOf(label, dice) {
  const [key, value = ''] = label.split(/=(.*)/);
  return dice.pick([
    `${key}=${value}`,
    key,
    `${key}==${value}`,
    `${key}!=${value}`,
    `${key} in (${value}, x)`,
    `${key} notin (${value})`,
    `!${key}`,
    `any:${key.replace(/^[^:]*:/, '')}=${value}`,
    `${key}=${value},!x`,
    `${key}>3`,
    key.toUpperCase(),
    `${key},`,
    `${key}=a/b`,
  ]);
}

/** One to four filters, some of them negated; a flag may come twice. */
export function argumentsOf(flags, dice) {
  const names = Object.keys(flags);
  const args = [];
  for (let left = dice.below(2) === 0 ? 1 : 1 + dice.below(4); left > 0; left--) {
    if (dice.happens(0.2)) args.push('--not');
    const name = dice.pick(names);
    for (let values = dice.happens(0.2) ? 2 : 1; values > 0; values--) args.push(`--${name}`, flags[name]());
  }
  return args;
}
