import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { counted, duration, wordsOf } from './words.js';

describe('words', () => {
  it('tell an error of the system with the file that it is about', () => {
    const errorOf = (act: () => unknown): unknown => {
      try {
        return act();
      } catch (error) {
        return error;
      }
    };
    expect(wordsOf(errorOf(() => readFileSync('/no/such/file')))).toBe('/no/such/file does not exist');
    expect(wordsOf(errorOf(() => readFileSync('/dev/null/file')))).toBe(
      '/dev/null/file leads through something that is no folder',
    );
  });

  it('leave other errors as they are', () => {
    expect(wordsOf(new Error('no answer'))).toBe('no answer');
    expect(wordsOf(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }))).toBe(
      'connect ECONNREFUSED',
    );
  });

  it('count one thing and several', () => {
    expect([0, 1, 2_000].map((count) => counted(count, 'flow'))).toEqual([
      '0 flows',
      '1 flow',
      '2,000 flows',
    ]);
  });

  it('tell durations by their two largest units', () => {
    expect([0, 59, 60, 61, 3_600, 86_399, 90_000, 86_400 * 400 + 5].map(duration)).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '1 min 1 s',
      '1 h',
      '23 h 59 min',
      '1 d 1 h',
      '400 d',
    ]);
  });
});
