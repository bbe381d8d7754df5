import { setImmediate } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { decompress, refuseChanged } from './compression.js';
import { Damaged, Gone, isDamage } from './damage.js';
import { joinSegments, type Lines, type Part } from './join-segments.js';
import { groupsOf, runOf, type Candidate } from './merge-plan.js';
import { NodeMinutes } from './node-minutes.js';
import type { PackedSegment } from './packed-segment.js';
import { SEGMENT_ROWS } from './segment-builder.js';
import { SegmentInserter } from './segment-inserter.js';
import { SegmentReader } from './segment-reader.js';
import type { Slice } from './time-runs.js';

/** Segments looked at in one go: more than one group. */
const CANDIDATES = 512;

/** What several segments became. */
export interface Merged {
  firstSeq: number;
  flows: number;
  slices: readonly Slice[];
}

export interface MergeOptions {
  /** Nanoseconds: segments are merged whose newest flows lie in one stretch of time so long. */
  stretch: bigint;
  /** More segments come: those at the end are left until they are many. */
  isGrowing: boolean;
}

/**
 * Merges small segments that lie side by side, from the oldest on. Columns and texts are joined as they
 * are, since their numbers hold for a generation. Who reads sees the old segments or the new one: it is
 * one transaction, and the new one has an id that none had.
 */
export class SegmentMerger {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #inserter: SegmentInserter;
  readonly #minutes: NodeMinutes;
  /** Kept, so that the dictionary is read once. */
  readonly #reader: SegmentReader;
  readonly #damaged = new Set<number>();
  #settled = 0;

  constructor(
    private readonly db: Database.Database,
    /** Called in the same moment in which they become one. */
    private readonly onMerged: (merged: Merged) => void = () => undefined,
  ) {
    this.#statements = prepare(db);
    this.#inserter = new SegmentInserter(db);
    this.#minutes = new NodeMinutes(db);
    this.#reader = new SegmentReader(db, 1);
  }

  /** Before the flow with this number nothing is left to merge. */
  get settled(): number {
    return this.#settled;
  }

  /** Merges a few segments; false when there are none, for now. */
  async mergeSome(options: MergeOptions): Promise<boolean> {
    while (this.db.open) {
      const run = this.#findRun(options);
      if (run === 'none') return false;
      const isMerged = run !== 'none here' && this.#merge(run);
      // What waits has its turn.
      await setImmediate();
      if (isMerged) return true;
    }
    return false;
  }

  #findRun({ stretch, isGrowing }: MergeOptions): readonly Candidate[] | 'none here' | 'none' {
    const rows = this.#statements.candidates.all(stretch, this.#settled, CANDIDATES);
    const isEnd = rows.length < CANDIDATES;
    const groups = groupsOf(rows.map((row) => this.#toCandidate(row)));
    for (const [i, group] of groups.entries()) {
      this.#settled = group[0]?.firstSeq ?? this.#settled;
      const isLast = i === groups.length - 1;
      const run = runOf(group, !isLast || (isEnd && !isGrowing));
      if (run !== undefined) return run;
    }
    return isEnd ? 'none' : 'none here';
  }

  #toCandidate({ timeMin, timeMax, ...row }: CandidateRow): Candidate {
    return {
      id: Number(row.id),
      generation: Number(row.generation),
      firstSeq: Number(row.firstSeq),
      flows: Number(row.flows),
      timeMin,
      timeMax,
      stretch: Number(row.stretch),
      textBytes: Number(row.textBytes),
      isDamaged: this.#damaged.has(Number(row.id)),
    };
  }

  /** In one go, so that nothing of them is removed meanwhile. False when one of them is damaged. */
  #merge(run: readonly Candidate[]): boolean {
    const parts: Part[] = [];
    for (const info of run) {
      const part = this.#read(info);
      if (part === undefined) return false;
      parts.push(part);
    }
    const nodes = this.#statements.nodes.all(idsOf(run));
    const counted = nodes.map(({ flows, ...node }) => ({ ...node, flows: Number(flows) }));
    this.#replace(run, joinSegments(parts, counted));
    return true;
  }

  /** Undefined when it is damaged. */
  #read(info: Candidate): Part | undefined {
    try {
      const segment = this.#reader.read(info);
      this.#reader.forget(info.id);
      if (segment === undefined) throw new Damaged('it cannot be found by its own numbers');
      return { segment, keys: segment.keys, texts: this.#textsOf(info.id, segment.texts) };
    } catch (error) {
      if (!isDamage(error) && !(error instanceof Gone)) throw error;
      this.#damaged.add(info.id);
      return undefined;
    }
  }

  #textsOf(segment: number, texts: number): Lines[] {
    let found = 0;
    const chunks = this.#statements.chunks.all(segment).map((chunk): Lines => {
      refuseChanged(chunk.checksum, chunk.texts);
      const bytes = decompress(chunk.texts);
      const count = countLines(bytes);
      if (chunk.firstText !== found) throw new Damaged('a block has lost its texts');
      found += count;
      return { bytes, count };
    });
    if (found !== texts) throw new Damaged('a block has lost its texts');
    return chunks;
  }

  #replace(run: readonly Candidate[], joined: PackedSegment): void {
    const { remember, remove } = this.#statements;
    const ids = idsOf(run);
    this.db.transaction(() => {
      remember.run(Math.max(...run.map(({ id }) => id)));
      remove.run(ids);
      this.#inserter.insert(joined);
      this.#minutes.merge(joined.firstSeq, joined.firstSeq + joined.flows - 1);
    })();
    this.onMerged(joined);
  }
}

const LINE_BREAK = 10;

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(LINE_BREAK); at >= 0; at = bytes.indexOf(LINE_BREAK, at + 1)) lines++;
  return lines;
}

function idsOf(run: readonly Candidate[]): string {
  return JSON.stringify(run.map(({ id }) => id));
}

type CandidateRow = Record<Exclude<keyof Candidate, 'isDamaged'>, bigint>;

const OF_RUN = 'IN (SELECT value FROM json_each(?))';

function prepare(db: Database.Database) {
  return {
    // Texts of full segments are not looked at: nothing fits in beside their flows.
    candidates: db
      .prepare<[stretch: bigint, from: number, most: number], CandidateRow>(
        `SELECT id, generation, first_seq AS firstSeq, flows, time_min AS timeMin, time_max AS timeMax,
           time_max / ? AS stretch, CASE WHEN flows < ${SEGMENT_ROWS} THEN
             (SELECT coalesce(sum(length(texts)), 0) FROM text_chunk WHERE segment_id = segment.id) ELSE 0
           END AS textBytes
         FROM segment WHERE first_seq >= ? ORDER BY first_seq LIMIT ?`,
      )
      .safeIntegers(),
    chunks: db.prepare<[number], { firstText: number; texts: Buffer; checksum: number | null }>(
      'SELECT first_text AS firstText, texts, checksum FROM text_chunk WHERE segment_id = ? ORDER BY first_text',
    ),
    nodes: db
      .prepare<[string], { node: string; flows: bigint; timeMin: bigint; timeMax: bigint }>(
        `SELECT node, sum(flows) AS flows, min(time_min) AS timeMin, max(time_max) AS timeMax
         FROM segment_node WHERE segment_id ${OF_RUN} GROUP BY node`,
      )
      .safeIntegers(),
    remember: db.prepare<[number]>('UPDATE retention SET last_segment = max(last_segment, ?)'),
    remove: db.prepare<[string]>(`DELETE FROM segment WHERE id ${OF_RUN}`),
  };
}
