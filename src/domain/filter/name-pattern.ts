import { RE2JS } from 're2js';
import { invalidFilter } from '../errors.js';

/** Hubble's patterns of names: `*` stands for any letters, digits, dashes and dots. Answers a regular expression. */
export function namePattern(field: string, value: string): string {
  const pattern = value.trim().replace(/\.$/, '').toLowerCase();
  if (!/^[-._0-9a-z*]+$/.test(pattern)) {
    throw invalidFilter(field, `"${value}" has other characters than a DNS name and *`);
  }
  return pattern.replaceAll('.', '\\.').replaceAll('*', '[-.0-9a-z]*');
}

/** Whether all of a name is as one of the patterns says. */
export function anyOf(patterns: readonly string[]): (name: string) => boolean {
  const compiled = RE2JS.compile(patterns.map((pattern) => `(?:${pattern})`).join('|'));
  return (name) => compiled.matches(name);
}
