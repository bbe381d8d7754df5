import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FlowatlasError } from '../domain/errors.js';
import { formatCursor, parseCursor } from './cursor.js';

describe('a cursor', () => {
  it('says again where the page ended, to the nanosecond', () => {
    const cursor = fc.record({
      time: fc.bigInt({ min: -(1n << 63n) + 1n, max: (1n << 63n) - 1n }),
      seq: fc.nat(),
      upTo: fc.nat(),
    });
    fc.assert(
      fc.property(cursor, (at) => {
        expect(parseCursor(formatCursor(at))).toEqual(at);
      }),
    );
  });

  it('can stand in a URL as it is', () => {
    const text = formatCursor({ time: -1n, seq: 0, upTo: 999_999_999 });
    expect(encodeURIComponent(text)).toBe(text);
  });

  it.each([
    '',
    'x',
    Buffer.from('1.2').toString('base64url'),
    Buffer.from('1.2.x').toString('base64url'),
    Buffer.from(`${'9'.repeat(20)}.1.1`).toString('base64url'),
  ])('that nobody was given is refused: %j', (text) => {
    expect(() => parseCursor(text)).toThrow(FlowatlasError);
    expect(() => parseCursor(text)).toThrow(/^cursor: /);
  });
});
