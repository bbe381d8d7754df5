import { describe, expect, it } from '@jest/globals';
import { timeFormat, timeFormatNames } from './time-format.js';

describe('times', () => {
  const all = (text: unknown) => timeFormatNames.map((name) => timeFormat(name)?.(text));

  it('are written in every format that Hubble has', () => {
    expect(timeFormatNames).toEqual([
      'StampMilli',
      'YearMonthDay',
      'YearMonthDayHour',
      'YearMonthDayHourMinute',
      'RFC3339',
      'RFC3339Milli',
      'RFC3339Micro',
      'RFC3339Nano',
      'RFC1123Z',
    ]);
    expect(all('2026-02-03T04:05:06.120999999Z')).toEqual([
      'Feb  3 04:05:06.120',
      '2026-02-03',
      '2026-02-03T04Z',
      '2026-02-03T04:05Z',
      '2026-02-03T04:05:06Z',
      '2026-02-03T04:05:06.12Z',
      '2026-02-03T04:05:06.120999Z',
      '2026-02-03T04:05:06.120999999Z',
      'Tue, 03 Feb 2026 04:05:06 +0000',
    ]);
    expect(all('2026-12-13T23:59:59+01:00').slice(4)).toEqual([
      '2026-12-13T22:59:59Z',
      '2026-12-13T22:59:59Z',
      '2026-12-13T22:59:59Z',
      '2026-12-13T22:59:59Z',
      'Sun, 13 Dec 2026 22:59:59 +0000',
    ]);
    expect(all('1969-12-31T23:59:59.5Z')[0]).toBe('Dec 31 23:59:59.500');
  });

  it('are N/A where there is none', () => {
    for (const none of [undefined, null, '', 'yesterday'])
      expect(new Set(all(none))).toEqual(new Set(['N/A']));
  });

  it('are known by name in any case', () => {
    expect(timeFormat('rfc3339nano')?.('2026-01-01T00:00:00.5Z')).toBe('2026-01-01T00:00:00.5Z');
    expect(timeFormat('RFC850')).toBeUndefined();
  });
});
