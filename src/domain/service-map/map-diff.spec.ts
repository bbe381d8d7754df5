import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { newFlow, pod, tally, toTally, world } from '../../../test/support/make-flow.js';
import { defaultThresholds, type EdgeChanges } from './edge-change.js';
import { atOnce } from '../steps.js';
import { diffMaps, type MapDiff, type MapSide } from './map-diff.js';
import { newsOf } from './map-news.js';
import { ServiceMap, type MapEdge } from './service-map.js';
import type { Tally } from './tally.js';

function sideOf(tallies: readonly Tally[], minutes = 60): MapSide {
  const map = ServiceMap.of(tallies, 'workload');
  return { nodes: map.nodes(), edges: map.edges(), minutes };
}

const diff = (a: MapSide, b: MapSide, thresholds = defaultThresholds) => atOnce(diffMaps(a, b, thresholds));

/** The same seen from the other end. */
function mirrored({ nodes, edges }: MapDiff): unknown {
  const turned = ({ a, b, newReasons, goneReasons, faint, ...rest }: Record<string, unknown>): object => ({
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, turnedValue(value)])),
    ...(a !== undefined && { a: b, b: a }),
    ...(goneReasons !== undefined && { newReasons: goneReasons }),
    ...(newReasons !== undefined && { goneReasons: newReasons }),
    ...(faint !== undefined && { faint }),
    ...('ratio' in rest && { ratio: b === 0 ? null : Number(a) / Number(b) }),
  });
  const turnedValue = (value: unknown) =>
    typeof value === 'object' && value !== null ? turned(value as Record<string, unknown>) : value;
  return {
    nodes: { added: nodes.removed, removed: nodes.added, others: nodes.others.map(({ id }) => id) },
    edges: {
      added: edges.removed,
      removed: edges.added,
      changed: edges.changed.map(({ a, b, changes, ...edge }) => ({
        ...edge,
        changes: turnedValue(changes),
        a: b,
        b: a,
      })),
      alike: edges.alike,
    },
  };
}

const withIds = ({ nodes, edges }: MapDiff) => ({
  nodes: { ...nodes, others: nodes.others.map(({ id }) => id) },
  edges,
});

function idsOf(list: readonly { id: string }[]): string[] {
  return list.map(({ id }) => id).sort();
}

describe('the difference of two maps', () => {
  const minutes = fc.constantFrom(0, 1, 7.5, 60);
  const side = fc.tuple(flowTexts(12), minutes).map(([texts, length]) =>
    sideOf(
      texts.map((text, i) => toTally(newFlow(text).flow, i + 1)),
      length,
    ),
  );
  const thresholds = fc.constantFrom(defaultThresholds, {
    noise: 0,
    volumeFactor: 1,
    sharePoints: 0,
    latencyFactor: 1,
    latencyMilliseconds: 0,
  });

  it('with itself is nothing', () => {
    fc.assert(
      fc.property(side, thresholds, (a, limits) => {
        expect(diff(a, a, limits)).toEqual({
          nodes: { added: [], removed: [], others: [] },
          edges: { added: [], removed: [], changed: [], alike: a.edges.length },
        });
      }),
    );
  });

  it('is the same the other way round', () => {
    fc.assert(
      fc.property(side, side, thresholds, (a, b, limits) => {
        expect(mirrored(diff(a, b, limits))).toEqual(withIds(diff(b, a, limits)));
      }),
    );
  });

  it('makes the one the other', () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        const { nodes, edges } = diff(a, b);
        for (const part of ['nodes', 'edges'] as const) {
          const ids = new Set(idsOf(a[part]));
          for (const { id } of { nodes, edges }[part].removed) expect(ids.delete(id)).toBe(true);
          for (const { id } of { nodes, edges }[part].added) ids.add(id);
          expect([...ids].sort()).toEqual(idsOf(b[part]));
        }
        expect(edges.alike + edges.changed.length + edges.added.length).toBe(b.edges.length);
      }),
    );
  });

  it('names every end of what it tells', () => {
    fc.assert(
      fc.property(side, side, (a, b) => {
        const { nodes, edges } = diff(a, b);
        const named = new Set([...nodes.added, ...nodes.removed, ...nodes.others].map(({ id }) => id));
        for (const { source, target } of [...edges.added, ...edges.removed, ...edges.changed])
          expect([named.has(source), named.has(target)]).toEqual([true, true]);
      }),
    );
  });
});

const web = pod('shop/web-0', 'web');
const dropped = {
  verdict: 'DROPPED',
  drop_reason_desc: 'POLICY_DENIED',
  event_type: { type: 1, sub_type: 133 },
};

function times(count: number, fields: object): Tally {
  return { ...tally({ source: web, ...fields }), weight: count };
}

const to = (name: string) => ({ destination: pod(`pay/${name}-0`, name) });
const answers = (count: number, code: number, fields: object) =>
  times(count, {
    ...fields,
    Type: 'L7',
    is_reply: true,
    event_type: { type: 129 },
    source: pod('pay/api-0', 'api'),
    destination: web,
    l4: { TCP: { source_port: 80, destination_port: 41_822 } },
    l7: { type: 'RESPONSE', http: { code, method: 'GET', url: 'http://api/' } },
  });

/** The one edge that changed, of two windows of an hour. */
function changed(a: readonly Tally[], b: readonly Tally[], minutes = [60, 60]): EdgeChanges | undefined {
  const { edges } = diff(sideOf(a, minutes[0]), sideOf(b, minutes[1]));
  expect(edges.added.length + edges.removed.length).toBe(0);
  return edges.changed[0]?.changes;
}

describe('an edge of both windows', () => {
  it('is told when it is dropped now, with the new reason, whatever its numbers', () => {
    expect(changed([times(500, to('api'))], [times(3, { ...to('api'), ...dropped })])).toEqual({
      verdict: { a: 'allowed', b: 'dropped' },
      newReasons: { POLICY_DENIED: 3 },
    });
  });

  it('is faint when one drop of many comes or goes', () => {
    const [some, one] = [times(500, to('api')), times(1, { ...to('api'), ...dropped })];
    expect(changed([some, one], [some])).toEqual({
      verdict: { a: 'partly', b: 'allowed' },
      goneReasons: { POLICY_DENIED: 1 },
      faint: true,
    });
    expect(changed([some], [some, times(3, { ...to('api'), ...dropped })])).not.toHaveProperty('faint');
  });

  it('is told when a larger share of it is dropped', () => {
    const share = (count: number) => [times(100, to('api')), times(count, { ...to('api'), ...dropped })];
    expect(changed(share(3), share(50))).toEqual({ dropShare: { a: 3 / 103, b: 50 / 150 } });
    expect(changed(share(3), share(7))).toBeUndefined();
  });

  it('is told by its flows a minute, so windows may be of any length', () => {
    const few = [times(100, to('api'))];
    expect(changed(few, [times(200, to('api'))], [60, 120])).toBeUndefined();
    expect(changed(few, few, [60, 6])).toEqual({ volume: { a: 100 / 60, b: 100 / 6, ratio: 10 } });
    expect(changed(few, [times(1_000, to('api'))])?.volume?.ratio).toBe(10);
    // Of a window without length there is no rate.
    expect(changed(few, [times(1_000, to('api'))], [60, 0])).toBeUndefined();
  });

  it('is not told where small numbers rise and fall', () => {
    expect(changed([times(2, to('api'))], [times(9, to('api'))])).toBeUndefined();
    expect(changed([answers(4, 200, {})], [answers(3, 200, {}), answers(1, 500, {})])).toBeUndefined();
  });

  it('is told by the share of its HTTP answers that are errors, of the server and of the client apart', () => {
    const good = answers(40, 200, {});
    expect(changed([good], [answers(30, 200, {}), answers(10, 503, {})])).toEqual({
      serverErrors: { a: 0, b: 0.25 },
    });
    expect(changed([good], [answers(30, 200, {}), answers(10, 404, {})])).toEqual({
      clientErrors: { a: 0, b: 0.25 },
    });
  });

  const measured = (p50: number, p95: number, count = 100): MapSide => {
    const side = sideOf([times(count, to('api'))]);
    const latency = { p50, p95, p99: p95 * 1.1, measured: count, of: count };
    return { ...side, edges: side.edges.map((edge: MapEdge): MapEdge => ({ ...edge, latency })) };
  };
  const slower = (a: MapSide, b: MapSide) => diff(a, b).edges.changed[0]?.changes;

  it('is told by the quantiles of its latency that shifted', () => {
    expect(slower(measured(20, 30), measured(200, 300))).toEqual({
      latency: { p50: { a: 20, b: 200, ratio: 10 }, p95: { a: 30, b: 300, ratio: 10 } },
    });
    expect(slower(measured(20, 30), measured(20, 90))).toEqual({
      latency: { p95: { a: 30, b: 90, ratio: 3 } },
    });
  });

  it('is not told by a latency that few values stand for, that scatters as much, or that is a matter of nothing', () => {
    expect(slower(measured(20, 30, 5), measured(200, 300, 5))).toBeUndefined();
    expect(slower(measured(20, 800, 6), measured(40, 900, 6))).toBeUndefined();
    expect(slower(measured(0.2, 0.3), measured(2, 3))).toBeUndefined();
    expect(slower(measured(20, 30), sideOf([times(100, to('api'))]))).toBeUndefined();
  });
});

describe('an edge of one window', () => {
  it('is faint when at the same rate the other would have had fewer than three of its flows', () => {
    const edge = sideOf([times(4, to('api'))]);
    const none = sideOf([]);
    expect(diff(none, edge).edges.added[0]).not.toHaveProperty('faint');
    expect(diff({ ...none, minutes: 30 }, edge).edges.added[0]).toHaveProperty('faint', true);
    // Nothing was recorded there.
    expect(diff(edge, { ...none, minutes: 0 }).edges.removed[0]).toHaveProperty('faint', true);
  });

  it('says that it only turned round, where a direction was guessed', () => {
    const ports = (source_port: number, destination_port: number) => ({
      is_reply: undefined,
      l4: { UDP: { source_port, destination_port } },
    });
    const api = pod('pay/api-0', 'api');
    const guessed = sideOf([times(9, { ...to('api'), ...ports(9_000, 8_000) })]);
    const known = sideOf([
      times(9, { source: api, destination: web, ...ports(8_000, 9_000), is_reply: false }),
    ]);
    const { added, removed } = diff(guessed, known).edges;
    expect([added, removed].map(([edge]) => edge?.turned)).toEqual([true, true]);
    const news = newsOf(diff(guessed, known));
    expect([news['new-edges'], news['gone-edges']]).toEqual([[], []]);
  });
});

describe('news', () => {
  const outside = { destination: { ...world, labels: ['reserved:world'] } };
  const kindsOf = (a: readonly Tally[], b: readonly Tally[]) =>
    Object.entries(newsOf(diff(sideOf(a), sideOf(b))))
      .filter(([, ids]) => ids.length > 0)
      .map(([kind]) => kind);
  const base = times(50, to('api'));

  it('tells a new way out of the cluster only when something got out', () => {
    expect(kindsOf([base], [base, times(9, outside)])).toEqual(['new-nodes', 'new-edges', 'new-egress']);
    expect(kindsOf([base], [base, times(9, { ...outside, ...dropped })])).toEqual([
      'new-nodes',
      'new-edges',
      'new-drops',
    ]);
    expect(kindsOf([base, times(9, { ...outside, ...dropped })], [base, times(9, outside)])).toEqual([
      'new-egress',
      'now-allowed',
    ]);
    expect(kindsOf([base, times(9, outside)], [base])).toEqual(['gone-nodes', 'gone-edges']);
  });

  it('tells what is dropped now, and what is let through', () => {
    const denied = times(9, { ...to('api'), ...dropped });
    expect(kindsOf([base], [denied])).toEqual(['new-drops', 'now-dropped']);
    expect(kindsOf([denied], [base])).toEqual(['now-allowed']);
    expect(kindsOf([base], [base, denied])).toEqual(['new-drops']);
    expect(kindsOf([base], [base])).toEqual([]);
  });
});

describe('two windows that differ in an edge, a verdict and a latency', () => {
  const names = Array.from({ length: 30 }, (_, i) => `service-${i}`);

  /** Edges to thirty services, which carry what chance gives them around 60 flows. */
  const background = fc.array(fc.integer({ min: 45, max: 75 }), { minLength: 30, maxLength: 30 });

  function windowOf(counts: readonly number[], planted: boolean): MapSide {
    const side = sideOf([
      ...counts.map((count, i) =>
        times(count, { ...to(names[i] ?? ''), ...(planted && names[i] === 'service-7' ? dropped : {}) }),
      ),
      ...(planted ? [times(4, to('planted'))] : []),
    ]);
    const edges = side.edges.map((edge, i): MapEdge => {
      const slow = planted && edge.target.endsWith('/service-9') ? 4 : 1;
      const p50 = (10 + (i % 5)) * slow;
      return { ...edge, latency: { p50, p95: p50 * 3, p99: p50 * 5, measured: 60, of: 60 } };
    });
    return { ...side, edges };
  }

  it('name exactly these three', () => {
    fc.assert(
      fc.property(background, background, (before, after) => {
        const { nodes, edges } = diff(windowOf(before, false), windowOf(after, true));
        expect(nodes.added.map(({ id }) => id)).toEqual(['c/pay/planted']);
        expect(edges.added.map(({ target }) => target)).toEqual(['c/pay/planted']);
        expect(edges.removed).toEqual([]);
        const told = edges.changed.map(({ target, changes }) => [target, Object.keys(changes)]);
        expect(told.sort()).toEqual([
          ['c/pay/service-7', ['verdict', 'newReasons']],
          ['c/pay/service-9', ['latency']],
        ]);
        expect(edges.alike).toBe(28);
      }),
      { numRuns: 30 },
    );
  });
});
