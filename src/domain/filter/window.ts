import { FlowatlasError } from '../errors.js';
import { fromMilliseconds, inRange, parseTimestamp } from '../flow/timestamp.js';

/** Both ends belong to the window; nanoseconds since 1970. */
export interface Window {
  since: bigint | undefined;
  until: bigint | undefined;
}

export const always: Window = { since: undefined, until: undefined };

export function inWindow(window: Window, time: bigint): boolean {
  return (
    (window.since === undefined || time >= window.since) &&
    (window.until === undefined || time <= window.until)
  );
}

/** What lies in both. */
export function overlap(a: Window, b: Window): Window {
  return {
    since: a.since === undefined || (b.since !== undefined && b.since > a.since) ? b.since : a.since,
    until: a.until === undefined || (b.until !== undefined && b.until < a.until) ? b.until : a.until,
  };
}

const UNITS = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  // Go takes the micro sign and the Greek letter.
  ['\u00b5s', 1_000n],
  ['\u03bcs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['d', 86_400_000_000_000n],
  ['w', 604_800_000_000_000n],
]);
const UNIT = '(ns|us|\u00b5s|\u03bcs|ms|s|m|h|d|w)';
const DURATION = new RegExp(`^[-+]?(?:(?:\\d+(?:\\.\\d*)?|\\.\\d+)${UNIT})+$`);
const TERM = new RegExp(`(\\d*)(?:\\.(\\d*))?${UNIT}`, 'g');
const SHORT_TIME = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2})(?::(\d{2}))?(Z|[+-]\d{2}:\d{2})?)?$/;

/**
 * Hubble's forms of `--since` and `--until`: a duration back from now, as Go reads them (`10m`, `1h30m`, `.5s`,
 * `-10m` for ten minutes ahead; days and weeks besides), a day, an hour or a minute, RFC 3339, or RFC 1123 with a
 * numeric zone. https://pkg.go.dev/time#ParseDuration
 */
export function parseTime(field: string, text: string, now: number): bigint {
  const back = parseDuration(text);
  const time =
    back === undefined
      ? (parseTimestamp(text) ?? parseShort(text) ?? parseRfc1123(text))
      : inRange(fromMilliseconds(now) - back);
  if (time !== undefined) return time;
  throw new FlowatlasError(
    'invalid_parameter',
    `${field}: "${text.slice(0, 50)}" is neither a duration such as 10m, 1h30m or 7d nor a time such as 2026-06-01T10:00:00Z`,
    field,
  );
}

/** Nanoseconds; undefined where the text is no duration. */
export function parseDuration(text: string): bigint | undefined {
  if (/^[-+]?0$/.test(text)) return 0n;
  if (!DURATION.test(text)) return undefined;
  let sum = 0n;
  for (const [, whole = '', fraction = '', unit = 's'] of text.matchAll(TERM)) {
    const size = UNITS.get(unit) ?? 0n;
    sum += BigInt(whole) * size + (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
  }
  return text.startsWith('-') ? -sum : sum;
}

function parseShort(text: string): bigint | undefined {
  const match = SHORT_TIME.exec(text);
  if (!match) return undefined;
  const [, day, hour = '00', minute = '00', zone = 'Z'] = match;
  return parseTimestamp(`${day}T${hour}:${minute}:00${zone}`);
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const RFC_1123 =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}:\d{2}:\d{2}) ([+-](?:[01]\d|2[0-3])[0-5]\d)$/;

/** `Mon, 02 Jan 2006 15:04:05 -0700`. Date.parse would take the 31st of February for a day in March, and any zone. */
function parseRfc1123(text: string): bigint | undefined {
  const match = RFC_1123.exec(text);
  if (!match) return undefined;
  const [, day = '', name = '', year = '', clock = '', zone = ''] = match;
  const month = String(MONTHS.indexOf(name) + 1).padStart(2, '0');
  return parseTimestamp(`${year}-${month}-${day}T${clock}${zone}`);
}
