import { sameBytes, viewOf } from './byte-arena.js';
import { formatTimestamp, parseTimestamp } from '../domain/flow/timestamp.js';

const MINUTE_LENGTH = '2026-06-01T10:00:'.length;
const ZERO = 48;
const DOT = 46;
const ZULU = 90;
const WORD = 2 ** 32;
const SCALE = [1_000_000_000, 0, 0, 1_000_000, 0, 0, 1_000, 0, 0, 1];

/**
 * Reads times in the one form in which Hubble writes them, so that they can be written again from
 * their nanoseconds. Consecutive flows share their minute.
 */
export class TimeReader {
  /** Nanoseconds since 1970: what was read last, and its two words. To add bigints would make three objects of it. */
  readonly #time = new BigInt64Array(1);
  readonly #words = new Uint32Array(this.#time.buffer);
  /** As written; before the first, like no time. Minutes may come in turns, so each takes the place of the last. */
  readonly #minute = Buffer.alloc(MINUTE_LENGTH);
  readonly #minuteView = viewOf(this.#minute);
  #minuteLow = 0;
  #minuteHigh = 0;

  get time(): bigint {
    return this.#time[0] ?? 0n;
  }

  /** False for any text that is not to the letter what `formatTimestamp` writes. */
  read(bytes: Buffer, view: DataView, from: number, to: number): boolean {
    const isSameMinute =
      from + MINUTE_LENGTH <= to && sameBytes(this.#minuteView, 0, view, from, MINUTE_LENGTH);
    if (!isSameMinute) return this.#readWhole(bytes, from, to);
    const seconds = digits(bytes, from + MINUTE_LENGTH, from + MINUTE_LENGTH + 2);
    if (seconds < 0 || seconds > 59 || bytes[to - 1] !== ZULU) return false;
    const dot = from + MINUTE_LENGTH + 2;
    const nanoseconds = dot === to - 1 ? 0 : readFraction(bytes, dot, to - 1);
    if (nanoseconds < 0) return false;
    const low = this.#minuteLow + seconds * 1_000_000_000 + nanoseconds;
    this.#words[0] = low;
    this.#words[1] = this.#minuteHigh + Math.floor(low / WORD);
    return true;
  }

  #readWhole(bytes: Buffer, from: number, to: number): boolean {
    const text = bytes.toString('latin1', from, to);
    const time = parseTimestamp(text);
    if (time === undefined || formatTimestamp(time) !== text) return false;
    this.#keepMinute(text.slice(0, MINUTE_LENGTH));
    this.#time[0] = time;
    return true;
  }

  /** Unless a part of it is out of range. */
  #keepMinute(minute: string): void {
    const begin = parseTimestamp(`${minute}00Z`);
    if (begin === undefined || parseTimestamp(`${minute}59.999999999Z`) === undefined) return;
    this.#minute.write(minute, 'latin1');
    this.#time[0] = begin;
    this.#minuteLow = this.#words[0] ?? 0;
    this.#minuteHigh = this.#words[1] ?? 0;
  }
}

/** Nanoseconds; -1 unless it is a dot and 3, 6 or 9 digits of which the last three are not all zero. */
function readFraction(bytes: Uint8Array, dot: number, to: number): number {
  const length = to - dot - 1;
  if (bytes[dot] !== DOT || (length !== 3 && length !== 6 && length !== 9)) return -1;
  const value = digits(bytes, dot + 1, to);
  return value < 0 || value % 1000 === 0 ? -1 : value * (SCALE[length] ?? 0);
}

function digits(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
