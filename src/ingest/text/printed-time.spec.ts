import { describe, expect, it } from '@jest/globals';
import { readTime, TIME_PATTERN, type Dating } from './printed-time.js';

const file = (date: string, year?: number): Dating => ({
  year,
  notAfter: Date.parse(date),
  notAfterIs: 'the date of the file',
});
const read = (text: string, dating = file('2026-11-21T06:00:00Z')) => readTime(text, dating)?.time;

describe('a printed time', () => {
  it.each([
    ['StampMilli', 'Jul 24 13:42:21.107', '2026-07-24T13:42:21.107Z'],
    ['StampMilli on a day of one digit', 'May  4 13:23:40.501', '2026-05-04T13:23:40.501Z'],
    ['StampMilli whose blanks were lost', 'May 4 13:23:40.501', '2026-05-04T13:23:40.501Z'],
    ['YearMonthDay', '2024-01-02', '2024-01-02T00:00:00Z'],
    ['YearMonthDayHour', '2024-01-02T15Z', '2024-01-02T15:00:00Z'],
    ['YearMonthDayHourMinute', '2024-01-02T15:04+02:00', '2024-01-02T13:04:00Z'],
    ['RFC3339', '2024-01-02T15:04:05Z', '2024-01-02T15:04:05Z'],
    ['RFC3339Milli', '2024-01-02T15:04:05.120Z', '2024-01-02T15:04:05.120Z'],
    ['RFC3339Micro', '2024-01-02T15:04:05.123456-05:00', '2024-01-02T20:04:05.123456Z'],
    ['RFC3339Nano', '2024-01-02T15:04:05.123456789Z', '2024-01-02T15:04:05.123456789Z'],
    ['RFC1123Z', 'Tue, 02 Jan 2024 15:04:05 +0100', '2024-01-02T14:04:05Z'],
  ])('in the format %s is read in UTC', (_, text, time) => {
    expect(text).toMatch(new RegExp(`^(?:${TIME_PATTERN})$`));
    expect(read(text)).toBe(time);
  });

  it('of N/A is none, and neither are dates that do not exist', () => {
    expect(readTime('N/A', file('2026-01-01T00:00:00Z'))).toEqual({
      time: undefined,
      assumedYear: undefined,
    });
    for (const text of [
      'Feb 30 10:00:00.000',
      'Foo 12 10:00:00.000',
      'Jan 12 25:00:00.000',
      '2024-02-30',
      'now',
    ])
      expect(readTime(text, file('2026-01-01T00:00:00Z'))).toBeUndefined();
  });
});

describe('the year of a time without one', () => {
  it('is the newest that is not after the date of the file', () => {
    expect(read('Nov 20 10:00:00.000')).toBe('2026-11-20T10:00:00Z');
    expect(read('Dec 13 08:49:58.888')).toBe('2025-12-13T08:49:58.888Z');
    expect(read('Dec 31 23:59:59.999', file('2027-01-01T00:10:00Z'))).toBe('2026-12-31T23:59:59.999Z');
  });

  it('allows for clocks that are a little ahead, also over the turn of the year', () => {
    expect(read('Nov 21 20:00:00.000')).toBe('2026-11-21T20:00:00Z');
    expect(read('Jan  1 00:00:01.000', file('2026-12-31T23:59:00Z'))).toBe('2027-01-01T00:00:01Z');
  });

  it('is the one that was told, whatever the file says', () => {
    expect(read('Dec 13 08:49:58.888', file('2026-11-21T06:00:00Z', 2021))).toBe('2021-12-13T08:49:58.888Z');
    expect(readTime('Dec 13 08:49:58.888', file('2026-11-21T06:00:00Z', 2021))?.assumedYear).toBe(2021);
  });

  it('has a 29th of February where one is told', () => {
    expect(read('Feb 29 13:00:29.389')).toBe('2024-02-29T13:00:29.389Z');
    expect(read('Feb 29 13:00:29.389', file('2026-11-21T06:00:00Z', 2023))).toBe('2020-02-29T13:00:29.389Z');
    expect(read('Feb 29 13:00:29.389', file('2103-11-21T06:00:00Z'))).toBe('2096-02-29T13:00:29.389Z');
  });
});
