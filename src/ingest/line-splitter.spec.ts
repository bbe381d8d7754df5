import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { cutAt, inChunksOf } from '../../test/support/ingest.js';
import { LineSplitter } from './line-splitter.js';

interface Split {
  lines: string[];
  pieces: Buffer[];
}

function split(chunks: Iterable<Buffer>): Split {
  const lines: string[] = [];
  const pieces: Buffer[] = [];
  const splitter = new LineSplitter({
    line: (bytes, from, to) => lines.push(bytes.toString('latin1', from, to)),
    piece: (bytes) => pieces.push(Buffer.from(bytes)),
  });
  for (const chunk of chunks) splitter.write(chunk);
  splitter.end();
  return { lines, pieces };
}

describe('lines out of a stream of bytes', () => {
  it('are the same however the stream is cut', () => {
    const content = fc.array(fc.constantFrom(10, 10, 13, 65, 0xc3, 0xff, 0), { maxLength: 60 });
    fc.assert(
      fc.property(content, fc.array(fc.nat()), (codes, places) => {
        const bytes = Buffer.from(codes);
        const expected = bytes.toString('latin1').split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(split(cutAt(bytes, places))).toEqual({ lines: expected, pieces: [] });
      }),
    );
  });

  it('end with the stream, also without a line break', () => {
    expect(split([Buffer.from('a\nb')]).lines).toEqual(['a', 'b']);
    expect(split([Buffer.from('a\n')]).lines).toEqual(['a']);
    expect(split([]).lines).toEqual([]);
  });

  it('that are longer than 4 MiB come in pieces that end behind a closing brace, and lose nothing', () => {
    const long = Buffer.from(`[${'{"a":1},'.repeat(1_300_000)}]`);
    const { lines, pieces } = split(inChunksOf(long, 65_536));
    expect(pieces.length).toBeGreaterThan(1);
    expect(pieces.every((piece) => piece.at(-1) === 125)).toBe(true);
    expect(Buffer.concat([...pieces, Buffer.from(lines.join(''))]).equals(long)).toBe(true);
  });
});
