import type { Span, SummedParts } from '../store/queries.js';
import type { CoverageReport } from '../telemetry/coverage-report.schema.js';
import type { Coverage } from '../telemetry/coverage.schema.js';
import type { DiffNote } from './map-diff.schema.js';

/** From the oldest to the newest flow that is held at all, or counted in sums; undefined where there is none. */
export interface Held {
  from: bigint;
  to: bigint;
}

/** Of sums, the ends are enough. */
type Summed = Record<keyof SummedParts, Span | undefined>;

export function isSummed({ hours, minutes }: Summed): boolean {
  return (hours ?? minutes) !== undefined;
}

export function isMissing(minutes: { missing: readonly unknown[] } | null | undefined): boolean {
  return minutes != null && minutes.missing.length > 0;
}

export function heldOf(
  oldest: bigint | undefined,
  newest: bigint | undefined,
  { hours, minutes }: Summed,
): Held | undefined {
  const begins = [oldest, hours?.from, minutes?.from].filter((time) => time !== undefined);
  const ends = [newest, ...[hours, minutes].map((span) => span && span.to - 1n)].filter(
    (time) => time !== undefined,
  );
  const [from] = begins.sort((a, b) => (a < b ? -1 : 1));
  const to = ends.sort((a, b) => (a < b ? -1 : 1)).at(-1);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** What is known of what was recorded in a window. */
export interface Recorded {
  since: bigint | undefined;
  until: bigint | undefined;
  held: Held | undefined;
  coverage: Coverage;
  /** Sums tell of flows that are no longer held. */
  summed: boolean;
  /** Some of these sums could not be read. */
  sumsMissing: boolean;
  /** Node by node; undefined where only a finished map is at hand. */
  report: CoverageReport | undefined;
}

type Note = Omit<DiffNote, 'window'>;

const MINUTE = 60e9;
/** A rim that is this small a part of the window is not worth telling. */
const RIM = 0.1;
const MOST_NAMES = 5;
const SUMS_MISSING: Note = {
  kind: 'damaged',
  words: 'Sums by minute of it are damaged on disk, or made of flows that were, and left out.',
};

/** Length of the window as far as it lies inside of what is held. */
export function recordedMinutes({ since, until, held }: Pick<Recorded, 'since' | 'until' | 'held'>): number {
  if (held === undefined) return 0;
  const from = since !== undefined && since > held.from ? since : held.from;
  const to = until !== undefined && until < held.to ? until : held.to;
  return to > from ? Number(to - from) / MINUTE : 0;
}

/** Why something may only seem to be missing from either window. */
export function diffNotes(a: Recorded, b: Recorded): DiffNote[] {
  return [
    ...notesOf(a, b).map((note) => ({ window: 'a' as const, ...note })),
    ...notesOf(b, a).map((note) => ({ window: 'b' as const, ...note })),
  ];
}

function notesOf(recorded: Recorded, other: Recorded): Note[] {
  const { coverage, summed, report } = recorded;
  if (coverage.from === null && !summed) {
    const words = 'No flow of this window is held, so nothing follows from what it lacks.';
    return [{ kind: 'nothing-held', words }];
  }
  return [
    ...rimNotes(recorded),
    ...lossNotes(coverage),
    ...(recorded.sumsMissing ? [SUMS_MISSING] : []),
    ...(report ? nodeNotes(report, other.report) : []),
  ];
}

function rimNotes({ since, until, held }: Recorded): Note[] {
  if (held === undefined) return [];
  const whole = Number((until ?? held.to) - (since ?? held.from));
  const before = since === undefined ? 0 : Number(held.from - since) / whole;
  const after = until === undefined ? 0 : Number(until - held.to) / whole;
  const percent = (part: number) => `${Math.round(part * 100)} %`;
  const notes: Note[] = [];
  if (before > RIM) {
    const words = `It begins before the oldest flow held: of the first ${percent(before)} of it nothing is known.`;
    notes.push({ kind: 'begins-before', words });
  }
  if (after > RIM) {
    const words = `It ends after the newest flow held: of the last ${percent(after)} of it nothing is known.`;
    notes.push({ kind: 'ends-after', words });
  }
  return notes;
}

function lossNotes({ keptSince, eventsLost }: Coverage): Note[] {
  const notes: Note[] = [];
  if (keptSince !== null) {
    const words = `Up to ${keptSince} some or all flows were removed by retention.`;
    notes.push({ kind: 'removed', words });
  }
  if (eventsLost > 0) notes.push({ kind: 'lost-events', words: `Hubble lost ${eventsLost} events in it.` });
  return notes;
}

function nodeNotes(report: CoverageReport, other: CoverageReport | undefined): Note[] {
  const { nodes, gaps, damaged } = report;
  const delivered = new Set(nodes.filter(({ flows }) => flows > 0).map(({ node }) => node));
  const missing = (other?.nodes ?? []).filter(({ node, flows }) => flows > 0 && !delivered.has(node));
  const silent = nodes.filter(({ silent: { minutes }, fellSilent }) => minutes > 0 || fellSilent);
  const notes: Note[] = [];
  if (missing.length > 0) {
    const words = `Nodes told of nothing in it, but in the other window they did: ${namesOf(missing)}.`;
    notes.push({ kind: 'missing-nodes', words });
  }
  if (silent.length > 0) {
    const words = `Nodes were silent for whole minutes of it, or fell silent: ${namesOf(silent)}.`;
    notes.push({ kind: 'silent-nodes', words });
  }
  if (gaps.length > 0) {
    const words = `${gaps.length} followed logs were rotated away before they were read.`;
    notes.push({ kind: 'unread-logs', words });
  }
  if (damaged.length > 0)
    notes.push({ kind: 'damaged', words: 'Flows of it are damaged on disk and left out.' });
  return notes;
}

function namesOf(nodes: CoverageReport['nodes']): string {
  const names = nodes.slice(0, MOST_NAMES).map(({ node }) => node || 'without a name');
  const more = nodes.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
