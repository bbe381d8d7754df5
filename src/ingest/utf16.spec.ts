import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeFile } from './body-decoder.js';

const LITTLE = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le');
const BIG = (text: string) => LITTLE(text).swap16();

async function* cut(bytes: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += length) yield Promise.resolve(bytes.subarray(at, at + length));
}

async function decodedBy(bytes: Buffer, length = 7): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of decodeFile(cut(bytes, length))) pieces.push(piece);
  return Buffer.concat(pieces).toString('utf8');
}

describe('a file in UTF-16 with its mark', () => {
  it('is read as the text that it is, wherever it is cut, compressed or not', () =>
    fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 9 }),
        async (text, length) => {
          const whole = text.replace(/^\ufeff/, '');
          for (const written of [LITTLE(whole), BIG(whole), gzipSync(LITTLE(whole))])
            expect(await decodedBy(written, length)).toBe(whole);
        },
      ),
    ));

  it('that ends within a character says so by U+FFFD', async () => {
    expect(await decodedBy(LITTLE('ab').subarray(0, -1))).toBe('a\ufffd');
  });

  it('is told from one in UTF-8 by the mark alone', async () => {
    expect(await decodedBy(Buffer.from('{"a":1}'))).toBe('{"a":1}');
    expect(await decodedBy(Buffer.from([0xff]))).toBe('\ufffd');
  });
});
