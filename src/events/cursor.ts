import { FlowatlasError } from '../domain/errors.js';
import type { Window } from '../domain/filter/window.js';
import type { EventPosition } from '../store/queries.js';

/** Where a page ends, and what the first page was asked of: which events had arrived and which window it was. */
export interface Cursor {
  after: EventPosition;
  upTo: number;
  window: Window;
}

export function formatCursor({ after, upTo, window }: Cursor): string {
  const fields = [after.time ?? '', after.id, upTo, window.since ?? '', window.until ?? ''];
  return Buffer.from(fields.join('.')).toString('base64url');
}

const TIME = '(-?\\d{1,19})?';
const NUMBER = '(\\d{1,15})';
const CURSOR = new RegExp(`^${TIME}\\.${NUMBER}\\.${NUMBER}\\.${TIME}\\.${TIME}$`);
/** What a column of 64 bits can hold. */
const LIMIT = 1n << 63n;

export function parseCursor(text: string): Cursor {
  const match = CURSOR.exec(Buffer.from(text, 'base64url').toString('latin1'));
  const [, time, id, upTo, since, until] = match ?? [];
  const times = [time, since, until].map((digits) => (digits === undefined ? undefined : BigInt(digits)));
  if (match === null || times.some((value = 0n) => value >= LIMIT || value < -LIMIT))
    throw new FlowatlasError('invalid_parameter', 'cursor: take it from `next` of another page', 'cursor');
  return {
    after: { time: times[0], id: Number(id) },
    upTo: Number(upTo),
    window: { since: times[1], until: times[2] },
  };
}
