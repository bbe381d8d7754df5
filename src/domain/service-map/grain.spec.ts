import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { newFlow, pod, tally, toTally, world } from '../../../test/support/make-flow.js';
import { Grain } from './grain.js';
import { ServiceMap } from './service-map.js';
import type { Tally } from './tally.js';

const calls = [
  tally({ source: pod('shop/web-0', 'web'), destination: pod('pay/api-0', 'api') }),
  tally({ source: pod('shop/cart-0', 'cart'), destination: pod('pay/api-1', 'api') }),
  tally({ source: pod('shop/web-1', 'web'), destination: world }),
];

const expand = (...names: string[]) => ({ expand: names, collapse: [] });
const collapse = (...names: string[]) => ({ expand: [], collapse: names });

const nodesOf = (grain: Grain) => ServiceMap.of(calls, grain).nodeIds().sort();

function drawn(tallies: readonly Tally[], grain: ConstructorParameters<typeof ServiceMap>[0]) {
  const map = ServiceMap.of(tallies, grain);
  return { nodes: map.nodes(), edges: map.edges() };
}

describe('a map with nodes that are expanded or collapsed', () => {
  it('shows what is in them, or them for all in them, and the rest as it was', () => {
    expect(nodesOf(new Grain('namespace', expand('shop')))).toEqual([
      'c/pay',
      'c/shop/cart',
      'c/shop/web',
      'entity:world',
    ]);
    expect(nodesOf(new Grain('workload', collapse('c/shop')))).toEqual([
      'c/pay/api',
      'c/shop',
      'entity:world',
    ]);
    const both = new Grain('workload', { expand: ['pay/api'], collapse: ['shop'] });
    expect(nodesOf(both)).toEqual(['c/pay/api-0', 'c/pay/api-1', 'c/shop', 'entity:world']);
  });

  it('takes names by their end, and no part of a word', () => {
    expect(nodesOf(new Grain('cluster', expand('c')))).toContain('c/shop');
    for (const name of ['hop', 'sho', 'shop/web', 'entity:world'])
      expect(nodesOf(new Grain('namespace', expand(name)))).toEqual(nodesOf(new Grain('namespace')));
  });

  it('adds up what went between the same nodes', () => {
    const edges = ServiceMap.of(calls, new Grain('workload', collapse('shop', 'pay'))).edges();
    const between = edges.filter(({ target }) => target === 'c/pay');
    expect(between).toMatchObject([{ source: 'c/shop', verdicts: { forwarded: 2 } }]);
  });

  it('is the map of the finer level where all are expanded, and of the coarser one where all are collapsed', () => {
    fc.assert(
      fc.property(flowTexts(), (texts) => {
        const tallies = texts.map((text, i) => toTally(newFlow(text).flow, i + 1));
        const namespaces = ServiceMap.of(tallies, 'namespace').nodeIds();
        const workloads = ServiceMap.of(tallies, 'workload').nodeIds();
        const opened = new Grain('namespace', expand(...namespaces));
        expect(drawn(tallies, opened)).toEqual(drawn(tallies, 'workload'));
        expect(drawn(tallies, new Grain('workload', expand(...workloads)))).toEqual(drawn(tallies, 'pod'));
        const closed = new Grain('workload', collapse(...namespaces));
        expect(drawn(tallies, closed)).toEqual(drawn(tallies, 'namespace'));
      }),
    );
  });
});
