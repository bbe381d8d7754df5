import { randomUUID } from 'node:crypto';
import type { Filter } from '../domain/filter/filter.js';
import { always } from '../domain/filter/window.js';
import type { Viewer } from '../domain/viewer.js';
import type { FlowStore } from '../store/flow-store.js';
import type { StoredFlow } from '../store/queries.js';
import { readNews } from './follow.js';
import { KeptQuestions, questionKey } from './kept-questions.js';
import { LiveQuestion, type Beginning, type Opening, type Position } from './live-question.js';

/** What one answer tells at most: records, and their characters in all. */
export const MOST_RECORDS = 100;
export const MOST_CHARACTERS = 1 << 20;

/** A flow among those that passed, counted from 1. */
interface Passed {
  count: number;
  record: string;
}

/**
 * The flows that pass a filter, in order of arrival: of what came since somebody was told, the newest, as far as one
 * answer may tell them, and how many more there were. So what is kept grows neither with those who listen nor with
 * how far they are behind.
 */
export class FlowTail extends LiveQuestion {
  /** Where nobody listens nothing is read: numbers are the store's, so that a position stays good. */
  #isFollowing = false;
  #passed = 0;
  #newest: Passed[] = [];

  constructor(
    private readonly store: FlowStore,
    private readonly viewer: Viewer,
    private readonly filter: Filter,
    epoch?: string,
  ) {
    super(epoch);
  }

  override get position(): Position {
    return { ...super.position, passed: this.#passed };
  }

  get parts(): number {
    return this.#newest.length;
  }

  protected async readOn(): Promise<void> {
    if (!this.#isFollowing) {
      this.#isFollowing = true;
      this.reach(this.store.summary().lastSeq);
      return;
    }
    const { records, passed, upTo } = await this.#read(this.seq);
    this.#passed += passed;
    const first = this.#passed - records.length + 1;
    const told = records.map((record, i) => ({ record, count: first + i }));
    this.#newest = fitting([...this.#newest, ...told]);
    this.reach(upTo);
  }

  /** The newest that passed behind a number. Those that were removed before they were read count as passed: they may have. */
  async #read(
    afterSeq: number,
    last = Infinity,
  ): Promise<{ records: string[]; passed: number; upTo: number }> {
    const query = { filter: this.filter, window: always, afterSeq, upTo: last };
    let seqs: number[] = [];
    let passed = 0;
    let reached = afterSeq;
    for await (const { items, skipped, upTo } of readNews(this.store, this.viewer, query, ({ seq }) => seq)) {
      passed += items.length + skipped;
      seqs = [...seqs, ...items].slice(-MOST_RECORDS);
      reached = upTo;
    }
    const flows = await this.store.take(this.viewer, seqs);
    return { records: flows.map(({ record }) => record), passed, upTo: reached };
  }

  async open({ resume, last = 0 }: Beginning): Promise<Opening> {
    const { position } = this;
    if (resume?.epoch === position.epoch && resume.seq <= position.seq) {
      const { records, passed } = await this.#read(resume.seq, position.seq);
      const told = fitting(records.map((record) => ({ record })));
      return { position, json: jsonOf(told, passed - told.length) };
    }
    const records = await this.#last(last, position.seq);
    const told = fitting(records);
    return { position, json: jsonOf(told, resume === undefined ? records.length - told.length : null) };
  }

  /** The newest by their own time, as with `last` of REST, oldest first. */
  async #last(limit: number, upTo: number): Promise<StoredFlow[]> {
    if (limit === 0) return [];
    const query = { filter: this.filter, window: always, order: 'desc', upTo, limit } as const;
    const flows: StoredFlow[] = [];
    for await (const flow of this.store.find(this.viewer, query)) if (flows.push(flow) >= limit) break;
    return flows.reverse();
  }

  newsSince({ passed = this.#passed }: Position): string {
    const told = this.#newest.filter(({ count }) => count > passed);
    return jsonOf(told, this.#passed - passed - told.length);
  }

  waitingSince({ passed = this.#passed }: Position): number {
    return this.#passed - passed;
  }

  protected rest(): void {
    this.#isFollowing = false;
    this.#newest = [];
  }
}

/** The newest that one answer may tell; one that is too large by itself is left out. */
function fitting<T extends { record: string }>(flows: readonly T[]): T[] {
  const told: T[] = [];
  let characters = 0;
  for (const flow of flows.slice(-MOST_RECORDS).reverse()) {
    if (characters + flow.record.length > MOST_CHARACTERS) continue;
    characters += flow.record.length;
    told.push(flow);
  }
  return told.reverse();
}

/** Records go out as they came in: parsed and written again, a 64-bit number would lose digits. */
function jsonOf(told: readonly { record: string }[], skipped: number | null): string {
  return `{"records":[${told.map(({ record }) => record).join(',')}],"skipped":${JSON.stringify(skipped)}}`;
}

/** A position of one tail is good for every later one of the same question. */
export class FlowTails {
  readonly #kept = new KeptQuestions<FlowTail>();
  readonly #epoch = randomUUID();

  constructor(private readonly store: FlowStore) {}

  ask(viewer: Viewer, filter: Filter, words: ReadonlyMap<string, readonly string[]>): FlowTail {
    const key = questionKey(viewer, words);
    return this.#kept.ask(key, () => new FlowTail(this.store, viewer, filter, this.#epoch));
  }
}
