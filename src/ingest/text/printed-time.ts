import { formatTimestamp, parseTimestamp } from '../../domain/flow/timestamp.js';

/**
 * Times as `hubble observe --time-format` prints them, always in UTC: StampMilli (the default, without
 * a year), YearMonthDay, -Hour, -HourMinute, RFC3339 in four precisions, RFC1123Z; N/A for none.
 */
const STAMP = '[A-Z][a-z]{2}\\s+\\d{1,2}\\s+\\d{2}:\\d{2}:\\d{2}(?:\\.\\d{1,9})?';
const RFC_3339 =
  '\\d{4}-\\d{2}-\\d{2}(?:T\\d{2}(?::\\d{2}(?::\\d{2}(?:\\.\\d{1,9})?)?)?(?:Z|[+-]\\d{2}:?\\d{2}))?';
const RFC_1123 = '[A-Z][a-z]{2}, \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} (?:[+-]\\d{4}|GMT|UTC)';

/** For regular expressions that look for a time in a line. */
export const TIME_PATTERN = `${RFC_1123}|${STAMP}|${RFC_3339}|N/A`;

const BEGINNING = new RegExp(`(?:^|[^\\w.])(?:${TIME_PATTERN})(?:[\\s:]|$)`);

/** A line with a time in it is no rest of the one before. */
export function hasTime(text: string): boolean {
  return BEGINNING.test(text);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY = 86_400_000;
/** The calendar repeats its leap years within this many years, 1900 and 2100 included. */
const LONGEST_LEAP_GAP = 8;

/** What is known of the year in which lines without one were printed. */
export interface Dating {
  /** The year that was told. */
  year: number | undefined;
  /** Milliseconds since 1970: no line is newer than this. */
  notAfter: number;
  /** What that moment is, for the report. */
  notAfterIs: 'the date of the file' | 'the time of arrival';
}

/** What log files, container runtimes and CI put before a line, if only behind a word or two. */
const LOGGED = new RegExp(`^\\s*(?:\\S+ ){0,2}(\\d{4}-\\d{2}-\\d{2}T[\\d:.]+(?:Z|[+-]\\d{2}:?\\d{2}))\\s`);

/** A line's own dating, where a log says when it got the line. */
export function datingOf(line: string, dating: Dating): Dating {
  const logged = dating.year === undefined ? parseTimestamp(LOGGED.exec(line)?.[1]) : undefined;
  if (logged === undefined) return dating;
  return { ...dating, notAfter: Number(logged / 1_000_000n) };
}

export interface ReadTime {
  /** RFC 3339 in UTC as Hubble's JSON has it; undefined for N/A. */
  time: string | undefined;
  /** The year that the line does not say. */
  assumedYear: number | undefined;
}

const TIME_STAMP = /^([A-Z][a-z]{2})\s+(\d{1,2})\s+(\d{2}:\d{2}:\d{2})(\.\d+)?$/;
const TIME_1123 = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) (.+)$/;
const TIME_3339 =
  /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?(Z|[+-]\d{2}:?\d{2}))?$/;

/** Undefined where the text is no time, or no date of the calendar. */
export function readTime(text: string, dating: Dating): ReadTime | undefined {
  if (text === 'N/A') return { time: undefined, assumedYear: undefined };
  const stamp = TIME_STAMP.exec(text);
  if (stamp !== null) return readStamp(stamp, dating);
  return complete(toRfc3339(text));
}

function complete(text: string | undefined): ReadTime | undefined {
  const nanoseconds = parseTimestamp(text);
  if (nanoseconds === undefined) return undefined;
  return { time: formatTimestamp(nanoseconds), assumedYear: undefined };
}

function toRfc3339(text: string): string | undefined {
  const iso = TIME_3339.exec(text);
  if (iso !== null) {
    const [, date = '', hour = '00', minute = '00', second = '00', zone = 'Z'] = iso;
    return `${date}T${hour}:${minute}:${second}${zone}`;
  }
  const [, day = '', name = '', year = '', clock = '', zone = ''] = TIME_1123.exec(text) ?? [];
  const month = MONTHS.indexOf(name) + 1;
  if (month === 0) return undefined;
  return `${year}-${twoDigits(month)}-${day}T${clock}${/^[+-]/.test(zone) ? zone : 'Z'}`;
}

function readStamp(stamp: RegExpExecArray, dating: Dating): ReadTime | undefined {
  const [, name = '', day = '', clock = '', fraction = ''] = stamp;
  const month = MONTHS.indexOf(name) + 1;
  const date = `${twoDigits(month)}-${day.padStart(2, '0')}T${clock}`;
  const year = month === 0 ? undefined : yearOf(date, dating);
  if (year === undefined) return undefined;
  const read = complete(`${year}-${date}${fraction}Z`);
  return read && { ...read, assumedYear: year };
}

/**
 * The year that was told, else the newest that does not put the line after the file's date; a day
 * of grace is for clocks that differ. The 29th of February goes back to a year that has one.
 */
function yearOf(date: string, { year, notAfter }: Dating): number | undefined {
  const limit = year === undefined ? notAfter + DAY : Infinity;
  const newest = year ?? new Date(limit).getUTCFullYear();
  for (let candidate = newest; candidate >= newest - LONGEST_LEAP_GAP - 1; candidate--) {
    const text = `${candidate}-${date}`;
    const milliseconds = Date.parse(`${text}Z`);
    // Date.parse takes the 30th of February for a day in March.
    const exists = !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(text);
    if (exists && milliseconds <= limit) return candidate;
  }
  return undefined;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
