import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { parseTimestamp } from '../../domain/flow/timestamp.js';
import { Grain } from '../../domain/service-map/grain.js';
import { heldOf, isMissing, isSummed, recordedMinutes } from '../../service-map/diff-notes.js';
import type { DiffSide } from '../../service-map/diff-answer.js';
import { plainMapSchema, type PlainMap } from '../../service-map/service-map.schema.js';
import type { Span } from '../../store/queries.js';
import type { CoverageReport } from '../../telemetry/coverage-report.schema.js';
import type { Status } from '../../telemetry/status.schema.js';
import type { Parameters, RestClient } from '../rest-client.js';
import { WrongUse } from '../wrong-use.js';

export type Side = DiffSide & { grain: Grain };

/** Everything about one window of one server; a window that is undefined is all that it holds. */
export async function readSide(
  client: RestClient,
  parameters: Parameters,
  window: { since?: string; until?: string },
): Promise<Side> {
  const map = await client.get<PlainMap>('/api/v1/map', { ...parameters, ...window });
  const report = await client.get<CoverageReport>('/api/v1/coverage', window);
  const { oldest, newest, kept } = await client.get<Status>('/api/v1/status');
  const isSummed = (map.hours ?? map.minutes) !== null;
  return sideOf(map, report, { oldest, newest }, isSummed ? kept : undefined);
}

/** Names of what the answer of `GET /map` may begin with, in whatever order a tool left them. */
const MAP_BEGINS = new RegExp(`^\\s*\\{\\s*"(${Object.keys(plainMapSchema.shape).join('|')})"\\s*:`);
const HEAD = 200;

/** A map that was printed as JSON; undefined where the file is none, so most likely flows. */
export function readSavedMap(file: string): Side | undefined {
  if (file === '-' || !MAP_BEGINS.test(headOf(file))) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    throw new WrongUse(`${file} begins like a map, but is no whole JSON`);
  }
  const map = plainMapSchema.safeParse(value);
  if (map.success) {
    const { from, to } = map.data.coverage;
    return sideOf(map.data, undefined, { oldest: from, newest: to });
  }
  const [issue] = map.error.issues;
  throw new WrongUse(`${file} is no map: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}

function headOf(file: string): string {
  const descriptor = openSync(file, 'r');
  try {
    const head = Buffer.alloc(HEAD);
    return head.toString('utf8', 0, readSync(descriptor, head, 0, HEAD, 0));
  } finally {
    closeSync(descriptor);
  }
}

function readSpan(span: PlainMap['hours']): Span | undefined {
  const [from, to] = [parseTimestamp(span?.from), parseTimestamp(span?.to)];
  return from === undefined || to === undefined ? undefined : { from, to };
}

function sideOf(
  map: PlainMap,
  report: CoverageReport | undefined,
  { oldest, newest }: Pick<Status, 'oldest' | 'newest'>,
  /** How far sums reach. */
  reach: Pick<Status['kept'], 'hours' | 'minutes'> = map,
): Side {
  const { level, expand = [], collapse = [], nodes, edges, from, to, seq, hours, minutes, coverage } = map;
  const summed = { hours: readSpan(hours), minutes: readSpan(minutes) };
  const held = heldOf(parseTimestamp(oldest), parseTimestamp(newest), {
    hours: readSpan(reach.hours),
    minutes: readSpan(reach.minutes),
  });
  const asked = report?.asked ?? { since: null, until: null };
  const bounds = { since: parseTimestamp(asked.since), until: parseTimestamp(asked.until) };
  return {
    grain: new Grain(level, { expand, collapse }),
    // What is left out and what is undefined come to the same here.
    nodes: nodes as DiffSide['nodes'],
    edges: edges as DiffSide['edges'],
    about: {
      asked,
      from,
      to,
      minutes: recordedMinutes({ ...bounds, held }),
      seq,
      summed: { hours, minutes },
      coverage,
    },
    recorded: {
      ...bounds,
      held,
      coverage,
      summed: isSummed(summed),
      sumsMissing: isMissing(minutes),
      report,
    },
  };
}
