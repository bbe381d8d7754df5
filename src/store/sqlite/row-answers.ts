import type { Endpoint, L7, Policies, RecordedFlow, Traits } from '../../domain/flow/flow.js';
import type { Json } from '../../domain/flow/json.js';
import type { HeldFlow } from '../queries.js';
import type { Generation } from './dictionary-reader.js';
import type { Segment, SegmentRow } from './segment.js';

/** The columns that parts of a flow come from: rows with the same number there have the same parts. */
const columnNames = ['template', 'source', 'destination', 'node', 'policies'] as const;
const Column = { template: 0, source: 1, destination: 2, node: 3, policies: 4 } as const;

/** Instead of a column: nothing is known yet, the answer is, or each row has to be asked. */
const UNKNOWN = -1;
const ANSWERED = -2;
const OWN = -3;

/** What is asked next of a row, by what it was so far. */
class Step<T> {
  column = UNKNOWN;
  answer: T | undefined;
  /** By the number in the column; a list at the root, where every row comes by. */
  readonly list: (Step<T> | undefined)[] = [];
  map: Map<number, Step<T>> | undefined;
}

/** What is known of a generation. */
class Known<T> {
  readonly root = new Step<T>();
  steps = 1;
  /** By the number in the first column: 1 where that alone makes the answer false, which is so of most rows. */
  readonly refused = new Uint8Array(REFUSALS);
}

/** Steps that are remembered of a generation: a few MB. */
const MOST_STEPS = 1 << 16;
const REFUSALS = 1 << 15;

/**
 * Answers of a function of flows, remembered by the columns that it looks at. What it looks at is watched while it
 * answers for one row: the first column is always the same one, the next depends on what the first told, and so on.
 * So rows that agree in them have the same answer, whatever the function is, as long as it depends on the flow alone.
 * Where it looks at anything that is a row's own (time, uuid, ports, L7 message, record), each such row is asked.
 */
export class RowAnswers<T> {
  readonly #known = new WeakMap<Generation, Known<T>>();

  constructor(private readonly ask: (flow: HeldFlow) => T) {}

  /** What the first column alone refuses, as far as that is known. */
  refusals({ parts, columns }: Segment): { numbers: Uint32Array; refused: Uint8Array } | undefined {
    const { root, refused } = this.#knownOf(parts);
    const name = columnNames[root.column];
    return name && { numbers: columns[name], refused };
  }

  #knownOf(parts: Generation): Known<T> {
    let known = this.#known.get(parts);
    if (known === undefined) this.#known.set(parts, (known = new Known()));
    return known;
  }

  /** For the rows of one segment. */
  of(segment: Segment): (row: number) => T {
    const { parts, columns } = segment;
    const known = this.#knownOf(parts);
    const watched = new WatchedRow(segment.cursor());
    const cursor = segment.cursor();
    const numbers: (Uint32Array | undefined)[] = [];
    const numbersOf = (column: number): Uint32Array =>
      (numbers[column] ??= columns[columnNames[column] ?? 'template']);
    return (row) => {
      let step = known.root;
      while (step.column >= 0) {
        const number = (numbers[step.column] ?? numbersOf(step.column))[row] ?? 0;
        const next: Step<T> | undefined = step === known.root ? step.list[number] : step.map?.get(number);
        if (next === undefined) break;
        step = next;
      }
      if (step.column === ANSWERED) return step.answer as T;
      if (step.column !== OWN && known.steps < MOST_STEPS) {
        const answer = watched.ask(row, this.ask);
        known.steps += learn(known.root, watched.seen, row, numbersOf, answer);
        if (answer === false && watched.seen.length === 1 && known.root.column >= 0)
          known.refused[numbersOf(known.root.column)[row] ?? 0] = 1;
        return answer;
      }
      cursor.row = row;
      return this.ask(cursor);
    };
  }
}

/** Remembers an answer for all rows that agree in what was looked at; how many steps that took. */
function learn<T>(
  root: Step<T>,
  seen: readonly number[],
  row: number,
  numbersOf: (column: number) => Uint32Array,
  answer: T,
): number {
  let [step, made] = [root, 0];
  for (const column of seen) {
    step.column = column;
    if (column === OWN) return made;
    const number = numbersOf(column)[row] ?? 0;
    let next = step === root ? step.list[number] : (step.map ??= new Map<number, Step<T>>()).get(number);
    if (next === undefined) {
      next = new Step();
      if (step === root) putAt(step.list, number, next);
      else step.map?.set(number, next);
      made++;
    }
    step = next;
  }
  step.column = ANSWERED;
  step.answer = answer;
  return made;
}

/** A list without holes stays quick. */
function putAt<T>(list: (T | undefined)[], at: number, value: T): void {
  while (list.length <= at) list.push(undefined);
  list[at] = value;
}

/** A row that notes which columns are looked at, in that order. */
class WatchedRow implements HeldFlow {
  seen: number[] = [];

  constructor(private readonly row: SegmentRow) {}

  ask<T>(row: number, ask: (flow: HeldFlow) => T): T {
    this.seen = [];
    this.row.row = row;
    return ask(this);
  }

  #see(column: number): SegmentRow {
    // Behind what is the row's own, nothing can be remembered.
    if (this.seen.at(-1) !== OWN && !this.seen.includes(column)) this.seen.push(column);
    return this.row;
  }

  get source(): Endpoint {
    return this.#see(Column.source).source;
  }

  get destination(): Endpoint {
    return this.#see(Column.destination).destination;
  }

  get traits(): Traits {
    return this.#see(Column.template).traits;
  }

  get policies(): Policies {
    return this.#see(Column.policies).policies;
  }

  get node(): string {
    return this.#see(Column.node).node;
  }

  get nodeLabels(): readonly string[] {
    return this.#see(Column.node).nodeLabels;
  }

  get l7(): L7 | undefined {
    // Most templates have none.
    const row = this.#see(Column.template);
    return row.canHaveL7 ? this.#see(OWN).l7 : undefined;
  }

  get latency(): number {
    const row = this.#see(Column.template);
    return row.canHaveL7 ? this.#see(OWN).latency : 0;
  }

  get isPaired(): boolean {
    return this.#see(OWN).isPaired;
  }

  get time(): bigint {
    return this.#see(OWN).time;
  }

  get uuid(): string {
    return this.#see(OWN).uuid;
  }

  get sourcePort(): number {
    return this.#see(OWN).sourcePort;
  }

  get destinationPort(): number {
    return this.#see(OWN).destinationPort;
  }

  get weight(): number {
    return this.#see(OWN).weight;
  }

  get record(): string {
    return this.#see(OWN).record;
  }

  get json(): Json {
    return this.#see(OWN).json;
  }

  get seq(): number {
    return this.#see(OWN).seq;
  }

  get placedAtArrival(): boolean {
    return this.#see(OWN).placedAtArrival;
  }
}

const answersOf = new WeakMap<(flow: RecordedFlow) => boolean, RowAnswers<boolean>>();

/** The answers of a predicate, which questions that are asked again share. */
export function judgedBy(matches: (flow: RecordedFlow) => boolean): RowAnswers<boolean> {
  let answers = answersOf.get(matches);
  if (answers === undefined) answersOf.set(matches, (answers = new RowAnswers(matches)));
  return answers;
}
