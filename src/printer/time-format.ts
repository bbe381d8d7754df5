import { formatTimestamp, parseTimestamp } from '../domain/flow/timestamp.js';

/** Writes a time of a record, in UTC; N/A where there is none. */
export type TimeFormat = (time: unknown) => string;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `2026-06-01T10:00:00` and nine digits behind it. */
interface Moment {
  clock: string;
  fraction: string;
}

const formats = {
  StampMilli: ({ clock, fraction }: Moment) =>
    `${monthOf(clock)} ${dayOf(clock).replace(/^0/, ' ')} ${clock.slice(11)}.${fraction.slice(0, 3)}`,
  YearMonthDay: ({ clock }: Moment) => clock.slice(0, 10),
  YearMonthDayHour: ({ clock }: Moment) => `${clock.slice(0, 13)}Z`,
  YearMonthDayHourMinute: ({ clock }: Moment) => `${clock.slice(0, 16)}Z`,
  RFC3339: ({ clock }: Moment) => `${clock}Z`,
  RFC3339Milli: (moment: Moment) => withFraction(moment, 3),
  RFC3339Micro: (moment: Moment) => withFraction(moment, 6),
  RFC3339Nano: (moment: Moment) => withFraction(moment, 9),
  RFC1123Z: ({ clock }: Moment) => {
    const weekday = DAYS[new Date(`${clock}Z`).getUTCDay()] ?? '';
    return `${weekday}, ${dayOf(clock)} ${monthOf(clock)} ${clock.slice(0, 4)} ${clock.slice(11)} +0000`;
  },
} as const;

/** Values of `--time-format`; the first is the one that is used unless said. */
export const timeFormatNames = Object.keys(formats);

/** By its name in any case, as Hubble takes it; undefined for any other. */
export function timeFormat(name: string): TimeFormat | undefined {
  const found = Object.entries(formats).find(([known]) => known.toLowerCase() === name.toLowerCase());
  if (found === undefined) return undefined;
  const [, format] = found;
  return (time) => {
    const nanoseconds = parseTimestamp(time);
    return nanoseconds === undefined ? 'N/A' : format(momentOf(nanoseconds));
  };
}

function momentOf(nanoseconds: bigint): Moment {
  const [, clock = '', fraction = ''] = /^([^.Z]*)\.?(\d*)Z$/.exec(formatTimestamp(nanoseconds)) ?? [];
  return { clock, fraction: fraction.padEnd(9, '0') };
}

/** Go's `.999`: cut, not rounded, and without zeros at the end. */
function withFraction({ clock, fraction }: Moment, digits: number): string {
  const told = fraction.slice(0, digits).replace(/0+$/, '');
  return told === '' ? `${clock}Z` : `${clock}.${told}Z`;
}

function monthOf(clock: string): string {
  return MONTHS[Number(clock.slice(5, 7)) - 1] ?? '';
}

function dayOf(clock: string): string {
  return clock.slice(8, 10);
}
