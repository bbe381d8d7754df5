import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../../test/support/arbitrary-flows.js';
import { newFlow, pod, tally, toTally, world } from '../../../../test/support/make-flow.js';
import { atOnce } from '../../steps.js';
import { ServiceMap, type MapEdge } from '../service-map.js';
import type { Counts } from './counts.js';
import { foldMap, type FoldedMap, type FoldLimits } from './fold-map.js';
import type { HubKind } from './hubs.js';

const everything: FoldLimits = { hubs: [], maxNodes: undefined, maxEdges: undefined };
const hubs: HubKind[] = ['dns', 'apiserver', 'metrics', 'health'];

function fold(map: ServiceMap, limits: Partial<FoldLimits>): FoldedMap {
  const { nodes, edges } = atOnce(map.draw());
  return atOnce(foldMap(nodes, edges, { ...everything, ...limits }));
}

/** Everything that is drawn or folded, added up again. */
function sumOf({ edges, folded }: FoldedMap): Counts {
  const drawn = edges.map(({ members = 1, verdicts, dropReasons }) => ({
    edges: members,
    verdicts,
    dropReasons,
  }));
  return addUp([...drawn, ...folded.hubs, folded.edges]);
}

function added(a: Record<string, number>, b: Record<string, number>): Record<string, number> {
  const sums = new Map(Object.entries(a));
  for (const [name, count] of Object.entries(b)) sums.set(name, (sums.get(name) ?? 0) + count);
  return Object.fromEntries(sums);
}

function addUp(list: readonly Counts[]): Counts {
  return list.reduce(
    (sum, { edges, verdicts, dropReasons }) => ({
      edges: sum.edges + edges,
      verdicts: added(sum.verdicts, verdicts),
      dropReasons: added(sum.dropReasons, dropReasons),
    }),
    { edges: 0, verdicts: {}, dropReasons: {} },
  );
}

/** What edges of groups tell beside their counts, added up. */
function detailsOf(edges: readonly Pick<MapEdge, 'http' | 'dns' | 'tcp' | 'auth'>[]) {
  const sum = (read: (edge: (typeof edges)[number]) => number | undefined) =>
    edges.reduce((all, edge) => all + (read(edge) ?? 0), 0);
  return {
    requests: sum(({ http }) => http?.requests),
    queries: sum(({ dns }) => dns?.queries),
    attempts: sum(({ tcp }) => tcp?.attempts),
    resets: sum(({ tcp }) => tcp?.resets),
    spire: sum(({ auth }) => auth?.['SPIRE']),
  };
}

describe('a folded map', () => {
  const maps = fc
    .tuple(flowTexts(25), fc.constantFrom('pod' as const, 'workload' as const, 'namespace' as const))
    .map(([texts, level]) =>
      ServiceMap.of(
        texts.map((text, i) => toTally(newFlow(text).flow, i + 1)),
        level,
      ),
    );
  const most = fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined });
  const limits = fc.record({ hubs: fc.subarray(hubs), maxNodes: most, maxEdges: most });

  it('keeps every count: what is drawn and what is folded add up to the whole map', () => {
    fc.assert(
      fc.property(maps, limits, (map, asked) => {
        const folded = fold(map, asked);
        const whole = map.edges().map(({ verdicts, dropReasons }) => ({ edges: 1, verdicts, dropReasons }));
        expect(sumOf(folded)).toEqual(addUp(whole));
        if (asked.hubs.length === 0 && asked.maxEdges === undefined)
          expect(detailsOf(folded.edges)).toEqual(detailsOf(map.edges()));
        const members = folded.nodes.reduce((sum, node) => sum + ('members' in node ? node.members : 1), 0);
        expect(members + folded.folded.nodesHidden).toBe(map.nodes().length);
        const { between, betweenLeftOut, ...all } = folded.folded.edges;
        expect(betweenLeftOut).toBe(0);
        expect(addUp(between)).toEqual(all);
      }),
    );
  });

  it('draws no more than was asked for, and both ends of what it draws', () => {
    fc.assert(
      fc.property(maps, limits, (map, asked) => {
        const { nodes, edges, folded } = fold(map, asked);
        expect(nodes.length).toBeLessThanOrEqual(asked.maxNodes ?? Infinity);
        expect(edges.length).toBeLessThanOrEqual(asked.maxEdges ?? Infinity);
        const ids = new Set(nodes.map(({ id }) => id));
        expect(ids.size).toBe(nodes.length);
        expect(new Set(edges.map(({ id }) => id)).size).toBe(edges.length);
        expect(new Set(edges.flatMap(({ source, target }) => [source, target]))).toEqual(ids);
        for (const { members } of folded.groups) expect(members).toBeGreaterThan(1);
      }),
    );
  });

  it('is the whole map where nothing needs to be folded', () => {
    fc.assert(
      fc.property(maps, (map) => {
        const [nodes, edges] = [map.nodes(), map.edges()];
        const folded = fold(map, { maxNodes: nodes.length || 1, maxEdges: edges.length || 1 });
        expect({ nodes: folded.nodes, edges: folded.edges }).toEqual({ nodes, edges });
        expect(folded.folded.nodesHidden).toBe(0);
      }),
    );
  });
});

const web = pod('shop/web-0', 'web');
const denied = {
  verdict: 'DROPPED',
  drop_reason_desc: 'POLICY_DENIED',
  event_type: { type: 1, sub_type: 133 },
};
const dropped = (fields: object) => tally({ ...fields, ...denied });
const port = (destination_port: number) => ({ l4: { TCP: { source_port: 41_822, destination_port } } });
const dns = { source: web, destination: pod('kube-system/coredns-0', 'coredns'), ...port(53) };
const scrape = { source: pod('observe/prometheus-k8s-0', 'prometheus-k8s'), destination: web, ...port(9090) };
const probe = { source: { identity: 1, labels: ['reserved:host'] }, destination: web, ...port(8080) };
const apiserver = {
  source: web,
  destination: { identity: 7, labels: ['reserved:kube-apiserver'] },
  ...port(6443),
};
const call = { source: web, destination: pod('pay/api-0', 'api'), ...port(8443) };

describe('hubs', () => {
  const map = ServiceMap.of(
    [dns, scrape, probe, apiserver, call].map((one) => tally(one)),
    'workload',
  );

  it('are told by how much they hide, and where', () => {
    const { edges, nodes, folded } = fold(map, { hubs });
    expect(edges.map(({ target }) => target)).toEqual(['c/pay/api']);
    expect(nodes.map(({ id }) => id)).toEqual(['c/pay/api', 'c/shop/web']);
    expect(folded.nodesHidden).toBe(4);
    expect(folded.hubs).toEqual(
      hubs.map((kind) => ({
        kind,
        edges: 1,
        verdicts: { forwarded: 1, dropped: 0, audit: 0, redirected: 0, error: 0 },
        dropReasons: {},
        on: [{ node: 'c/shop/web', edges: 1, flows: 1 }],
        onLeftOut: 0,
      })),
    );
  });

  it('are only those that were asked for', () => {
    const { edges, folded } = fold(map, { hubs: ['dns'] });
    expect(edges).toHaveLength(4);
    expect(folded.hubs.map(({ kind }) => kind)).toEqual(['dns']);
  });

  it('hide no edge with drops', () => {
    const some = ServiceMap.of([tally(call), tally(dns), dropped(dns)], 'workload');
    expect(fold(some, { hubs }).edges).toHaveLength(2);
  });

  it('are not what a scraper says to the world', () => {
    const out = ServiceMap.of([tally({ ...scrape, destination: world })], 'workload');
    expect(fold(out, { hubs }).edges).toHaveLength(1);
  });
});

describe('a budget', () => {
  const names = ['a', 'b', 'c', 'd'];
  const many = ServiceMap.of(
    [
      ...names.flatMap((name) => [
        tally({ source: web, destination: pod(`pay/${name}-0`, name) }),
        tally({
          source: web,
          destination: { ...world, identity: 0, labels: [] },
          destination_names: [`${name}.example`],
        }),
      ]),
      dropped({ source: web, destination: pod('pay/bad-0', 'bad') }),
    ],
    'workload',
  );

  it('keeps what is dropped and busy, and groups the rest by namespace and kind', () => {
    const { nodes, edges, folded } = fold(many, { maxNodes: 4 });
    expect(nodes.map(({ id, name }) => `${id} ${name}`)).toEqual([
      'c/pay/bad bad',
      'c/shop/web web',
      'group:c/pay 4 more workloads',
      'group:fqdn 4 more names',
    ]);
    expect(folded.groups).toEqual([
      { id: 'group:c/pay', members: 4 },
      { id: 'group:fqdn', members: 4 },
    ]);
    const group = edges.find(({ target }) => target === 'group:fqdn');
    expect(group).toMatchObject({ source: 'c/shop/web', members: 4, verdicts: { forwarded: 4, dropped: 0 } });
  });

  it('makes one group of everything where there is no room for more', () => {
    const { nodes, edges } = fold(many, { maxNodes: 2 });
    expect(nodes.map(({ name }) => name)).toEqual(['web', '9 more nodes']);
    expect(edges.map(({ members, verdicts }) => [members, verdicts['dropped']])).toEqual([[9, 1]]);
  });

  it('counts the edges that are not drawn by where they lead', () => {
    const { nodes, edges, folded } = fold(many, { maxEdges: 1 });
    expect(edges.map(({ target }) => target)).toEqual(['c/pay/bad']);
    expect(nodes).toHaveLength(2);
    expect(folded.nodesHidden).toBe(8);
    expect(folded.edges.between.map(({ source, target, edges: count }) => [source, target, count])).toEqual([
      ['group:c/shop', 'group:c/pay', 4],
      ['group:c/shop', 'group:fqdn', 4],
    ]);
  });
});
