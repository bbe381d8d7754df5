import type { HeldFlow } from '../queries.js';
import { Pairs } from './pairs.js';
import { RowAnswers } from './row-answers.js';
import type { Segment } from './segment.js';

/** What is asked of a flow. */
export type Ask<T> = (flow: HeldFlow) => T;

/** Values that are numbered of one question; checked behind each stretch, which has some thousand rows. */
const MOST_VALUES = 1 << 16;

/** Answers to one question, numbered: equal ones have the same, in all segments. */
export class NumberedAnswers<T> {
  readonly values: T[] = [];
  readonly rows: RowAnswers<number>;
  readonly #numbers = new Map<T, number>();

  constructor(ask: Ask<T>) {
    this.rows = new RowAnswers((flow) => this.#numberOf(ask(flow)));
  }

  /** So many that they are better numbered anew. */
  get isFull(): boolean {
    return this.values.length > MOST_VALUES;
  }

  #numberOf(value: T): number {
    let number = this.#numbers.get(value);
    if (number === undefined) this.#numbers.set(value, (number = this.values.push(value) - 1));
    return number;
  }
}

/**
 * What is asked of rows, as one number a row: the same where all answers are. Questions are asked one by one, as each
 * alone depends on little, a source or a template, where all together would on both.
 */
export class RowKeys<T> {
  readonly #joined: readonly Pairs[];

  constructor(private readonly answers: readonly NumberedAnswers<T>[]) {
    this.#joined = answers.map(() => new Pairs());
  }

  get isFull(): boolean {
    return this.answers.some(({ isFull }) => isFull);
  }

  /** The keys of these rows of a segment. */
  of(segment: Segment, rows: Uint32Array): Int32Array {
    const keys = new Int32Array(rows.length);
    const answers = new Int32Array(rows.length);
    for (const [i, { rows: asked }] of this.answers.entries()) {
      asked.fill(segment, rows, answers);
      // Also the first, whose numbers others may have asked for: keys are close together.
      this.#joined[i]?.join(keys, answers);
    }
    return keys;
  }

  /** The answers, one for each question. */
  at(key: number): readonly T[] {
    const answers: T[] = [];
    let rest = key;
    for (let i = this.answers.length - 1; i >= 0; i--) {
      const [before, answer] = this.#joined[i]?.at(rest) ?? [0, 0];
      answers[i] = this.answers[i]?.values[answer] as T;
      rest = before;
    }
    return answers;
  }
}
