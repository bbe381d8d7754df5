import type { Drops } from '../../../src/drops/drops.schema.js';
import type { FlowsPage } from '../../../src/flows/flows.schema.js';
import type { FlowHints } from '../../../src/flows/numbers.schema.js';
import type { EdgeDetail, Level, ServiceMapResponse } from '../../../src/service-map/service-map.schema.js';
import type { CoverageReport } from '../../../src/telemetry/coverage-report.schema.js';
import type { Status } from '../../../src/telemetry/status.schema.js';
import type { Flag } from './flag.js';
import { getJson } from './http.js';

/** What the filter bar narrows to; empty strings mean "any". */
export interface MapFilter {
  namespace: string;
  verdict: string;
  /** An expression. */
  query: string;
}

/** The same for equal filters. */
/** What the nodes of a map are: those of a level, but for some that are drawn finer or coarser, comma-separated. */
export interface Grain {
  level: Level;
  expand: string;
  collapse: string;
}

export function grainKey({ level, expand, collapse }: Grain): string {
  return JSON.stringify([level, expand, collapse]);
}

function grainFlags({ level, expand, collapse }: Grain): Flag[] {
  const named: Flag[] = [
    ['expand', expand],
    ['collapse', collapse],
  ];
  return [['level', level], ...named.filter(([, value]) => value !== '')];
}

export function filterKey({ namespace, verdict, query }: MapFilter): string {
  return JSON.stringify([namespace, verdict, query]);
}

export function filterFlags(filter: MapFilter): Flag[] {
  const flags: Flag[] = [];
  if (filter.namespace) flags.push(['namespace', filter.namespace]);
  if (filter.verdict) flags.push(['verdict', filter.verdict]);
  if (filter.query) flags.push(['q', filter.query]);
  return flags;
}

function toParams(flags: readonly Flag[]): URLSearchParams {
  return new URLSearchParams(flags.map(([name, value]) => [name, value]));
}

export function fetchMap(grain: Grain, filter: MapFilter, signal?: AbortSignal): Promise<ServiceMapResponse> {
  return getJson('map', toParams([...grainFlags(grain), ...filterFlags(filter)]), signal);
}

export function fetchEdge(
  id: string,
  grain: Grain,
  filter: MapFilter,
  signal?: AbortSignal,
): Promise<EdgeDetail> {
  return getJson(
    `edges/${encodeURIComponent(id)}`,
    toParams([...grainFlags(grain), ...filterFlags(filter)]),
    signal,
  );
}

export function fetchDrops(filter: MapFilter, signal?: AbortSignal): Promise<Drops> {
  return getJson('drops', toParams(filterFlags({ ...filter, verdict: '' })), signal);
}

export function fetchFlows(
  flags: readonly Flag[],
  limit: number,
  cursor: string | null,
  signal?: AbortSignal,
): Promise<FlowsPage> {
  const page: Flag[] = [['limit', String(limit)]];
  if (cursor) page.push(['cursor', cursor]);
  return getJson('flows', toParams([...page, ...flags]), signal);
}

/** Values that flows have in a field; the shortest way to a name that one does not know by heart. */
/** Throws what is wrong with an expression: it is asked of a time of which nothing is held, so nothing is read. */
export async function checkExpression(query: string, signal?: AbortSignal): Promise<null> {
  if (query !== '')
    await getJson(
      'flows/count',
      toParams([
        ['q', query],
        ['until', '1970-01-01'],
      ]),
      signal,
    );
  return null;
}

export function fetchHints(
  field: string,
  prefix: string,
  namespace: string,
  signal?: AbortSignal,
): Promise<FlowHints> {
  const asked: Flag[] = [
    ['field', field],
    ['prefix', prefix],
    ['top', '8'],
  ];
  return getJson(
    'flows/hints',
    toParams([...asked, ...filterFlags({ namespace, verdict: '', query: '' })]),
    signal,
  );
}

export function fetchCoverage(since: string, signal?: AbortSignal): Promise<CoverageReport> {
  return getJson('coverage', toParams([['since', since]]), signal);
}

export function fetchStatus(signal?: AbortSignal): Promise<Status> {
  return getJson('status', undefined, signal);
}
