import { useMemo } from 'react';
import type { Drops } from '../../../src/drops/drops.schema.js';
import type { CoverageReport } from '../../../src/telemetry/coverage-report.schema.js';
import type { Status } from '../../../src/telemetry/status.schema.js';
import {
  fetchCoverage,
  fetchDrops,
  fetchStatus,
  filterKey,
  grainKey,
  type Grain,
  type MapFilter,
} from '../api/queries.js';
import { digest, undigested, type Digest } from '../map/digest.js';
import { useVisibleGraph, type Graph } from '../map/visible-graph.js';
import { useFolds, useFoldWhenLarge, type Fold } from './use-fold.js';
import { useFound } from './use-found.js';
import { useLiveMap, type LiveView, type ShownMap } from './use-live-map.js';
import { useLoaded, useTick, type Loaded } from './use-loaded.js';
import { useNamespaces } from './use-namespaces.js';
import type { ViewState } from './view-state.js';

export interface Dashboard {
  grain: Grain;
  filter: MapFilter;
  fold: Fold | null;
  live: LiveView;
  /** The map of the grain and filter in force; null until it has arrived. */
  map: ShownMap | null;
  /** What the toggles leave of it. */
  graph: Graph;
  /** What is drawn of that. */
  digest: Digest;
  found: ReadonlySet<string> | null;
  namespaces: readonly string[];
  drops: Loaded<Drops>;
  status: Loaded<Status>;
  /** Of the last hour that is held; null before it is known which that is. */
  gaps: Loaded<CoverageReport | null>;
}

/** Everything the views show, out of what the address bar asks for. */
export function useDashboard(state: ViewState): Dashboard {
  const { namespace, verdict, query, expand, collapse } = state;
  const filter = useMemo(() => ({ namespace, verdict, query }), [namespace, verdict, query]);
  const [fold, setFold] = useFolds(filter);
  const level = state.level ?? (fold ? 'namespace' : 'workload');
  const grain = useMemo(() => ({ level, expand, collapse }), [level, expand, collapse]);
  const live = useLiveMap(grain, filter);
  const current = isCurrent(live.map, grain, filter) ? live.map : null;
  const tooLarge = useFoldWhenLarge(state.level, current, setFold);
  const map = tooLarge ? null : current;
  const whole = useVisibleGraph(map, { hideDns: false, onlyDrops: false });
  const graph = useVisibleGraph(map, state);
  const { selected, drawAll } = state;
  const drawn = useMemo(
    () => (drawAll ? undigested(graph, whole) : digest(graph, whole, selected)),
    [graph, whole, selected, drawAll],
  );
  const found = useFound(graph.nodes, state.find);
  const namespaces = useNamespaces(live.map?.nodes);
  const seq = live.map?.seq ?? 0;
  const drops = useLoaded((signal) => fetchDrops(filter, signal), `${namespace}\n${query}`, seq, 3_000);
  const status = useLoaded(fetchStatus, 'status', useTick(5_000) + seq, 2_000);
  const newest = drops.data?.coverage.to ?? null;
  const gaps = useLoaded((signal) => fetchGaps(newest, signal), newest ? 'held' : 'nothing', seq, 10_000);
  return {
    grain,
    filter,
    fold: state.level === null ? fold : null,
    live,
    map,
    graph,
    digest: drawn,
    found,
    namespaces,
    drops,
    status,
    gaps,
  };
}

const HOUR = 3_600_000;

async function fetchGaps(newest: string | null, signal: AbortSignal): Promise<CoverageReport | null> {
  if (newest === null) return null;
  return fetchCoverage(new Date(Date.parse(newest) - HOUR).toISOString(), signal);
}

function isCurrent(map: ShownMap | null, grain: Grain, filter: MapFilter): boolean {
  return (
    map !== null && grainKey(map.grain) === grainKey(grain) && filterKey(map.filter) === filterKey(filter)
  );
}
