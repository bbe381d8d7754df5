import { describe, expect, it } from '@jest/globals';
import { FlowatlasError } from '../errors.js';
import { formatTimestamp } from '../flow/timestamp.js';
import { inWindow, parseTime } from './window.js';

const now = Date.UTC(2026, 5, 1, 10);

describe('the time of a window', () => {
  it.each([
    ['10m', '2026-06-01T09:50:00Z'],
    ['1h30m', '2026-06-01T08:30:00Z'],
    ['1.5h', '2026-06-01T08:30:00Z'],
    ['90s', '2026-06-01T09:58:30Z'],
    ['1500ms', '2026-06-01T09:59:58.500Z'],
    ['1ns', '2026-06-01T09:59:59.999999999Z'],
    ['2us', '2026-06-01T09:59:59.999998Z'],
    ['2µs', '2026-06-01T09:59:59.999998Z'],
    ['7d', '2026-05-25T10:00:00Z'],
    ['2w', '2026-05-18T10:00:00Z'],
    ['0s', '2026-06-01T10:00:00Z'],
    ['0', '2026-06-01T10:00:00Z'],
    ['-10m', '2026-06-01T10:10:00Z'],
    ['+10m', '2026-06-01T09:50:00Z'],
    ['-1h30m', '2026-06-01T11:30:00Z'],
    ['.5s', '2026-06-01T09:59:59.500Z'],
    ['1.h', '2026-06-01T09:00:00Z'],
    ['2\u03bcs', '2026-06-01T09:59:59.999998Z'],
    ['1w2d', '2026-05-23T10:00:00Z'],
    ['2026-05-30', '2026-05-30T00:00:00Z'],
    ['2026-05-30T08', '2026-05-30T08:00:00Z'],
    ['2026-05-30T08Z', '2026-05-30T08:00:00Z'],
    ['2026-05-30T08+02:00', '2026-05-30T06:00:00Z'],
    ['2026-05-30T08:15Z', '2026-05-30T08:15:00Z'],
    ['2026-05-30T08:15-01:00', '2026-05-30T09:15:00Z'],
    ['2026-05-30T08:15:00.123456789Z', '2026-05-30T08:15:00.123456789Z'],
    ['Sat, 30 May 2026 08:15:00 +0200', '2026-05-30T06:15:00Z'],
    ['Mon, 02 Jan 2006 15:04:05 -0730', '2006-01-02T22:34:05Z'],
  ])('%s is %s, at ten', (text, time) => {
    expect(formatTimestamp(parseTime('since', text, now))).toBe(time);
  });

  it.each([
    '',
    'yesterday',
    '10',
    '10 m',
    '--10m',
    '.s',
    '1h-30m',
    '1h 30m',
    '10x',
    '2026-13-01',
    '26-05-30',
    '2026-05-30T25Z',
    '1..h',
    '2026-02-31',
    'Mon, 31 Feb 2026 10:00:00 +0000',
    'Sat, 30 Mai 2026 08:15:00 +0200',
    'Sat, 30 May 2026 24:00:00 +0000',
    'Sat, 30 May 2026 08:15:00 +9999',
    'Sat, 30 May 2026 08:15:00 +2400',
    'Sat, 30 May 2026 08:15:00 -0060',
  ])('%j is refused with the name of its field', (text) => {
    const parse = () => parseTime('until', text, now);
    expect(parse).toThrow(FlowatlasError);
    expect(parse).toThrow(/^until: ".*" is neither a duration .* nor a time/);
  });
});

describe('a window', () => {
  it('holds both of its ends, and everything where an end is open', () => {
    const window = { since: 10n, until: 20n };
    expect([9n, 10n, 20n, 21n].map((time) => inWindow(window, time))).toEqual([false, true, true, false]);
    expect(inWindow({ since: 10n, until: undefined }, 1n << 62n)).toBe(true);
    expect(inWindow({ since: undefined, until: 20n }, -(1n << 62n))).toBe(true);
  });
});
