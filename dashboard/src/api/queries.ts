import type { Drops } from '../../../src/drops/drops.schema.js';
import type { FlowsPage } from '../../../src/flows/flows.schema.js';
import type { EdgeDetail, Level, ServiceMapResponse } from '../../../src/service-map/service-map.schema.js';
import type { CoverageReport } from '../../../src/telemetry/coverage-report.schema.js';
import type { Status } from '../../../src/telemetry/status.schema.js';
import { getJson } from './http.js';

/** What the filter bar narrows to; empty strings mean "any". */
export interface MapFilter {
  namespace: string;
  verdict: string;
}

/** One flag of `hubble observe`, without the dashes, and its value: also a REST parameter. */
export type Flag = readonly [name: string, value: string];

export function filterFlags(filter: MapFilter): Flag[] {
  const flags: Flag[] = [];
  if (filter.namespace) flags.push(['namespace', filter.namespace]);
  if (filter.verdict) flags.push(['verdict', filter.verdict]);
  return flags;
}

function toParams(flags: readonly Flag[]): URLSearchParams {
  return new URLSearchParams(flags.map(([name, value]) => [name, value]));
}

export function fetchMap(level: Level, filter: MapFilter, signal?: AbortSignal): Promise<ServiceMapResponse> {
  return getJson('map', toParams([['level', level], ...filterFlags(filter)]), signal);
}

export function fetchEdge(
  id: string,
  level: Level,
  filter: MapFilter,
  signal?: AbortSignal,
): Promise<EdgeDetail> {
  return getJson(
    `edges/${encodeURIComponent(id)}`,
    toParams([['level', level], ...filterFlags(filter)]),
    signal,
  );
}

export function fetchDrops(namespace: string, signal?: AbortSignal): Promise<Drops> {
  return getJson('drops', toParams(filterFlags({ namespace, verdict: '' })), signal);
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

export function fetchCoverage(since: string, signal?: AbortSignal): Promise<CoverageReport> {
  return getJson('coverage', toParams([['since', since]]), signal);
}

export function fetchStatus(signal?: AbortSignal): Promise<Status> {
  return getJson('status', undefined, signal);
}
