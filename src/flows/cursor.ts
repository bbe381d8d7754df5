import { FlowatlasError } from '../domain/errors.js';
import type { FlowPosition } from '../store/flow-store.js';

/**
 * Where a page ended, and which flows had arrived when the first page was asked for: later ones are
 * not shown, so pages neither shift nor repeat.
 */
export interface Cursor extends FlowPosition {
  upTo: number;
}

export function formatCursor({ time, seq, upTo }: Cursor): string {
  return Buffer.from(`${time}.${seq}.${upTo}`).toString('base64url');
}

export function parseCursor(text: string): Cursor {
  const match = /^(-?\d{1,19})\.(\d{1,15})\.(\d{1,15})$/.exec(
    Buffer.from(text, 'base64url').toString('latin1'),
  );
  if (match === null) {
    throw new FlowatlasError('invalid_parameter', 'cursor: take it from `next` of the page before', 'cursor');
  }
  const [, time = '0', seq, upTo] = match;
  return { time: BigInt(time), seq: Number(seq), upTo: Number(upTo) };
}
