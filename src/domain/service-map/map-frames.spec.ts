import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { newFlow, toTally } from '../../../test/support/make-flow.js';
import { atOnce } from '../steps.js';
import { MapFrames, type FrameChange } from './map-frames.js';
import { ServiceMap, type MapEdge, type MapNode } from './service-map.js';

function apply<T extends { id: string }>(shown: Map<string, T>, { upsert, remove }: FrameChange<T>): T[] {
  for (const id of remove) expect(shown.delete(id)).toBe(true);
  for (const item of upsert) shown.set(item.id, item);
  return [...shown.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

const next = (frames: MapFrames, map: ServiceMap) => atOnce(frames.next(atOnce(map.draw())));

describe('frames of a map', () => {
  const maps = fc.array(
    flowTexts(6).map((texts) =>
      ServiceMap.of(
        texts.map((text, i) => toTally(newFlow(text).flow, i + 1)),
        'workload',
      ),
    ),
    { maxLength: 6 },
  );

  it('put on each other are each map in turn', () => {
    fc.assert(
      fc.property(maps, (all) => {
        const frames = new MapFrames();
        const nodes = new Map<string, MapNode>();
        const edges = new Map<string, MapEdge>();
        for (const map of all) {
          const changes = next(frames, map);
          expect(apply(nodes, changes.nodes)).toEqual(map.nodes());
          expect(apply(edges, changes.edges)).toEqual(map.edges());
        }
      }),
    );
  });

  it('are empty where nothing changes', () => {
    fc.assert(
      fc.property(maps, (all) => {
        const frames = new MapFrames();
        const none = { upsert: [], remove: [] };
        for (const map of all) {
          next(frames, map);
          expect(next(frames, map)).toEqual({ nodes: none, edges: none });
        }
      }),
    );
  });
});
