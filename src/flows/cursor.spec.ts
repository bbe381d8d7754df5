import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { FlowatlasError } from '../domain/errors.js';
import { formatCursor, parseCursor } from './cursor.js';

describe('a cursor', () => {
  it('says again where the page ended, to the nanosecond', () => {
    const time = fc.bigInt({ min: -(1n << 63n) + 1n, max: (1n << 63n) - 1n });
    const cursor = fc.record({
      time,
      seq: fc.nat(),
      upTo: fc.nat(),
      window: fc.record({
        since: fc.option(time, { nil: undefined }),
        until: fc.option(time, { nil: undefined }),
      }),
      index: fc.nat(),
      back: fc.boolean(),
    });
    fc.assert(
      fc.property(cursor, (at) => {
        expect(parseCursor(formatCursor(at))).toEqual(at);
      }),
    );
  });

  it('can stand in a URL as it is', () => {
    const window = { since: -5n, until: undefined };
    const text = formatCursor({ time: -1n, seq: 0, upTo: 999_999_999, window, index: 7, back: true });
    expect(encodeURIComponent(text)).toBe(text);
  });

  it.each([
    '',
    'x',
    Buffer.from('1.2').toString('base64url'),
    Buffer.from('1.2.x').toString('base64url'),
    Buffer.from('1.2.3').toString('base64url'),
    Buffer.from('1.2.3...4.x').toString('base64url'),
    Buffer.from(`${'9'.repeat(20)}.1.1...0.f`).toString('base64url'),
    Buffer.from(`${'9'.repeat(19)}.1.1...0.f`).toString('base64url'),
    Buffer.from(`1.1.1.${'9'.repeat(19)}..0.f`).toString('base64url'),
  ])('that nobody was given is refused: %j', (text) => {
    expect(() => parseCursor(text)).toThrow(FlowatlasError);
    expect(() => parseCursor(text)).toThrow(/^cursor: /);
  });
});
