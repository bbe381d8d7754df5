import { RE2JS } from 're2js';
import { Refusal, shown } from './criterion.js';

/** Patterns of one field, which become one regular expression. */
export const MOST_NAMES = 100;

/** Of a DNS name; what is longer is no name. */
const LONGEST_NAME = 255;

/** Hubble's patterns of names: `*` stands for any letters, digits, dashes and dots. Answers a regular expression. */
export function namePattern(value: string): string {
  const pattern = value.trim().replace(/\.$/, '').toLowerCase();
  if (pattern.endsWith('.')) throw new Refusal(`${shown(value)} ends with more than one dot`);
  if (pattern.length > LONGEST_NAME) throw new Refusal(`a name has at most ${LONGEST_NAME} characters`);
  if (!/^[-._0-9a-z*]+$/.test(pattern)) {
    throw new Refusal(`${shown(value)} has other characters than a DNS name and *`);
  }
  return pattern.replaceAll('.', '\\.').replace(/\*+/g, '[-.0-9a-z]*');
}

/** Whether all of a name is as one of the patterns says. */
export function anyOf(patterns: readonly string[]): (name: string) => boolean {
  const compiled = RE2JS.compile(patterns.map((pattern) => `(?:${pattern})`).join('|'));
  return (name) => compiled.matches(name);
}
