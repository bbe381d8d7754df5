import type { RowSums } from './row-sums.js';
import type { SegmentInfo } from './segment.js';
import type { WindowParts } from './window-parts.js';

/** Flows of a run: enough that most of what they tell is told several times. */
const RUN = 1 << 17;
/** Runs that are taken together, so that a wide window merges few sums. */
const TOGETHER = 8;
/** Sums that are kept: some 60 MB, of seven million flows of 500 workloads. */
const MOST_SUMS = 1 << 20;

/** Segments that lie side by side. */
export interface Run {
  infos: SegmentInfo[];
  /** Its name, where it is whole and more came behind it; a run that still grows has none. */
  name: string | undefined;
  /** Runs that it is made of, where it is made of any. */
  parts?: readonly Run[];
}

/** The segments of a window, where each run of which it has all segments has a name. */
export function runsOf(
  all: readonly SegmentInfo[],
  isAsked: (info: SegmentInfo) => boolean,
  length = RUN,
): (Run & { number: number })[] {
  const runs: (Run & { number: number })[] = [];
  for (const info of all) {
    const number = Math.floor(info.firstSeq / length);
    let run = runs.at(-1);
    if (run?.number !== number) runs.push((run = { number, infos: [], name: '' }));
    if (!isAsked(info)) run.name = undefined;
    else {
      run.infos.push(info);
      if (run.name !== undefined) run.name += ` ${info.id}`;
    }
  }
  const last = runs.at(-1);
  if (last !== undefined) last.name = undefined;
  return runs;
}

/** With one run instead of those that lie side by side and are whole: first of eight each, then of all. */
export function joined(runs: readonly (Run & { number: number })[]): Run[] {
  const groups = new Map<number, (Run & { number: number })[]>();
  for (const run of runs) {
    const number = Math.floor(run.number / TOGETHER);
    const group = groups.get(number);
    if (group === undefined) groups.set(number, [run]);
    else group.push(run);
  }
  const inGroups = [...groups.values()].flatMap((parts): Run[] => {
    if (parts.length < TOGETHER || parts.some(({ name }) => name === undefined)) return parts;
    return [together(parts)];
  });
  return inStretches(inGroups);
}

/** Whole runs side by side as one: of a dashboard's next window, but its rims, they are the same again. */
function inStretches(runs: readonly Run[]): Run[] {
  const stretches: Run[][] = [];
  for (const run of runs) {
    const last = stretches.at(-1);
    if (last !== undefined && last[0]?.name !== undefined && run.name !== undefined) last.push(run);
    else stretches.push([run]);
  }
  return stretches.flatMap((parts) => (parts.length > 1 ? [together(parts)] : parts));
}

function together(parts: readonly Run[]): Run {
  return { infos: parts.flatMap(({ infos }) => infos), name: parts.map(({ name }) => name).join(), parts };
}

/** Sums of runs, the latest asked for: a wide window is made of them, and only at its rims of rows. */
export class KnownSums {
  readonly #runs = new Map<string, RowSums>();
  #held = 0;

  get(name: string, parts: WindowParts): RowSums | undefined {
    const sums = this.#runs.get(name);
    if (sums === undefined) return undefined;
    this.#forget(name, sums);
    // Numbers of others tell something else.
    if (sums.parts === parts) this.put(name, sums);
    return sums.parts === parts ? sums : undefined;
  }

  put(name: string, sums: RowSums): void {
    this.#runs.set(name, sums);
    this.#held += sums.sums.size;
    for (const [oldest, known] of this.#runs) {
      if (this.#held <= MOST_SUMS) break;
      this.#forget(oldest, known);
    }
  }

  #forget(name: string, sums: RowSums): void {
    if (this.#runs.delete(name)) this.#held -= sums.sums.size;
  }
}
