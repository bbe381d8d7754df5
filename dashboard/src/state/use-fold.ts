import { useEffect, useState } from 'react';
import type { Level } from '../../../src/service-map/service-map.schema.js';
import { filterKey, type MapFilter } from '../api/queries.js';
import type { ShownMap } from './use-live-map.js';

const MAX_NODES = 100;
const MAX_EDGES = 300;

export interface Fold {
  nodes: number;
  edges: number;
}

function isTooLarge(map: ShownMap): boolean {
  return map.grain.level === 'workload' && (map.nodes.size > MAX_NODES || map.edges.size > MAX_EDGES);
}

/**
 * While the user chose no level: workloads, until there are more than anyone can read; then
 * namespaces, for as long as the filter stays the same.
 */
export function useFolds(filter: MapFilter): [Fold | null, (fold: Fold) => void] {
  const [folds, setFolds] = useState<ReadonlyMap<string, Fold>>(new Map());
  const key = filterKey(filter);
  const add = (fold: Fold): void => {
    setFolds((old) => new Map(old).set(key, fold));
  };
  return [folds.get(key) ?? null, add];
}

export function useFoldWhenLarge(
  chosen: Level | null,
  map: ShownMap | null,
  fold: (fold: Fold) => void,
): boolean {
  const tooLarge = chosen === null && map !== null && isTooLarge(map);
  const nodes = map?.nodes.size ?? 0;
  const edges = map?.edges.size ?? 0;
  useEffect(() => {
    if (tooLarge) fold({ nodes, edges });
    // Only the moment when the map becomes too large matters, not every later change of its size.
  }, [tooLarge]);
  return tooLarge;
}
