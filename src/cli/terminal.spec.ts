import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { safe } from './terminal.js';

/** What a terminal obeys, or what turns text around. */
// eslint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('text from flows on a terminal', () => {
  it('never holds anything that a terminal obeys', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !OBEYED.test(safe(text))));
    fc.assert(
      fc.property(fc.array(fc.nat(0xff)), (codes) => !OBEYED.test(safe(String.fromCharCode(...codes)))),
    );
  });

  it.each([
    ['\u001b[31mred', '\\u001b[31mred'],
    ['\u001b]0;title\u0007', '\\u001b]0;title\\u0007'],
    ['a\r\nb\tc', 'a\\u000d\\u000ab\\u0009c'],
    ['\u009b2J', '\\u009b2J'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
  ])('shows %j as %j', (text, shown) => {
    expect(safe(text)).toBe(shown);
  });

  it('is otherwise left as it is', () => {
    const text = 'shop/web → grüße 🙂 日本 \\u001b "q"';
    expect(safe(text)).toBe(text);
  });
});
