/**
 * Times of flows are nanoseconds since 1970 in a bigint: Hubble writes RFC 3339 with up to nine
 * fractional digits, more than a JavaScript number of milliseconds or microseconds can hold.
 */

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:?\d{2})$/;
/** Seconds. */
const DAY = 86_400;
const BILLION = 1_000_000_000n;
/** What a signed 64-bit column can hold: years 1677 to 2262. */
const LIMIT = (1n << 63n) - 1n;

let lastMinute = '';
let lastMinuteSeconds = 0;

/** Nanoseconds since 1970, or undefined when the text is no RFC 3339 time or is out of range. */
export function parseTimestamp(text: unknown): bigint | undefined {
  if (typeof text !== 'string') return undefined;
  return parseCanonical(text) ?? parseGeneral(text);
}

/** `2026-06-01T10:00:00.123456789Z`, the only form Hubble itself writes; consecutive flows share their minute. */
function parseCanonical(text: string): bigint | undefined {
  const length = text.length;
  if (length < 20 || text.charCodeAt(length - 1) !== 90 || text.charCodeAt(16) !== 58) return undefined;
  const minute = text.slice(0, 16);
  if (minute !== lastMinute) {
    const milliseconds = Date.parse(`${minute}:00Z`);
    // Date.parse takes the 30th of February for a day in March, and 24:00 for midnight.
    if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString().slice(0, 16) !== minute)
      return undefined;
    lastMinute = minute;
    lastMinuteSeconds = milliseconds / 1000;
  }
  const seconds = digits(text, 17, 19);
  if (seconds < 0 || seconds > 59) return undefined;
  let nanoseconds = 0;
  if (length > 20) {
    if (text.charCodeAt(19) !== 46 || length > 30 || length < 22) return undefined;
    nanoseconds = digits(text, 20, length - 1);
    if (nanoseconds < 0) return undefined;
    for (let i = length - 21; i < 9; i++) nanoseconds *= 10;
  }
  return inRange(BigInt(lastMinuteSeconds + seconds) * BILLION + BigInt(nanoseconds));
}

function parseGeneral(text: string): bigint | undefined {
  const match = RFC_3339.exec(text.trim());
  if (!match) return undefined;
  const [, date, clock, fraction = '', zone = 'Z'] = match;
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const milliseconds = Date.parse(`${date}T${clock}${offset}`);
  if (Number.isNaN(milliseconds) || !isOnTheCalendar(`${date}T${clock}`)) return undefined;
  const nanoseconds = BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return inRange(BigInt(milliseconds / 1000) * BILLION + nanoseconds);
}

function isOnTheCalendar(clock: string): boolean {
  const milliseconds = Date.parse(`${clock}Z`);
  return !Number.isNaN(milliseconds) && new Date(milliseconds).toISOString().startsWith(clock);
}

/** The same time if a column can hold it. */
export function inRange(nanoseconds: bigint): bigint | undefined {
  return nanoseconds > LIMIT || nanoseconds < -LIMIT ? undefined : nanoseconds;
}

function digits(text: string, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** By days since 1970. */
const dates = new Map<number, string>();
const MOST_DATES = 1_000;
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));

/** RFC 3339 in UTC with 0, 3, 6 or 9 fractional digits, as protojson writes it. */
export function formatTimestamp(nanoseconds: bigint): string {
  let seconds = Number(nanoseconds / BILLION);
  let fraction = Number(nanoseconds % BILLION);
  if (fraction < 0) {
    fraction += 1e9;
    seconds--;
  }
  const clock = `${dateOf(seconds)}T${clockOf(seconds)}`;
  return fraction === 0 ? `${clock}Z` : `${clock}.${shortFraction(fraction)}Z`;
}

/** Times share their days. */
function dateOf(seconds: number): string {
  const day = Math.floor(seconds / DAY);
  let date = dates.get(day);
  if (date === undefined) {
    date = new Date(day * DAY * 1000).toISOString().slice(0, -14);
    if (dates.size === MOST_DATES) dates.clear();
    dates.set(day, date);
  }
  return date;
}

function clockOf(seconds: number): string {
  const second = seconds - Math.floor(seconds / DAY) * DAY;
  const [hours, minutes] = [Math.floor(second / 3_600), Math.floor(second / 60) % 60];
  return `${twoDigits[hours]}:${twoDigits[minutes]}:${twoDigits[second % 60]}`;
}

function shortFraction(nanoseconds: number): string {
  const nine = String(1e9 + nanoseconds).slice(1);
  if (nanoseconds % 1e6 === 0) return nine.slice(0, 3);
  return nanoseconds % 1000 === 0 ? nine.slice(0, 6) : nine;
}

export function fromMilliseconds(milliseconds: number): bigint {
  return BigInt(Math.trunc(milliseconds)) * 1_000_000n;
}
