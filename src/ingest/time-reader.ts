import { sameBytes, viewOf } from './byte-arena.js';
import { formatTimestamp, parseTimestamp } from '../domain/flow/timestamp.js';

const MINUTE_LENGTH = '2026-06-01T10:00:'.length;
const ZERO = 48;
const DOT = 46;
const ZULU = 90;
const SCALE = [1_000_000_000, 0, 0, 1_000_000, 0, 0, 1_000, 0, 0, 1];

/**
 * Reads times in the one form in which Hubble writes them, so that they can be written again from
 * their nanoseconds. Consecutive flows share their minute.
 */
export class TimeReader {
  /** Nanoseconds since 1970: what was read last. */
  time = 0n;
  /** As written; before the first, like no time. Minutes may come in turns, so each takes the place of the last. */
  readonly #minute = Buffer.alloc(MINUTE_LENGTH);
  readonly #minuteView = viewOf(this.#minute);
  #minuteTime = 0n;

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
    this.time = this.#minuteTime + BigInt(seconds * 1_000_000_000 + nanoseconds);
    return true;
  }

  #readWhole(bytes: Buffer, from: number, to: number): boolean {
    const text = bytes.toString('latin1', from, to);
    const time = parseTimestamp(text);
    if (time === undefined || formatTimestamp(time) !== text) return false;
    this.time = time;
    const minute = text.slice(0, MINUTE_LENGTH);
    this.#minute.write(minute, 'latin1');
    this.#minuteTime = parseTimestamp(`${minute}00Z`) ?? 0n;
    return true;
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
