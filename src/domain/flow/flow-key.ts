import { createHash } from 'node:crypto';
import { isObject } from './json.js';

/**
 * What makes a flow the same flow when it is delivered again: its uuid, or its content where there
 * is none (before Cilium 1.14, or behind a field mask). 128 bits: a uuid fits as it is, everything
 * else is hashed.
 */
export type FlowKey = Uint32Array;

export const KEY_BYTES = 16;

const HEX = new Int8Array(128).fill(-1);
for (let digit = 0; digit < 16; digit++) HEX[digit.toString(16).charCodeAt(0)] = digit;

/** Writes the key of a canonical lower-case uuid; false for any other text. */
export function readUuid(text: string, key: FlowKey): boolean {
  if (text.length !== 36) return false;
  let nibbles = 0;
  let word = 0;
  for (let i = 0; i < 36; i++) {
    const code = text.charCodeAt(i);
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (code !== 45) return false;
      continue;
    }
    const digit = code < 128 ? (HEX[code] ?? -1) : -1;
    if (digit < 0) return false;
    word = (word << 4) | digit;
    if (++nibbles % 8 === 0) key[nibbles / 8 - 1] = word;
  }
  return true;
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** The uuid that a key is, from the key's bytes: four little-endian words. */
export function formatUuid(bytes: Uint8Array, at: number): string {
  const byte = (index: number) => BYTES[bytes[at + index] ?? 0] ?? '';
  const word = (first: number) => byte(first + 3) + byte(first + 2) + byte(first + 1) + byte(first);
  const [a, b, c, d] = [word(0), word(4), word(8), word(12)];
  return `${a}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${d}`;
}

export function hashText(text: string | Uint8Array, key: FlowKey): void {
  const digest = createHash('sha256').update(text).digest();
  for (let i = 0; i < 4; i++) key[i] = digest.readUInt32LE(i * 4);
}

/** Integers that JavaScript cannot tell apart must not be parsed to be compared. */
const LONG_NUMBER = /\d{16}/;

/** The content of a record, the same for any order of keys and any spacing. */
export function canonicalText(text: string): string {
  return LONG_NUMBER.test(text) ? text : JSON.stringify(JSON.parse(text), sortKeys);
}

function sortKeys(_: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
