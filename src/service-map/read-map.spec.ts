import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../test/support/arbitrary-flows.js';
import { newFlow, pod, tally, toTally, world } from '../../test/support/make-flow.js';
import type { MapLevel } from '../domain/flow/node-identity.js';
import { atOnce } from '../domain/steps.js';
import { ServiceMap } from '../domain/service-map/service-map.js';
import type { Tally } from '../domain/service-map/tally.js';
import { readMap } from './read-map.js';

async function* inParts(tallies: readonly Tally[], size: number) {
  for (let at = 0; at < tallies.length; at += size) {
    yield { tallies: tallies.slice(at, at + size), upTo: Math.min(at + size, tallies.length) };
    await Promise.resolve();
  }
}

/** Of the whole at once, which need not guess before it has learned everything. */
function told(map: ServiceMap) {
  return atOnce(map.draw());
}

const packet = (source: object, destination: object, ports: [number, number], is_reply?: boolean) =>
  tally({
    source,
    destination,
    is_reply,
    l4: { TCP: { source_port: ports[0], destination_port: ports[1] } },
  });

describe('a map that is read in parts', () => {
  const levels = fc.constantFrom<MapLevel>('cluster', 'namespace', 'workload', 'pod', 'label:app');

  it('is the map of all of them at once', () =>
    fc.assert(
      fc.asyncProperty(flowTexts(12), levels, fc.integer({ min: 1, max: 4 }), async (texts, level, size) => {
        const tallies = texts.map((text, i) => toTally(newFlow(text).flow, i + 1));
        const { map, seq } = await readMap(new ServiceMap(level), () => inParts(tallies, size));
        expect(told(map)).toEqual(told(ServiceMap.of(tallies, level)));
        expect(seq).toBe(tallies.length);
      }),
      { numRuns: 300 },
    ));

  it('is read again where guesses were wrong: a pod’s workload, then whose port is whose', async () => {
    const api = pod('pay/api-0');
    const tallies = [
      // Of the pod's name is made a workload "api", whose port 9000 this shows. There is another of that name.
      packet(pod('shop/web-0', 'web'), api, [7_000, 9_000], false),
      packet(pod('pay/other-0', 'api'), pod('shop/cart-0', 'cart'), [9_000, 8_000]),
      packet(api, pod('shop/cart-0', 'cart'), [9_000, 8_000]),
      packet(pod('pay/api-0', 'backend'), world, [6_000, 1], false),
    ];
    let readings = 0;
    const { map } = await readMap(new ServiceMap('workload'), () => {
      readings++;
      return inParts(tallies, 1);
    });
    expect(told(map)).toEqual(told(ServiceMap.of(tallies, 'workload')));
    expect(readings).toBe(2);

    const turned = [tallies[2]!, tallies[0]!, tallies[1]!, tallies[3]!];
    readings = 0;
    const again = await readMap(new ServiceMap('workload'), () => {
      readings++;
      return inParts(turned, 1);
    });
    expect(told(again.map)).toEqual(told(map));
    expect(readings).toBe(3);
  });

  it('is empty where nothing is', async () => {
    const { map, seq } = await readMap(new ServiceMap('workload'), () => inParts([], 1));
    expect({ ...told(map), seq }).toEqual({ nodes: [], edges: [], span: undefined, seq: 0 });
  });
});
