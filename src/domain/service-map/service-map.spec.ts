import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { flow, newFlow, pod, tally, toTally, world } from '../../../test/support/make-flow.js';
import type { MapLevel } from '../flow/node-identity.js';
import { recogniseRecord } from '../flow/record.js';
import { FlowReader } from '../flow/flow-reader.js';
import { atOnce } from '../steps.js';
import { ServiceMap } from './service-map.js';
import type { Tally } from './tally.js';

const levels: readonly MapLevel[] = ['cluster', 'namespace', 'workload', 'pod', 'label:app'];

function mapOf(tallies: readonly Tally[], level: MapLevel = 'workload') {
  return told(ServiceMap.of(tallies, level));
}

function told(map: ServiceMap) {
  return { nodes: map.nodes(), edges: map.edges() };
}

function arrows(tallies: readonly Tally[]): string[] {
  return mapOf(tallies).edges.map(
    ({ source, target, port, inferred }) =>
      `${source} > ${target}:${port}${inferred === undefined ? '' : ' inferred'}`,
  );
}

/** A packet in the middle of a connection, of which the record does not say who began it. */
const silent = (source: object, sourcePort: number, destination: object, destinationPort: number) =>
  tally({
    source,
    destination,
    is_reply: undefined,
    l4: { TCP: { source_port: sourcePort, destination_port: destinationPort } },
  });

const web = pod('shop/web-0', 'web');
const api = pod('pay/api-0', 'api');

describe('the direction of an edge', () => {
  it('is from the client to the server, whoever sent the packet', () => {
    const answer = {
      source: api,
      destination: web,
      is_reply: true,
      l4: { TCP: { source_port: 80, destination_port: 41_822 } },
    };
    expect(arrows([tally({ source: web, destination: api }), tally(answer)])).toEqual([
      'c/shop/web > c/pay/api:80',
    ]);
  });

  it('is inferred from the lower port where nobody knows, and the edge says so', () => {
    expect(arrows([silent(web, 41_822, api, 80)])).toEqual(['c/shop/web > c/pay/api:80 inferred']);
    expect(arrows([silent(api, 80, web, 41_822)])).toEqual(['c/shop/web > c/pay/api:80 inferred']);
  });

  it('is learned from another record that showed a port to be a server’s, before or after', () => {
    const opening = tally({
      source: web,
      destination: api,
      l4: { TCP: { source_port: 7_000, destination_port: 9_000 } },
    });
    const unclear = silent(api, 9_000, pod('shop/cart-0', 'cart'), 8_000);
    const expected = ['c/shop/cart > c/pay/api:9000', 'c/shop/web > c/pay/api:9000'];
    expect(arrows([opening, unclear]).sort()).toEqual(expected);
    expect(arrows([unclear, opening]).sort()).toEqual(expected);
  });

  it('is no longer inferred once a record of the edge itself tells it', () => {
    const opening = tally({
      source: web,
      destination: api,
      l4: { TCP: { source_port: 41_822, destination_port: 80 } },
    });
    expect(arrows([silent(web, 41_822, api, 80), opening])).toEqual(['c/shop/web > c/pay/api:80']);
  });

  it('has no port where the protocol has none', () => {
    const [ping] = mapOf([tally({ l4: { ICMPv4: { type: 8 } } })]).edges;
    expect(ping).toMatchObject({ protocol: 'ICMPv4', port: null });
  });
});

describe('a node', () => {
  it('has the workload that any record gave for its pod, before or after', () => {
    const unnamed = tally({ source: pod('shop/web-0'), destination: world });
    const named = tally({ source: pod('shop/web-0', 'storefront'), destination: world });
    for (const order of [
      [unnamed, named],
      [named, unnamed],
    ]) {
      expect(mapOf(order).nodes.map(({ id }) => id)).toEqual(['c/shop/storefront', 'entity:world']);
    }
  });

  it('lives from the first to the last flow, and has the labels that its ends share', () => {
    const labelled = (labels: string[], time: string) => tally({ source: { ...web, labels }, time });
    const [node] = mapOf([
      labelled(['k8s:app=web', 'k8s:rev=1'], '2026-06-01T10:00:02Z'),
      labelled(['k8s:rev=2', 'k8s:app=web'], '2026-06-01T10:00:01Z'),
      labelled([], '2026-06-01T10:00:03Z'),
    ]).nodes.filter(({ name }) => name === 'web');
    expect(node).toMatchObject({
      kind: 'workload',
      labels: ['k8s:app=web'],
      firstSeen: '2026-06-01T10:00:01Z',
      lastSeen: '2026-06-01T10:00:03Z',
    });
  });

  it('may talk to itself', () => {
    expect(arrows([tally({ source: web, destination: web })])).toEqual(['c/shop/web > c/shop/web:80']);
  });
});

describe('the map', () => {
  it('has the same ids in every map, and an id only for what is on it', () => {
    const one = mapOf([tally({})]).edges[0]!.id;
    const map = ServiceMap.of([tally({}), tally({ verdict: 'DROPPED' })], 'workload');
    expect(map.edges().map(({ id }) => id)).toEqual([one]);
    expect(map.edge(one)?.target).toBe('c/pay/api');
    expect(map.edge('x')).toBeUndefined();
    expect(map.node('x')).toBeUndefined();
    expect(one).toMatch(/^[\w-]{20}$/);
  });

  function expectTheSameMap(
    flows: readonly Tally[],
    order: readonly Tally[],
    level: MapLevel,
    cuts: number[],
  ) {
    const whole = mapOf(flows, level);
    expect(mapOf(order, level)).toEqual(whole);
    let map = new ServiceMap(level);
    const seen: Tally[] = [];
    for (const part of parts(order, cuts)) {
      seen.push(...part);
      if (!map.apply(part)) map = ServiceMap.of(seen, level);
    }
    expect(told(map)).toEqual(whole);
  }

  const level = fc.constantFrom(...levels);
  const cuts = fc.array(fc.nat(), { maxLength: 5 });

  it('does not depend on the order of flows, nor on how they were put together', () => {
    fc.assert(
      fc.property(inAnyOrder(flowTexts(12)), level, cuts, ([flows, order], at, places) => {
        expectTheSameMap(flows, order, at, places);
      }),
      { numRuns: 400 },
    );
  });

  it('says when a guess made earlier was wrong', () => {
    const map = new ServiceMap('workload');
    expect(map.apply([tally({ source: pod('shop/web-0') })])).toBe(true);
    expect(map.apply([tally({ source: pod('shop/web-0', 'web') })])).toBe(true);
    expect(map.apply([tally({ source: pod('shop/cart-0') })])).toBe(true);
    expect(map.apply([tally({ source: pod('shop/cart-0', 'basket') })])).toBe(false);
    const ports = new ServiceMap('workload');
    expect(ports.apply([silent(web, 8_000, api, 9_000)])).toBe(true);
    expect(
      ports.apply([tally({ source: web, destination: api, l4: { TCP: { destination_port: 9_000 } } })]),
    ).toBe(false);
  });

  it('remembers what was touched since it was asked last', () => {
    const map = new ServiceMap('workload');
    map.apply([tally({})]);
    expect(map.takeTouched().nodes).toEqual(new Set(['c/shop/web', 'c/pay/api']));
    expect(map.takeTouched()).toEqual({ nodes: new Set(), edges: new Set() });
  });

  it('of samples/shop is the one that its generator wrote down', () => {
    const shop = new URL('../../../samples/shop/', import.meta.url);
    const reader = new FlowReader();
    const tallies = readFileSync(new URL('flows.jsonl', shop), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => recogniseRecord(JSON.parse(line)))
      .flatMap((record) => (record?.kind === 'flow' ? [toTally(reader.read(record))] : []));
    const expected = JSON.parse(readFileSync(new URL('expected-map.json', shop), 'utf8')) as {
      edges: object[];
    };
    const edges = mapOf(tallies).edges.map(({ source, target, protocol, port, verdicts, dropReasons }) => {
      const { forwarded, dropped, audit, redirected } = verdicts;
      return { source, target, protocol, port, forwarded, dropped, audit, redirected, dropReasons };
    });
    const byKey = (a: object, b: object) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);
    expect(edges.sort(byKey)).toEqual(expected.edges.sort(byKey));
    expect(edges.length).toBeGreaterThan(20);
  });
});

describe('the map in orders that are rare', () => {
  const orders = <T>(list: readonly T[]): T[][] =>
    list.length < 2
      ? [[...list]]
      : list.flatMap((first, i) => orders(list.filter((_, j) => j !== i)).map((rest) => [first, ...rest]));

  function expectOneMap(flows: readonly Tally[]): void {
    const maps = orders(flows).map((order) => JSON.stringify(mapOf(order)));
    expect(new Set(maps).size).toBe(1);
  }

  it('knows a server also when the workload of its pod was learned later', () => {
    const server = tally({
      source: web,
      destination: pod('pay/api-0'),
      l4: { TCP: { destination_port: 9_000 } },
    });
    const workload = tally({
      source: pod('pay/api-0', 'backend'),
      destination: world,
      l4: { TCP: { destination_port: 1 } },
    });
    expectOneMap([server, workload, silent(pod('pay/api-0'), 9_000, pod('shop/cart-0', 'cart'), 8_000)]);
  });

  it('learns both ends of a record, also when the first contradicts an earlier record', () => {
    const first = tally({ source: pod('shop/web-0', 'b'), destination: world });
    const both = tally({ source: pod('shop/web-0', 'a'), destination: pod('pay/api-0', 'backend') });
    expectOneMap([first, both, tally({ source: world, destination: pod('pay/api-0') })]);
  });

  it('spans the same time', () => {
    const late = flow({
      verdict: 'TRACED',
      Type: 'SOCK',
      event_type: { type: 7 },
      time: '2026-06-01T12:00:00Z',
    });
    const spans = orders([tally({}), toTally(late)]).map(
      (order) => atOnce(ServiceMap.of(order, 'workload').draw()).span?.newest,
    );
    expect(new Set(spans).size).toBe(1);
  });

  it('tells that an edge lost its portless sockets to a second one', () => {
    const socket = { verdict: 'TRACED', Type: 'SOCK', event_type: { type: 7 }, is_reply: undefined };
    const map = new ServiceMap('workload');
    map.apply([
      tally({}),
      tally({ ...socket, l4: { TCP: { source_port: 5 } } }),
      tally({ ...socket, l4: { TCP: { destination_port: 443 } } }),
    ]);
    const [before] = map.edges();
    map.takeTouched();
    map.apply([tally({ l4: { TCP: { destination_port: 443 } } })]);
    expect(map.edge(before!.id)).not.toEqual(before);
    expect(map.takeTouched().edges).toContain(before!.id);
  });
});

function inAnyOrder(texts: fc.Arbitrary<string[]>): fc.Arbitrary<[Tally[], Tally[]]> {
  return texts
    .map((list) => list.map((text, i) => toTally(newFlow(text).flow, i + 1)))
    .chain((flows) => fc.tuple(fc.constant(flows), fc.shuffledSubarray(flows, { minLength: flows.length })));
}

function parts<T>(list: readonly T[], cuts: readonly number[]): T[][] {
  const places = [0, ...cuts.map((cut) => cut % (list.length + 1)).sort((a, b) => a - b), list.length];
  return places.slice(1).map((to, i) => list.slice(places[i], to));
}
