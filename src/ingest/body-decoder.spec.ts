import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { decodeFile } from './body-decoder.js';
import { DecodedBudget } from './decoded-budget.js';
import { DamagedBody } from './decoder-steps.js';

const TEXT = Array.from({ length: 2000 }, (_, i) => `line ${i} of ${(i * i) % 1013}\n`).join('');
/** The same by `zstd -3`: Node.js before 22.15 could not make it. */
const ZSTANDARD = readFileSync(new URL('../../test/fixtures/lines.txt.zst', import.meta.url));

/** Bytes of its first header: magic, descriptor, size of what it holds. */
const HEADER = 7;
/** What `zstd` makes of no bytes. */
const NOTHING = Buffer.from('28b52ffd240001000099e9d851', 'hex');
/** A frame of four bytes that is no data. */
const SKIPPED = Buffer.from([0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);

describe('decoding a file', () => {
  const files: [string, Buffer][] = [
    ['plain', Buffer.from(TEXT)],
    ['gzip', gzipSync(TEXT)],
    ['zstd', ZSTANDARD],
    ['zstd within gzip', gzipSync(ZSTANDARD)],
    ['two frames of zstd', Buffer.concat([ZSTANDARD, ZSTANDARD])],
    ['what pzstd makes', Buffer.concat([SKIPPED, ZSTANDARD])],
    ['zstd behind frames of nothing', Buffer.concat([NOTHING, NOTHING, ZSTANDARD, NOTHING, SKIPPED])],
    ['two members of gzip', Buffer.concat([gzipSync(TEXT), gzipSync(TEXT)])],
    ['UTF-16', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
  ];

  it.each(files)('gives the text of %s, from whatever pieces in memory that is used again', (name, file) =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1 }), async (lengths) => {
        const expected = name.startsWith('two') ? TEXT + TEXT : TEXT;
        expect(await textOf(decodeFile(inOneBuffer(file, lengths)))).toBe(expected);
      }),
      { numRuns: 20 },
    ),
  );

  it.each(files.filter(([name]) => name.includes('z')))('says that %s is cut off', async (_, file) => {
    await expect(textOf(decodeFile(inOneBuffer(file.subarray(0, -7), [1000])))).rejects.toThrow(DamagedBody);
  });

  it('gives no other text of damaged zstd, whose frames have checksums', () =>
    fc.assert(
      fc.asyncProperty(
        fc.integer({ min: HEADER, max: ZSTANDARD.length - 1 }),
        fc.nat({ max: 7 }),
        fc.constantFrom(ZSTANDARD, Buffer.concat([ZSTANDARD, ZSTANDARD])),
        async (at, bit, whole) => {
          const damaged = Buffer.from(whole);
          damaged.writeUInt8(damaged.readUInt8(at) ^ (1 << bit), at);
          // Some bits mean nothing.
          const read = await textOf(decodeFile(inOneBuffer(damaged, [1000]))).catch(
            (error: unknown) => error,
          );
          expect([TEXT, TEXT + TEXT, expect.any(DamagedBody)]).toContainEqual(read);
        },
      ),
    ));

  it('refuses zstd that asks for windows larger than zstd itself takes, however little it holds', async () => {
    const [most, more] = [frameOfNothing(17 << 3), frameOfNothing((17 << 3) | 1)];
    expect(await textOf(decodeFile(inOneBuffer(most, [5])))).toBe('');
    await expect(textOf(decodeFile(inOneBuffer(more, [5])))).rejects.toThrow('more than 128 MiB');
  });

  it('of an upload reads frames with large windows only as long as they are few', async () => {
    const budget = new DecodedBudget({ mostDecodedBytes: 1 << 30, mostRatio: 1000 });
    const many = Buffer.concat(Array.from({ length: 600 }, () => frameOfNothing(17 << 3)));
    await expect(textOf(decodeFile(inOneBuffer(many, [3000]), budget))).rejects.toThrow(
      'frames with windows',
    );
  });
});

/** With this window, by its descriptor (RFC 8878, section 3.1.1.1.2). */
function frameOfNothing(window: number): Buffer {
  return Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, window, 1, 0, 0]);
}

async function textOf(pieces: AsyncIterable<Buffer>): Promise<string> {
  const copies: Buffer[] = [];
  for await (const piece of pieces) copies.push(Buffer.from(piece));
  return Buffer.concat(copies).toString('utf8');
}

/** As `piecesOf` reads files: what a piece held is gone when the next was asked for. */
async function* inOneBuffer(file: Buffer, lengths: readonly number[]): AsyncGenerator<Buffer> {
  const buffer = Buffer.alloc(3000);
  for (let at = 0, i = 0; at < file.length; i++) {
    const length = file.copy(buffer, 0, at, at + (lengths[i % lengths.length] ?? 1));
    yield await Promise.resolve(buffer.subarray(0, length));
    buffer.fill(0x58);
    at += length;
  }
}
