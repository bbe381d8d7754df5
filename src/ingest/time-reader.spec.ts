import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatTimestamp, parseTimestamp } from '../domain/flow/timestamp.js';
import { viewOf } from './byte-arena.js';
import { TimeReader } from './time-reader.js';

/** What is read of the text where it stands in other bytes; undefined where it has to be parsed. */
function readBy(reader: TimeReader, text: string): bigint | undefined {
  const bytes = Buffer.from(`"${text}"`);
  return reader.read(bytes, viewOf(bytes), 1, 1 + text.length) ? reader.time : undefined;
}

/** Minutes at both ends of what 64 bits hold, at 1970, and of today. */
const minute = fc.constantFrom(
  '1677-09-21T00:12',
  '1677-09-21T00:13',
  '1969-12-31T23:59',
  '1970-01-01T00:00',
  '2026-06-01T10:00',
  '2026-06-01T10:01',
  '2262-04-11T23:46',
  '2262-04-11T23:47',
  '2026-02-30T10:00',
);
const time = fc
  .tuple(
    minute,
    fc.integer({ min: 0, max: 61 }),
    fc.constantFrom('', '.5', '.500', '.250000', '.000000001', '.'),
  )
  .map(([of, second, fraction]) => `${of}:${String(second).padStart(2, '0')}${fraction}Z`);

describe('times read in a row', () => {
  it('are what each is by itself, and only those that are written as Hubble writes them', () => {
    fc.assert(
      fc.property(fc.array(time, { maxLength: 20 }), (texts) => {
        const reader = new TimeReader();
        for (const text of texts) {
          const parsed = parseTimestamp(text);
          const isUsual = parsed !== undefined && formatTimestamp(parsed) === text;
          expect(readBy(reader, text)).toBe(isUsual ? parsed : undefined);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
