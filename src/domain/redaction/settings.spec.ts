import { describe, expect, it } from '@jest/globals';
import { stopWatch } from '../../../test/support/cpu-time.js';
import { readNames, readPattern } from './settings.js';

describe('a list of names', () => {
  const test = readNames(' token, x-*-key,/^sig(nature)?$/ , /a{1,2}b/,Cookie');

  it.each(['token', 'TOKEN', 'X-My-Key', 'x--key', 'sig', 'Signature', 'xaab', 'cookie'])(
    'passes %s',
    (name) => {
      expect(test?.(name)).toBe(true);
    },
  );

  it.each(['tokens', 'xtoken', 'x-my-keys', 'signatures', 'ac', ''])('leaves out %j', (name) => {
    expect(test?.(name)).toBe(false);
  });

  it('may be empty', () => {
    expect(readNames('')).toBeUndefined();
    expect(readNames('  ')).toBeUndefined();
  });

  it.each(['a,,b', ',a', '/(/', '/a', 'a b', '/a(?=b)/'])('is refused: %s', (list) => {
    expect(() => readNames(list)).toThrow(/no name or \/pattern\/ at|"/);
  });

  it('is read in time that does not depend on the pattern', () => {
    const evil = readNames('/^(a+)+$/');
    const worked = stopWatch();
    expect(evil?.(`${'a'.repeat(50_000)}!`)).toBe(false);
    expect(worked()).toBeLessThan(5_000);
  });
});

describe('a pattern', () => {
  it('is refused where it is none, or matches everywhere', () => {
    expect(() => readPattern('(')).toThrow('missing closing )');
    expect(() => readPattern('a*')).toThrow('matches the empty text');
    expect(readPattern('')).toBeUndefined();
  });
});
