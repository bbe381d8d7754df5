import { RE2JS } from 're2js';
import { readText, Refusal } from './criterion.js';

/** Patterns of one field: each is run over every URL. */
export const MOST_PATTERNS = 50;

const LONGEST_PATTERN = 1_000;

/** A regular expression of RE2, which runs in linear time. */
export function readPattern(value: unknown): string {
  const pattern = readText(value);
  if (pattern.length > LONGEST_PATTERN) {
    throw new Refusal(`a pattern has at most ${LONGEST_PATTERN} characters`);
  }
  try {
    RE2JS.compile(pattern);
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error));
  }
  return pattern;
}

/** Whether one of the patterns is found anywhere in a text. */
export function findsAny(patterns: readonly string[]): (text: string) => boolean {
  const compiled = patterns.map((pattern) => RE2JS.compile(pattern));
  return (text) => compiled.some((pattern) => pattern.test(text));
}
