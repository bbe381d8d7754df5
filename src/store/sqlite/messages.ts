import type { L7 } from '../../domain/flow/flow.js';
import { ReadHttp } from '../../domain/flow/http-message.js';
import { readL7, readLatency } from '../../domain/flow/l7-reader.js';
import { urlPath } from '../../domain/flow/url-path.js';
import { partsOf, textOfMessage, type Head, type Heads, type L7Parts } from './heads.js';
import { JoinedTexts, TextNumbers } from './joined-texts.js';

/** The largest of 16 bits. */
const MANY = 0xffff;
/** More than any segment has. */
const MANY_TEXTS = 2 ** 26;

/** Where messages are read from. */
export interface ToldMessages {
  /** That of a row as it is in the record. */
  readonly valueOf: (row: number) => unknown;
  /** The number of its kind in the dictionary, plus one, 0 where there is no message; absent in blocks of schema 14. */
  readonly kinds?: ArrayLike<number> | undefined;
}

/**
 * The L7 messages of a segment as far as flows tell them, in a form that is kept for many segments: all URLs and
 * names stand in one text, and so do all paths, everything else is told by a few heads.
 */
export class Messages {
  /** Rows that have one, in order. */
  readonly rows: Numbers;
  /** Of each row its place among those, plus one. */
  readonly #places: Numbers;
  /** By place. */
  readonly #numbers: Numbers;
  /** Nanoseconds; 0 where it was not measured. */
  readonly #latencies: Float64Array;
  /** By number: those of the kind, the head and the text, and which parts it has. */
  readonly #kinds: Numbers;
  readonly #headNumbers: Uint32Array;
  readonly #textOf: Numbers;
  readonly #parts: Uint8Array;
  /** By their numbers. */
  readonly #heads: ReadonlyMap<number, L7>;
  readonly #texts: JoinedTexts;
  /** By number of the text: that of its path, plus one; 0 where it has none. */
  readonly #pathOf: Numbers;
  readonly #paths: JoinedTexts;

  constructor(rows: number, { valueOf, kinds }: ToldMessages, heads: Heads) {
    this.#places = rows < MANY ? new Uint16Array(rows) : new Uint32Array(rows);
    const told = new Collected(heads);
    const found: number[] = [];
    for (let row = 0; row < rows; row++) {
      if (kinds?.[row] === 0) continue;
      const value = valueOf(row);
      const message = readL7(value);
      if (message === undefined) continue;
      this.#places[row] = found.push(row);
      told.add(message, readLatency(value), kinds?.[row]);
    }
    this.rows = compact(found);
    this.#numbers = compact(told.numbers);
    this.#latencies = Float64Array.from(told.latencies);
    this.#kinds = compact(told.kindOf);
    this.#headNumbers = Uint32Array.from(told.headOf, ({ number }) => number);
    this.#parts = Uint8Array.from(told.headOf, ({ l7 }) => partsOf(l7));
    this.#heads = new Map(told.headOf.map(({ number, l7 }) => [number, l7]));
    this.#textOf = compact(told.textOf);
    this.#texts = new JoinedTexts(told.texts.texts);
    const paths = new TextNumbers();
    this.#pathOf = compact(
      told.texts.texts.map((text) => {
        const path = urlPath(text);
        return path === undefined ? 0 : paths.of(path) + 1;
      }),
    );
    this.#paths = new JoinedTexts(paths.texts);
  }

  /** About so much memory. */
  get bytes(): number {
    const byPlace = [this.rows, this.#places, this.#numbers, this.#latencies];
    const byNumber = [this.#kinds, this.#headNumbers, this.#textOf, this.#parts, this.#pathOf];
    return [...byPlace, ...byNumber].reduce(
      (sum, { byteLength }) => sum + byteLength,
      this.#texts.bytes + this.#paths.bytes + this.#heads.size * 100,
    );
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

  /** In the dictionary, plus one; 0 where there is no message. */
  kindNumber(number: number): number {
    return number < 0 ? 0 : (this.#kinds[number] ?? 0);
  }

  /** Which parts it has; 0 where there is no message. */
  parts(number: number): L7Parts {
    return number < 0 ? 0 : (this.#parts[number] ?? 0);
  }

  headNumber(number: number): number {
    return this.#headNumbers[number] ?? 0;
  }

  /** What the message of this number tells beside its text. */
  head(number: number): L7 | undefined {
    return this.#heads.get(this.headNumber(number));
  }

  /** How many different texts there are. */
  get texts(): number {
    return this.#texts.size;
  }

  /** How many different paths there are. */
  get paths(): number {
    return this.#paths.size;
  }

  /** Equal texts of the segment have the same. */
  textNumber(number: number): number {
    return this.#textOf[number] ?? 0;
  }

  text(number: number): string {
    return this.#texts.at(this.textNumber(number));
  }

  /** Equal paths of the segment have the same; 0 where the text has none. */
  pathNumber(number: number): number {
    return this.#pathOf[this.textNumber(number)] ?? 0;
  }

  path(number: number): string | undefined {
    const path = this.pathNumber(number);
    return path === 0 ? undefined : this.#paths.at(path - 1);
  }

  message(number: number): L7 | undefined {
    const head = this.head(number);
    if (head === undefined) return undefined;
    const { http, dns } = head;
    const text = this.text(number);
    return {
      ...head,
      http: http && new ReadHttp(http.method, text, http.protocol, http.status),
      dns: dns && { ...dns, query: http ? dns.query : text },
    };
  }
}

/** Small numbers, as nearly all are, in half the room. */
type Numbers = Uint16Array | Uint32Array;

function compact(numbers: readonly number[]): Numbers {
  return numbers.every((number) => number <= MANY) ? Uint16Array.from(numbers) : Uint32Array.from(numbers);
}

/** Messages while they are read, each different one, and each of its texts, once. */
class Collected {
  readonly numbers: number[] = [];
  readonly latencies: number[] = [];
  readonly kindOf: number[] = [];
  readonly headOf: Head[] = [];
  readonly textOf: number[] = [];
  readonly texts = new TextNumbers();
  readonly #known = new Map<number, number>();

  constructor(private readonly heads: Heads) {}

  add(message: L7, latency: number, kind = 0): void {
    const head = this.heads.of(message);
    const text = this.texts.of(textOfMessage(message));
    const key = head.number * MANY_TEXTS + text;
    let number = this.#known.get(key);
    if (number === undefined) {
      this.#known.set(key, (number = this.headOf.push(head) - 1));
      this.textOf.push(text);
      this.kindOf.push(kind);
    }
    this.latencies.push(latency);
    this.numbers.push(number);
  }
}
