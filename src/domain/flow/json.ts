/** Liberal access to protojson: snake_case or camelCase keys, numbers or strings, null for absent. */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const nothing: Json = Object.freeze({});

export function objectOf(value: unknown): Json {
  return isObject(value) ? value : nothing;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

/** 0 for whatever is no number. 64-bit integers come as strings; beyond 2^53 they lose digits, so never store one from here. */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return Number.isFinite(value) ? value : 0;
  if (typeof value !== 'string' || value === '') return 0;
  const number = Number(value);
  return Number.isFinite(number) ? number : 0;
}

/** A whole number from 0 up to 2^53 - 1: what is less, more or between is brought there. */
export function countOf(value: unknown): number {
  return Math.min(Math.max(0, Math.trunc(numberOf(value))), Number.MAX_SAFE_INTEGER);
}

/** The other name of a field of proto3. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

export function textsOf(value: unknown): string[] {
  return listOf(value).filter((item): item is string => typeof item === 'string');
}

/** How many characters a value made of JSON is written with. */
export function charactersOf(value: unknown): number {
  return JSON.stringify(value).length;
}

/**
 * Objects and arrays in one another that a record may have: Hubble's have ten at most, and readers of protobuf stop
 * at a hundred, too. Deeper ones take `JSON.stringify` the square of their depth, and then more than its stack.
 */
export const DEEPEST = 100;

/** Whether objects and arrays are in one another more than so many levels deep. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  // Not by Object.values, which takes twice as long: every record that is parsed is looked through.
  if (Array.isArray(value)) return value.some((part) => isDeeperThan(levels - 1, part));
  for (const key in value) if (isDeeperThan(levels - 1, (value as Json)[key])) return true;
  return false;
}

/** Whether a value is made of no more than so many. As values, `[[],[],[]]` takes twenty times the memory of its text. */
export function hasFewValues(value: unknown, most: number): boolean {
  const open = [value];
  let left = most;
  while (open.length > 0) {
    const next = open.pop();
    if (--left < 0) return false;
    if (typeof next !== 'object' || next === null) continue;
    const parts: unknown[] = Object.values(next);
    if (parts.length + open.length > left) return false;
    open.push(...parts);
  }
  return true;
}

/** Deep equality of values made of JSON. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => equal(item, b[i]));
  }
  if (Array.isArray(b)) return false;
  const left = a as Json;
  const right = b as Json;
  let count = 0;
  for (const key in left) {
    if (!equal(left[key], right[key])) return false;
    count++;
  }
  for (const _ in right) count--;
  return count === 0;
}
