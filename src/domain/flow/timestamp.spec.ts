import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatTimestamp, fromMilliseconds, parseTimestamp } from './timestamp.js';

/** 1678 to 2261: what nanoseconds in 64 bits can hold. */
const times = fc.bigInt({ min: -9_214_560_000n * 1_000_000_000n, max: 9_214_646_400n * 1_000_000_000n });

describe('times of flows', () => {
  it('are read back from what is written, to the nanosecond', () => {
    fc.assert(
      fc.property(times, (time) => parseTimestamp(formatTimestamp(time)) === time),
      { numRuns: 500 },
    );
  });

  it('are written with 0, 3, 6 or 9 digits behind the second, in UTC, as Hubble does', () => {
    fc.assert(
      fc.property(times, (time) => {
        expect(formatTimestamp(time)).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.(\d{3}|\d{6}|\d{9}))?Z$/);
      }),
    );
    expect(formatTimestamp(1_780_308_000_000_000_000n)).toBe('2026-06-01T10:00:00Z');
    expect(formatTimestamp(1_780_308_000_120_000_000n)).toBe('2026-06-01T10:00:00.120Z');
    expect(formatTimestamp(1_780_308_000_000_001_000n)).toBe('2026-06-01T10:00:00.000001Z');
    expect(formatTimestamp(-1n)).toBe('1969-12-31T23:59:59.999999999Z');
  });

  it.each([
    ['2026-06-01T10:00:00Z', 1_780_308_000_000_000_000n],
    ['2026-06-01T10:00:00.5Z', 1_780_308_000_500_000_000n],
    ['2026-06-01T10:00:00.123456789Z', 1_780_308_000_123_456_789n],
    ['2026-06-01T10:00:00.1234567891Z', 1_780_308_000_123_456_789n],
    ['2026-06-01T12:00:00+02:00', 1_780_308_000_000_000_000n],
    ['2026-06-01T12:00:00.25+0200', 1_780_308_000_250_000_000n],
    ['2026-06-01T04:30:00-05:30', 1_780_308_000_000_000_000n],
    ['2026-06-01t10:00:00z', 1_780_308_000_000_000_000n],
    ['2026-06-01 10:00:00Z', 1_780_308_000_000_000_000n],
    ['1970-01-01T00:00:00Z', 0n],
    ['1969-12-31T23:59:59.9Z', -100_000_000n],
  ])('are read from %s', (text, time) => {
    expect(parseTimestamp(text)).toBe(time);
  });

  it.each([
    'yesterday',
    '',
    '2026-06-01',
    '2026-06-01T10:00:00',
    '2026-06-01T10:00Z',
    '2026-13-01T10:00:00Z',
    '2026-06-01T25:00:00Z',
    '2026-06-01T10:60:00Z',
    '2026-06-01T10:00:60Z',
    '2026-06-01T10:00:0xZ',
    'Jun 1 2026T10:00:00Z',
    '2026-06-01T10:00:00.1x3Z',
    '2026-06-01T10:00:00+25:00',
    '1600-01-01T00:00:00Z',
    '2300-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ])('are not made of %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it.each([undefined, null, 1_780_308_000, {}, ['2026-06-01T10:00:00Z']])(
    'are not made of %j, no text',
    (value) => {
      expect(parseTimestamp(value)).toBeUndefined();
    },
  );

  it.each(['2026-06-01T10:00:00.Z', '2026-02-30T10:00:00Z', '2026-06-01T24:00:30Z'])(
    'are not made of %s, which RFC 3339 does not know',
    (text) => {
      expect(parseTimestamp(text)).toBeUndefined();
    },
  );

  it('do not depend on the time that was read before', () => {
    const texts = [
      '2026-06-01T10:00:00Z',
      '2026-06-01T10:01:00Z',
      'x',
      '2026-06-01T10:00:59.1Z',
      '2026-06-01T10:00:00Z',
    ];
    expect(texts.map((text) => parseTimestamp(text)?.toString())).toEqual([
      '1780308000000000000',
      '1780308060000000000',
      undefined,
      '1780308059100000000',
      '1780308000000000000',
    ]);
  });

  it('are made of milliseconds without a rest', () => {
    expect(fromMilliseconds(1_780_308_000_000.7)).toBe(1_780_308_000_000_000_000n);
  });
});
