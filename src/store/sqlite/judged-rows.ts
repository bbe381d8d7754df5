import type { Predicate } from '../../domain/filter/criterion.js';
import { joinOf, type Join } from '../../domain/filter/filter.js';
import { textTestOf } from '../../domain/filter/l7-text.js';
import type { RowNumbers } from './columns.js';
import type { Generation } from './dictionary-reader.js';
import { firstColumn, RowAnswers, UNKNOWN, type FirstColumn } from './row-answers.js';
import type { Segment } from './segment.js';
import { TextAnswers } from './text-answers.js';
import { OWN } from './watched-row.js';

/** What is known of a predicate's answers, or of those of one of its parts. */
interface Term {
  /** For the rows of one segment. */
  of(segment: Segment): (row: number) => boolean;
  /** The column that is looked at first; `UNKNOWN` until that is settled, and from then on always the same. */
  readonly first: number;
  byColumn(name: FirstColumn, segment: Segment, row: number): boolean | undefined;
  withoutL7(segment: Segment): boolean | undefined;
}

/** Predicates with more parts are asked as a whole: a row is looked at once for each part. */
const MOST_PARTS = 12;

/** Numbers of a column of which it is known whether rows with them pass. */
const MOST_NUMBERS = 1 << 15;
const REFUSED = 1;
const TAKEN = 2;
const OPEN = 3;

/** Which rows pass a predicate. What is known of it is shared by all who ask with it. */
export class JudgedRows {
  readonly #term: Term;
  /** By the number in the first column: most rows are settled by that alone. */
  readonly #settled = new WeakMap<Generation, Uint8Array>();

  constructor(matches: Predicate) {
    this.#term = partsIn(matches) > MOST_PARTS ? new RowAnswers(matches) : termOf(matches);
  }

  /** Those of these rows that pass, in the room of all. */
  passing(segment: Segment, rows: Uint32Array): Uint32Array {
    const passes = this.#term.of(segment);
    return this.#settledIn(segment)?.passing(rows, passes) ?? asked(rows, passes);
  }

  /** Undefined as long as it is not known what is looked at first. */
  #settledIn(segment: Segment): Settled | undefined {
    const name = firstColumn(this.#term.first);
    if (name === undefined) return undefined;
    let known = this.#settled.get(segment.parts);
    if (known === undefined) this.#settled.set(segment.parts, (known = new Uint8Array(MOST_NUMBERS)));
    const byColumn = (row: number) => this.#term.byColumn(name, segment, row);
    return new Settled(segment.numbers(name), known, byColumn);
  }

  /** The only rows that can pass, where those without an L7 message do not, as far as that is known. */
  rowsWithL7(segment: Segment, from: number, to: number): ArrayLike<number> | undefined {
    return this.#term.withoutL7(segment) === false ? segment.rowsWithL7(from, to) : undefined;
  }
}

/** What one column alone decides. */
class Settled {
  constructor(
    private readonly numbers: RowNumbers,
    private readonly known: Uint8Array,
    private readonly byColumn: (row: number) => boolean | undefined,
  ) {}

  /** Those that pass, in the room of all; what is not settled is asked. */
  passing(rows: Uint32Array, passes: (row: number) => boolean): Uint32Array {
    const { numbers, known } = this;
    let found = 0;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] ?? 0;
      const answer = known[numbers.at(row)];
      if (answer === REFUSED) continue;
      if (answer === TAKEN || passes(row)) rows[found++] = row;
      if (answer === 0) this.#note(row);
    }
    return rows.subarray(0, found);
  }

  /** It was asked: perhaps all that are like it have the same answer. */
  #note(row: number): void {
    const answer = this.byColumn(row);
    this.known[this.numbers.at(row)] = answer === undefined ? OPEN : answer ? TAKEN : REFUSED;
  }
}

function asked(rows: Uint32Array, passes: (row: number) => boolean): Uint32Array {
  let found = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] ?? 0;
    if (passes(row)) rows[found++] = row;
  }
  return rows.subarray(0, found);
}

/** Rows of which all parts are asked, to see which of them settle most. */
const SAMPLED = 64;
/** By column: about what it costs to come by, all in all, beside a template. What is a row's own costs most. */
const COSTS = [1, 1.5, 3, 5, 5, 2, 2, 8, 8, 8, 100];

/**
 * A predicate that is made of others: rows that differ in what all of them look at may agree in what each does. As
 * none has any effect, those go first that settle most for what they cost.
 */
class JoinedTerms implements Term {
  readonly #terms: readonly Term[];
  /** The answer of a part that is that of the whole. */
  readonly #settling: boolean;
  #order: readonly number[];
  #sampled = 0;
  /** Of each part: how many of the sampled rows it settled. */
  readonly #settled: number[];

  constructor(private readonly join: Join) {
    this.#terms = join.of.map(termOf);
    this.#settling = join.by === 'any';
    this.#order = [...this.#terms.keys()];
    this.#settled = this.#order.map(() => 0);
  }

  of(segment: Segment): (row: number) => boolean {
    const terms = this.#terms.map((term) => term.of(segment));
    const [only] = terms;
    if (this.join.by === 'not') return (row) => only?.(row) === false;
    const settling = this.#settling;
    let ordered = this.#inOrder(terms);
    return (row) => {
      if (this.#sampled < SAMPLED) {
        this.#sample(terms, row);
        ordered = this.#inOrder(terms);
      }
      for (let i = 0; i < ordered.length; i++) if (ordered[i]?.(row) === settling) return settling;
      return !settling;
    };
  }

  #inOrder<T>(parts: readonly T[]): T[] {
    return this.#order.flatMap((at) => parts[at] ?? []);
  }

  #sample(terms: readonly ((row: number) => boolean)[], row: number): void {
    for (const [at, { first }] of this.#terms.entries())
      if (first !== OWN && terms[at]?.(row) === this.#settling)
        this.#settled[at] = (this.#settled[at] ?? 0) + 1;
    if (++this.#sampled === SAMPLED)
      this.#order = this.#order.toSorted((a, b) => this.#rank(a) - this.#rank(b));
  }

  #rank(at: number): number {
    return (COSTS[this.#terms[at]?.first ?? UNKNOWN] ?? 1) / (1 + (this.#settled[at] ?? 0));
  }

  get first(): number {
    if (this.join.by !== 'not' && this.#sampled < SAMPLED) return UNKNOWN;
    return this.#terms[this.#order[0] ?? 0]?.first ?? UNKNOWN;
  }

  byColumn(name: FirstColumn, segment: Segment, row: number): boolean | undefined {
    return joined(
      this.join,
      this.#terms.map((term) => term.byColumn(name, segment, row)),
    );
  }

  withoutL7(segment: Segment): boolean | undefined {
    return joined(
      this.join,
      this.#terms.map((term) => term.withoutL7(segment)),
    );
  }
}

/** Of answers of which some are not known. */
function joined({ by }: Join, answers: readonly (boolean | undefined)[]): boolean | undefined {
  const [first] = answers;
  if (by === 'not') return first === undefined ? undefined : !first;
  const isDecisive = by === 'any';
  if (answers.includes(isDecisive)) return isDecisive;
  return answers.includes(undefined) ? undefined : !isDecisive;
}

function termOf(predicate: Predicate): Term {
  const join = joinOf(predicate);
  if (join !== undefined) return new JoinedTerms(join);
  const test = textTestOf(predicate);
  return test === undefined ? new RowAnswers(predicate) : new TextAnswers(predicate, test);
}

function partsIn(predicate: Predicate): number {
  const parts = joinOf(predicate)?.of;
  return parts === undefined ? 1 : parts.reduce((sum, part) => sum + partsIn(part), 0);
}

const judgedBy = new WeakMap<Predicate, JudgedRows>();

/** Shared by questions that are asked again. */
export function judge(matches: Predicate): JudgedRows {
  let judged = judgedBy.get(matches);
  if (judged === undefined) judgedBy.set(matches, (judged = new JudgedRows(matches)));
  return judged;
}
