import { Readable, Transform, type TransformCallback } from 'node:stream';
import * as zlib from 'node:zlib';
import { Decompress } from 'fzstd';
import { FlowatlasError } from '../domain/errors.js';

/** Large steps: inflating 256 KiB at a time is nearly twice as fast as the default of 16 KiB. */
const STEP = { chunkSize: 256 << 10 };

/** The plain bytes of a body by its `Content-Encoding`. */
export function decodeBody(body: Readable, encoding: string | undefined): AsyncIterable<Buffer> {
  switch (encoding?.trim().toLowerCase() ?? 'identity') {
    case '':
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return through(body, zlib.createGunzip(STEP));
    case 'zstd':
      return through(body, createUnzstd());
    default:
      throw new FlowatlasError(
        'unsupported_media_type',
        `Content-Encoding: ${JSON.stringify(encoding)} is not known; send gzip, zstd or plain`,
        'Content-Encoding',
      );
  }
}

/** The plain bytes of a file: one compressed by gzip or zstd is known by its first bytes, whatever its name. */
export async function* decodeFile(file: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = file[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = startingWith(head, chunks);
  const decoder = decoderFor(head);
  yield* decoder === undefined ? whole : through(Readable.from(whole), decoder);
}

async function* startingWith(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function decoderFor(head: Buffer): Transform | undefined {
  if (head.length >= 2 && head.readUInt16BE(0) === 0x1f8b) return zlib.createGunzip(STEP);
  if (head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528) return createUnzstd();
  return undefined;
}

/** An error of the source ends the result, too. */
function through(source: Readable, decoder: Transform): AsyncIterable<Buffer> {
  source.on('error', (error) => decoder.destroy(error));
  return source.pipe(decoder);
}

/** Node.js has zstd from 22.15 on; before, a decoder in JavaScript does at 300 MB/s. */
function createUnzstd(): Transform {
  const native = (zlib as { createZstdDecompress?: (options: object) => Transform }).createZstdDecompress;
  return native === undefined ? new Unzstd() : native(STEP);
}

class Unzstd extends Transform {
  readonly #decoder = new Decompress((bytes) => this.push(bytes));

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#step(() => {
      this.#decoder.push(chunk);
    }, done);
  }

  override _flush(done: TransformCallback): void {
    this.#step(() => {
      this.#decoder.push(new Uint8Array(0), true);
    }, done);
  }

  #step(decode: () => void, done: TransformCallback): void {
    try {
      decode();
      done();
    } catch (error) {
      done(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
