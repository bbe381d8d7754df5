import { createHash } from 'node:crypto';
import { isObject } from './json.js';

/**
 * What makes a flow the same flow when it is delivered again: its uuid, or its content where there
 * is none (before Cilium 1.14, or behind a field mask). 128 bits: a uuid fits as it is, everything
 * else is hashed.
 */
export type FlowKey = Uint32Array;

export const KEY_BYTES = 16;

/** By character; what is no lower-case digit is negative. */
const HEX = new Int8Array(256).fill(-1);
for (let digit = 0; digit < 16; digit++) HEX[digit.toString(16).charCodeAt(0)] = digit;

export const UUID_LENGTH = 36;
const DASH = 45;
const text36 = Buffer.alloc(UUID_LENGTH * 3);

/** Writes the key of a canonical lower-case uuid; false for any other text. */
export function readUuid(text: string, key: FlowKey): boolean {
  return text.length === UUID_LENGTH && text36.write(text) === UUID_LENGTH && readUuidAt(text36, 0, key);
}

/** The same of the bytes that begin at `at`; there must be enough of them. */
export function readUuidAt(bytes: Uint8Array, at: number, key: FlowKey): boolean {
  if (bytes[at + 8] !== DASH || bytes[at + 13] !== DASH) return false;
  if (bytes[at + 18] !== DASH || bytes[at + 23] !== DASH) return false;
  const a = fourDigits(bytes, at);
  const b = fourDigits(bytes, at + 4);
  const c = fourDigits(bytes, at + 9);
  const d = fourDigits(bytes, at + 14);
  const e = fourDigits(bytes, at + 19);
  const f = fourDigits(bytes, at + 24);
  const g = fourDigits(bytes, at + 28);
  const h = fourDigits(bytes, at + 32);
  if ((a | b | c | d | e | f | g | h) < 0) return false;
  key[0] = (a << 16) | b;
  key[1] = (c << 16) | d;
  key[2] = (e << 16) | f;
  key[3] = (g << 16) | h;
  return true;
}

/** Negative unless all four are digits. */
function fourDigits(bytes: Uint8Array, at: number): number {
  return (
    (digit(bytes, at) << 12) |
    (digit(bytes, at + 1) << 8) |
    (digit(bytes, at + 2) << 4) |
    digit(bytes, at + 3)
  );
}

function digit(bytes: Uint8Array, at: number): number {
  return HEX[bytes[at] ?? 0] ?? -1;
}

/** A view of the key as it rests. */
export function bytesOf(key: FlowKey): Uint8Array {
  return new Uint8Array(key.buffer, key.byteOffset, key.byteLength);
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
