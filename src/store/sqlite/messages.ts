import type { L7 } from '../../domain/flow/flow.js';
import { readL7, readLatency } from '../../domain/flow/l7-reader.js';

/** More than fit into 16 bits. */
const MANY = 0xffff;

/**
 * The L7 messages of a segment as far as flows tell them, in a form that is kept for many segments: all URLs and
 * names stand in one text, everything else is told by a few heads.
 */
export class Messages {
  /** Of each row its place in the list of those that have one, plus one. */
  readonly #places: Uint16Array | Uint32Array;
  /** By place. */
  readonly #numbers: Uint32Array;
  /** Nanoseconds; 0 where it was not measured. */
  readonly #latencies: Float64Array;
  /** By number: the head, and where the text ends. */
  readonly #headOf: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #heads: readonly L7[];
  readonly #text: string;

  /** `valueOf` tells the message of a row as it is in the record. */
  constructor(rows: number, valueOf: (row: number) => unknown) {
    this.#places = rows < MANY ? new Uint16Array(rows) : new Uint32Array(rows);
    const told = new Collected();
    for (let row = 0; row < rows; row++) {
      const value = valueOf(row);
      const message = readL7(value);
      if (message !== undefined) this.#places[row] = told.add(message, readLatency(value));
    }
    this.#numbers = Uint32Array.from(told.numbers);
    this.#latencies = Float64Array.from(told.latencies);
    this.#headOf = Uint32Array.from(told.headOf);
    this.#heads = told.heads;
    let end = 0;
    this.#ends = Uint32Array.from(told.texts, ({ length }) => (end += length));
    this.#text = told.texts.join('');
  }

  /** About so much memory. */
  get bytes(): number {
    const lists = [this.#places, this.#numbers, this.#latencies, this.#headOf, this.#ends];
    return lists.reduce(
      (sum, { byteLength }) => sum + byteLength,
      this.#text.length + this.#heads.length * 300,
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

  message(number: number): L7 | undefined {
    const head = this.#heads[this.#headOf[number] ?? 0];
    if (head === undefined) return undefined;
    const text = this.#text.slice(this.#ends[number - 1] ?? 0, this.#ends[number]);
    const { http, dns } = head;
    return {
      ...head,
      http: http && { ...http, url: text },
      dns: dns && { ...dns, query: http ? dns.query : text },
    };
  }
}

/** Messages while they are read, each different one once. */
class Collected {
  readonly numbers: number[] = [];
  readonly latencies: number[] = [];
  readonly headOf: number[] = [];
  readonly texts: string[] = [];
  readonly heads: L7[] = [];
  readonly #knownHeads = new Map<string, number>();
  readonly #known = new Map<string, number>();

  /** Its place, plus one. */
  add(message: L7, latency: number): number {
    const text = message.http?.url ?? message.dns?.query ?? '';
    const head = this.#head(message);
    const key = `${head} ${text}`;
    let number = this.#known.get(key);
    if (number === undefined) {
      this.#known.set(key, (number = this.texts.push(text) - 1));
      this.headOf.push(head);
    }
    this.latencies.push(latency);
    return this.numbers.push(number);
  }

  #head({ type, kind, http, dns }: L7): number {
    const head: L7 = {
      type,
      kind,
      http: http && { ...http, url: '' },
      dns: dns && { ...dns, query: http ? dns.query : '' },
    };
    const key = JSON.stringify(head);
    let number = this.#knownHeads.get(key);
    if (number === undefined) this.#knownHeads.set(key, (number = this.heads.push(head) - 1));
    return number;
  }
}
