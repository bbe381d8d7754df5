import type { HeldFlow } from '../queries.js';
import { RowAnswers } from './row-answers.js';
import type { Segment } from './segment.js';

/** What is asked of a flow. */
export type Ask<T> = (flow: HeldFlow) => T;

/** Values that are numbered of one question; checked before each stretch, which has some thousand rows. */
const MOST_VALUES = 1 << 16;
/** More than there can be then. Mostly, two of them still make a number of 31 bits, which are quick to look up. */
const NUMBERS = MOST_VALUES * 2;

/** Answers to one question, numbered: equal ones have the same. */
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
 * What is asked of the rows of a segment, as one number a row: the same where all answers are. Questions are asked
 * one by one, as each alone depends on little, a source or a template, where all together would on both.
 */
export class RowKeys<T> {
  readonly #columns: readonly KeyColumn<T>[];

  constructor(answers: readonly NumberedAnswers<T>[], segment: Segment) {
    this.#columns = answers.map(({ rows, values }) => new KeyColumn(rows.of(segment), values));
  }

  of(row: number): number {
    let number = 0;
    for (let i = 0; i < this.#columns.length; i++) {
      const column = this.#columns[i];
      if (column === undefined) continue;
      const answer = column.answer(row);
      number = i === 0 ? answer : column.join(number, answer);
    }
    return number;
  }

  /** The answers, one for each question. */
  key(number: number): readonly T[] {
    const key: T[] = [];
    let rest = number;
    for (let i = this.#columns.length - 1; i >= 0; i--) {
      const column = this.#columns[i];
      const [before, answer] = (i === 0 ? undefined : column?.joined[rest]) ?? [0, rest];
      key[i] = column?.values[answer] as T;
      rest = before;
    }
    return key;
  }
}

/** The answers to one question, joined to those before it. */
class KeyColumn<T> {
  /** By number: that of the answers before, and this one's. */
  readonly joined: (readonly [before: number, answer: number])[] = [];
  readonly #numbers = new Map<number, number>();

  constructor(
    readonly answer: (row: number) => number,
    readonly values: readonly T[],
  ) {}

  join(before: number, answer: number): number {
    const both = before * NUMBERS + answer;
    let number = this.#numbers.get(both);
    if (number === undefined) this.#numbers.set(both, (number = this.joined.push([before, answer]) - 1));
    return number;
  }
}
