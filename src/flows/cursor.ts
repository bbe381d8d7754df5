import { FlowatlasError } from '../domain/errors.js';
import type { Window } from '../domain/filter/window.js';
import type { FlowPosition } from '../store/queries.js';

/**
 * Where a page ends, and what the first page was asked of: which flows had arrived and which window it was.
 * Later flows are not shown and `since=10m` does not move on, so pages neither shift nor repeat.
 */
export interface Cursor extends FlowPosition {
  upTo: number;
  window: Window;
  /** Flows of the answer up to this place, in the order asked for. */
  index: number;
  /** The page before this place instead of the one after it. */
  back: boolean;
}

export function formatCursor({ time, seq, upTo, window, index, back }: Cursor): string {
  const fields = [time, seq, upTo, window.since ?? '', window.until ?? '', index, back ? 'b' : 'f'];
  return Buffer.from(fields.join('.')).toString('base64url');
}

const TIME = '(-?\\d{1,19})';
const NUMBER = '(\\d{1,15})';
const CURSOR = new RegExp(`^${TIME}\\.${NUMBER}\\.${NUMBER}\\.${TIME}?\\.${TIME}?\\.${NUMBER}\\.([bf])$`);
/** What a column of 64 bits can hold. */
const LIMIT = 1n << 63n;

export function parseCursor(text: string): Cursor {
  const match = CURSOR.exec(Buffer.from(text, 'base64url').toString('latin1'));
  const [, time, seq, upTo, since, until, index, direction] = match ?? [];
  const times = [time, since, until].map((digits) => (digits === undefined ? undefined : BigInt(digits)));
  if (match === null || times.some((value = 0n) => value >= LIMIT || value < -LIMIT)) {
    throw new FlowatlasError(
      'invalid_parameter',
      'cursor: take it from `next` or `previous` of another page',
      'cursor',
    );
  }
  return {
    time: times[0] ?? 0n,
    seq: Number(seq),
    upTo: Number(upTo),
    window: { since: times[1], until: times[2] },
    index: Number(index),
    back: direction === 'b',
  };
}
