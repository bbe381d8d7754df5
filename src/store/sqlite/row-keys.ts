import type { HeldFlow } from '../queries.js';
import { RowAnswers } from './row-answers.js';
import type { Segment } from './segment.js';

/** What is asked of a flow. */
export type Ask<T> = (flow: HeldFlow) => T;

/** Values that are numbered of one question; checked before each stretch, which has some thousand rows. */
const MOST_VALUES = 1 << 16;
/** More than there can ever be. */
const NUMBERS = 2 ** 26;

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
  readonly #answers: readonly NumberedAnswers<T>[];
  readonly #rows: readonly ((row: number) => number)[];
  /** By a number, and the number of the next answer. */
  readonly #longer = new Map<number, number>();
  /** By number, beginnings of keys among them; of no questions the first. */
  readonly #keys: (readonly T[])[] = [[]];

  constructor(answers: readonly NumberedAnswers<T>[], segment: Segment) {
    this.#answers = answers;
    this.#rows = answers.map(({ rows }) => rows.of(segment));
  }

  /** Counts from 0. */
  of(row: number): number {
    let number = 0;
    for (let i = 0; i < this.#rows.length; i++) {
      const answer = this.#rows[i]?.(row) ?? 0;
      number = this.#longer.get(number * NUMBERS + answer) ?? this.#lengthen(number, i, answer);
    }
    return number;
  }

  #lengthen(number: number, question: number, answer: number): number {
    const key = [...this.key(number), this.#answers[question]?.values[answer] as T];
    const longer = this.#keys.push(key) - 1;
    this.#longer.set(number * NUMBERS + answer, longer);
    return longer;
  }

  /** The answers, one for each question. */
  key(number: number): readonly T[] {
    return this.#keys[number] ?? [];
  }
}
