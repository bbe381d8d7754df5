import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { inPieces, jsonPieces } from './pieces.js';

async function joined(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

describe('an answer in pieces', () => {
  const value = fc.jsonValue({ maxDepth: 4 });
  const long = fc
    .tuple(value, fc.integer({ min: 0, max: 1_000 }))
    .map(([one, times]) => Array.from({ length: times }, () => one));

  it('is the same JSON, however long its lists are', () =>
    fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string(), fc.oneof(value, long, fc.record({ list: long }), fc.constant(undefined))),
        async (answer) => {
          expect(await joined(jsonPieces(answer))).toBe(JSON.stringify(answer));
        },
      ),
    ));

  it('is never held whole', async () => {
    const edges = Array.from({ length: 20_000 }, (_, i) => ({ id: String(i), verdicts: { forwarded: 1 } }));
    let [pieces, longest] = [0, 0];
    for await (const { length } of jsonPieces({ edges })) {
      pieces++;
      longest = Math.max(longest, length);
    }
    expect(pieces).toBeGreaterThan(5);
    expect(longest).toBeLessThan(100_000);
  });

  it('leaves no line out', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.string()), fc.nat(100_000), async (lines, length) => {
        const texts = [...lines, 'x'.repeat(length), ...lines];
        expect(await joined(inPieces(texts))).toBe(texts.join(''));
      }),
    ));
});
