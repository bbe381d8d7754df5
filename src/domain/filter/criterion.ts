import type { Endpoint, RecordedFlow, Side } from '../flow/flow.js';

/** The law of a filter: whether a flow passes. */
export type Predicate = (flow: RecordedFlow) => boolean;

/** Whether one end of a flow passes. */
export type SidePredicate = (flow: RecordedFlow, side: Side) => boolean;

/** A flag of `hubble observe`, which is also the name of a parameter. */
export interface Flag {
  readonly name: string;
  readonly describe: string;
  /** It takes no value. */
  readonly isSwitch?: boolean;
  /** What a word after it puts into the field; the word itself unless said. */
  value?(word: string): unknown;
}

/**
 * One field of a flow filter, which is a list of alternatives, and the flags that fill it. `read` refuses
 * what makes no sense when the filter is built; `test` is given what it answered and refuses nothing.
 */
export interface Criterion<T = unknown> {
  /** The name in Hubble's FlowFilter; one with a dash is ours. */
  readonly field: string;
  readonly flags: readonly Flag[];
  /** So many values a field has at most; a thousand unless said. Each is held against every flow. */
  readonly most?: number;
  /** A value as JSON has it, in the one form in which Hubble writes it. */
  read(value: unknown): T;
  test(values: readonly T[]): Predicate;
}

/**
 * The same for the two fields `source_…` and `destination_…`, whose flags are `from-…` and `to-…`; the flag
 * without these asks for either side.
 */
export interface SidedCriterion<T = unknown> {
  readonly field: string;
  readonly flag: Flag;
  readonly most?: number;
  read(value: unknown): T;
  test(values: readonly T[]): SidePredicate;
}

/** Why a value makes no sense. Whoever handed it over knows where it stood. */
export class Refusal extends Error {}

export function readText(value: unknown): string {
  if (typeof value !== 'string') throw new Refusal(`${shown(value)} is no text`);
  if (value === '') throw new Refusal('an empty value matches nothing');
  if (value.length > LONGEST_TEXT) throw new Refusal(`a value has at most ${LONGEST_TEXT} characters`);
  return value;
}

/** The word of a flag that takes none: a URL gives it all the same. */
export function refuseUnlessOn(word: string): void {
  if (word === '' || word === 'true') return;
  throw new Refusal(`${shown(word)} is not true; it takes no value`);
}

const LONGEST_TEXT = 4_096;

/** A refused value in a message: its beginning, as it could be anything of any length and depth. */
export function shown(value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** Judges each endpoint once: flows share equal endpoints. */
export function onEndpoint(test: (endpoint: Endpoint) => boolean): SidePredicate {
  const judged = once(test);
  return (flow, side) => judged(flow[side]);
}

/** Judges each object once: flows share equal parts. */
export function once<T extends object>(test: (part: T) => boolean): (part: T) => boolean {
  const known = new WeakMap<T, boolean>();
  return (part) => {
    let answer = known.get(part);
    if (answer === undefined) known.set(part, (answer = test(part)));
    return answer;
  };
}
