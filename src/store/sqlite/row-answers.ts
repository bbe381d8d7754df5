import type { HeldFlow } from '../queries.js';
import type { Generation } from './dictionary-reader.js';
import type { Segment } from './segment.js';
import { Column, OWN, ColumnNumbers, WatchedRow } from './watched-row.js';

/** Instead of a column: nothing is known yet, or the answer is. */
export const UNKNOWN = -1;
const ANSWERED = -2;

/** What is asked next of a row, by what it was so far. */
class Step<T> {
  column = UNKNOWN;
  answer: T | undefined;
  /** By the number in the column, where these are close together. */
  #list: (Step<T> | undefined)[] | undefined;
  #map: Map<number, Step<T>> | undefined;
  /** Whose numbers they are, where each segment has its own. */
  #segment: Segment | undefined;

  /** Nothing more is asked. */
  end(answer: T): this {
    this.column = ANSWERED;
    this.answer = answer;
    return this;
  }

  next(number: number, segment: Segment): Step<T> | undefined {
    if (this.column >= Column.l7Text && this.#segment !== segment) {
      this.#segment = segment;
      this.#list = [];
    }
    return this.#list === undefined ? this.#map?.get(number) : this.#list[number];
  }

  /** From now on the numbers of this column lead further. */
  lookAt(column: number, isRoot: boolean): void {
    this.column = column;
    if (isRoot || column === Column.l7Parts || column >= Column.l7Text) this.#list ??= [];
    else this.#map ??= new Map();
  }

  put(number: number, next: Step<T>): void {
    if (this.#list === undefined) this.#map?.set(number, next);
    else putAt(this.#list, number, next);
  }
}

/** What is known of a generation. */
class Known<T> {
  readonly root = new Step<T>();
  /** By the number in the first column, where that alone decides: most rows are answered so. */
  readonly direct: (T | undefined)[] = [];
  /** Of predicates there are but two, and numbers come again. */
  readonly #ends = new Map<T, Step<T>>();
  steps = 1;

  end(answer: T): Step<T> {
    if (typeof answer === 'object') return new Step<T>().end(answer);
    let end = this.#ends.get(answer);
    if (end === undefined) this.#ends.set(answer, (end = new Step<T>().end(answer)));
    return end;
  }
}

/** Steps that are remembered of a generation: a few MB. */
const MOST_STEPS = 1 << 16;

/** By what the first column is. */
const firstColumns = ['template', 'source', 'destination', 'node', 'policies', 'template'] as const;
export type FirstColumn = (typeof firstColumns)[number];

/** What messages there are goes by the template, as far as that goes. */
export function firstColumn(first: number): FirstColumn | undefined {
  return firstColumns[first];
}

/** What parts a message has that is not there. */
const NO_L7 = 0;

/**
 * Answers of a function of flows, remembered by the columns that it looks at. What it looks at is watched while it
 * answers for one row: the first column is always the same one, the next depends on what the first told, and so on.
 * So rows that agree in them have the same answer, whatever the function is, as long as it depends on the flow alone.
 * The texts of L7 messages are remembered as long as their segment is read. Where it looks at anything that is a
 * row's own (time, uuid, ports, latency, record), each such row is asked.
 */
export class RowAnswers<T> {
  readonly #known = new WeakMap<Generation, Known<T>>();
  #first = UNKNOWN;

  constructor(private readonly ask: (flow: HeldFlow) => T) {}

  /** The column that it looks at first, which is always the same; `UNKNOWN` until one row was asked. */
  get first(): number {
    return this.#first;
  }

  /** The answer for all rows that have the same number as this one in a column, where that alone decides. */
  byColumn(name: FirstColumn, segment: Segment, row: number): T | undefined {
    const { root } = this.#knownOf(segment.parts);
    if (root.column === ANSWERED) return root.answer;
    if (firstColumn(root.column) !== name) return undefined;
    if (root.column !== Column.l7Parts) return root.next(segment.numbers(name).at(row), segment)?.answer;
    // A template tells it only if none of its flows can have a message.
    return segment.canHaveL7(row) ? undefined : root.next(NO_L7, segment)?.answer;
  }

  /** The answer for all rows without an L7 message, where that alone decides. */
  withoutL7(segment: Segment): T | undefined {
    const { root } = this.#knownOf(segment.parts);
    if (root.column === ANSWERED) return root.answer;
    return root.column === Column.l7Parts ? root.next(NO_L7, segment)?.answer : undefined;
  }

  #knownOf(parts: Generation): Known<T> {
    let known = this.#known.get(parts);
    if (known === undefined) this.#known.set(parts, (known = new Known()));
    return known;
  }

  /** For the rows of one segment. */
  of(segment: Segment): (row: number) => T {
    const known = this.#knownOf(segment.parts);
    const watched = new WatchedRow(segment.cursor());
    const cursor = segment.cursor();
    const numbers = new ColumnNumbers(segment);
    const { root, direct } = known;
    return (row) => {
      if (root.column >= 0 && root.column < OWN) {
        const answer = direct[numbers.of(root.column, row)];
        if (answer !== undefined) return answer;
      }
      let step = root;
      while (step.column >= 0 && step.column !== OWN) {
        const next = step.next(numbers.of(step.column, row), segment);
        if (next === undefined) break;
        step = next;
      }
      if (step.column === ANSWERED) return step.answer as T;
      if (step.column !== OWN && known.steps < MOST_STEPS) {
        const answer = watched.ask(row, this.ask);
        if (watched.looks > 0) this.#first = watched.seen[0] ?? UNKNOWN;
        learn(known, watched, row, numbers, answer, segment);
        return answer;
      }
      cursor.row = row;
      return this.ask(cursor);
    };
  }

  /** The same for many rows of a segment: put there one after the other. */
  fill(segment: Segment, rows: Uint32Array, into: Record<number, T>): void {
    const { root, direct } = this.#knownOf(segment.parts);
    const name = columnOf(root.column);
    const numbers = name && segment.columns[name];
    const answer = this.of(segment);
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? 0;
      const known = numbers === undefined ? undefined : direct[numbers[row] ?? 0];
      into[i] = known ?? answer(row);
    }
  }
}

/** One of those that can alone decide. */
function columnOf(column: number): FirstColumn | undefined {
  return column < Column.l7Parts ? firstColumn(column) : undefined;
}

/** Remembers an answer for all rows that agree in what was looked at. */
function learn<T>(
  known: Known<T>,
  { seen, looks }: WatchedRow,
  row: number,
  numbers: ColumnNumbers,
  answer: T,
  segment: Segment,
): void {
  let step = known.root;
  let isLasting = true;
  for (let at = 0; at < looks; at++) {
    const column = seen[at] ?? OWN;
    if (column === OWN) {
      step.column = OWN;
      return;
    }
    step.lookAt(column, step === known.root);
    isLasting &&= column < Column.l7Text;
    const number = numbers.of(column, row);
    let next = step.next(number, segment);
    if (next === undefined) {
      next = at + 1 === looks ? known.end(answer) : new Step();
      step.put(number, next);
      if (isLasting) known.steps++;
      if (at === 0 && looks === 1 && isLasting) putAt(known.direct, number, answer);
    }
    step = next;
  }
  if (step === known.root) step.end(answer);
}

/** A list without holes stays quick. */
function putAt<T>(list: (T | undefined)[], at: number, value: T): void {
  while (list.length <= at) list.push(undefined);
  list[at] = value;
}
