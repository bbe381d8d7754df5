import type { L7 } from '../../domain/flow/flow.js';
import { readL7, readLatency } from '../../domain/flow/l7-reader.js';
import { textOfMessage, type Head, type Heads } from './heads.js';

/** More than fit into 16 bits. */
const MANY = 0xffff;
/** More than any segment has. */
const MANY_TEXTS = 2 ** 26;

/**
 * The L7 messages of a segment as far as flows tell them, in a form that is kept for many segments: all URLs and
 * names stand in one text, everything else is told by a few heads.
 */
export class Messages {
  /** Of each row its place among those that have one, plus one. */
  readonly #places: Uint16Array | Uint32Array;
  /** By place. */
  readonly #numbers: Uint32Array;
  /** Nanoseconds; 0 where it was not measured. */
  readonly #latencies: Float64Array;
  /** By number: those of the head and of the text. */
  readonly #headNumbers: Uint32Array;
  readonly #textOf: Uint32Array;
  /** By their numbers. */
  readonly #heads: ReadonlyMap<number, L7>;
  /** By number of the text: where it ends. */
  readonly #ends: Uint32Array;
  readonly #text: string;

  /** `valueOf` tells the message of a row as it is in the record. */
  constructor(rows: number, valueOf: (row: number) => unknown, heads: Heads) {
    this.#places = rows < MANY ? new Uint16Array(rows) : new Uint32Array(rows);
    const told = new Collected(heads);
    for (let row = 0; row < rows; row++) {
      const value = valueOf(row);
      const message = readL7(value);
      if (message === undefined) continue;
      this.#places[row] = told.add(message, readLatency(value));
    }
    this.#numbers = Uint32Array.from(told.numbers);
    this.#latencies = Float64Array.from(told.latencies);
    this.#headNumbers = Uint32Array.from(told.headOf, ({ number }) => number);
    this.#textOf = Uint32Array.from(told.textOf);
    this.#heads = new Map(told.headOf.map(({ number, l7 }) => [number, l7]));
    let end = 0;
    this.#ends = Uint32Array.from(told.texts, ({ length }) => (end += length));
    this.#text = told.texts.join('');
  }

  /** About so much memory. */
  get bytes(): number {
    const byPlace = [this.#places, this.#numbers, this.#latencies];
    const byNumber = [this.#headNumbers, this.#textOf, this.#ends];
    return [...byPlace, ...byNumber].reduce(
      (sum, { byteLength }) => sum + byteLength,
      this.#text.length + this.#heads.size * 100,
    );
  }

  /** Rows that have one, in order. */
  get rows(): Uint32Array {
    const rows = new Uint32Array(this.#numbers.length);
    for (const [row, place] of this.#places.entries()) if (place > 0) rows[place - 1] = row;
    return rows;
  }

  /** The number of a row's message: equal ones have the same. Negative where there is none. */
  number(row: number): number {
    const place = this.#places[row] ?? 0;
    return place === 0 ? -1 : (this.#numbers[place - 1] ?? 0);
  }

  /** Nanoseconds; 0 where it was not measured. */
  latency(row: number): number {
    const place = this.#places[row] ?? 0;
    return place === 0 ? 0 : (this.#latencies[place - 1] ?? 0);
  }

  headNumber(number: number): number {
    return this.#headNumbers[number] ?? 0;
  }

  /** What the message of this number tells beside its text. */
  head(number: number): L7 | undefined {
    return this.#heads.get(this.headNumber(number));
  }

  /** Equal texts of the segment have the same. */
  textNumber(number: number): number {
    return this.#textOf[number] ?? 0;
  }

  text(number: number): string {
    const at = this.textNumber(number);
    return this.#text.slice(this.#ends[at - 1] ?? 0, this.#ends[at]);
  }

  message(number: number): L7 | undefined {
    const head = this.head(number);
    if (head === undefined) return undefined;
    const { http, dns } = head;
    const text = this.text(number);
    return {
      ...head,
      http: http && { ...http, url: text },
      dns: dns && { ...dns, query: http ? dns.query : text },
    };
  }
}

/** Messages while they are read, each different one, and each of its texts, once. */
class Collected {
  readonly numbers: number[] = [];
  readonly latencies: number[] = [];
  readonly headOf: Head[] = [];
  readonly textOf: number[] = [];
  readonly texts: string[] = [];
  readonly #knownTexts = new Map<string, number>();
  readonly #known = new Map<number, number>();

  constructor(private readonly heads: Heads) {}

  /** Its place, plus one. */
  add(message: L7, latency: number): number {
    const head = this.heads.of(message);
    const text = this.#text(textOfMessage(message));
    const key = head.number * MANY_TEXTS + text;
    let number = this.#known.get(key);
    if (number === undefined) {
      this.#known.set(key, (number = this.headOf.push(head) - 1));
      this.textOf.push(text);
    }
    this.latencies.push(latency);
    return this.numbers.push(number);
  }

  #text(text: string): number {
    let number = this.#knownTexts.get(text);
    if (number === undefined) this.#knownTexts.set(text, (number = this.texts.push(text) - 1));
    return number;
  }
}
