import { setImmediate } from 'node:timers/promises';
import type { Transform } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import xxhash, { type XXHash, type XXHashAPI } from 'xxhash-wasm';
import { FlowatlasError } from '../domain/errors.js';
import type { DecodedBudget } from './decoded-budget.js';
import { isGzip, isZstandard } from './packing.js';
import { Utf16Decoder, utf16Of } from './utf16.js';
import { ZstdFrames } from './zstd-frames.js';

/** A file may be compressed within a compressed body; more levels than this are none that people make. */
const MOST_LEVELS = 4;

/** With how it is known, as far as the decoder tells that. */
export class DamagedBody extends Error {
  constructor(how: string) {
    super(`the compressed body is damaged or cut off (${how})`);
  }
}

/** The plain bytes of a body by its `Content-Encoding`. */
export function decodeBody(
  body: AsyncIterable<Buffer>,
  encoding: string | undefined,
  budget: DecodedBudget,
): AsyncIterable<Buffer> {
  switch (encoding?.trim().toLowerCase() ?? 'identity') {
    case '':
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return decoded(body, () => new ZlibSteps(createGunzip(STEP)), budget);
    case 'zstd':
      return decoded(body, () => new ZstdSteps(), budget);
    default:
      throw new FlowatlasError(
        'unsupported_media_type',
        `Content-Encoding: ${JSON.stringify(encoding)} is not known; send gzip, zstd or plain`,
        'Content-Encoding',
      );
  }
}

/**
 * The plain bytes of a file: one compressed by gzip or zstd, or in UTF-16, is known by its first bytes, whatever its
 * name. Without a budget, of a file that the operator has on disk, it may be as large as it likes. What a piece of it
 * has was taken when the next is asked for.
 */
export async function* decodeFile(
  file: AsyncIterable<Buffer>,
  budget?: DecodedBudget,
  level = 0,
): AsyncGenerator<Buffer> {
  const chunks = file[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = startingWith(head, chunks);
  const decoder = decoderFor(head);
  if (decoder === undefined) yield* whole;
  else if (level < MOST_LEVELS) yield* decodeFile(decoded(whole, decoder, budget), budget, level + 1);
  else throw new Error(`compressed more than ${MOST_LEVELS} times over`);
}

async function* startingWith(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function decoderFor(head: Buffer): (() => Steps) | undefined {
  if (isGzip(head)) return () => new ZlibSteps(createGunzip(STEP));
  if (isZstandard(head)) return () => new ZstdSteps();
  const utf16 = utf16Of(head);
  return utf16 && (() => new Utf16Decoder(utf16));
}

/** A decoder that is fed in small steps, so that little of a bomb is ever in memory. */
interface Steps {
  /** Most bytes of a step. */
  readonly stepBytes: number;
  /** Hands what it decodes to `take`, also what came before a fault; rejects with the fault. */
  decode(bytes: Buffer, take: (bytes: Buffer) => void): Promise<void>;
  /** The source has ended. */
  end(take: (bytes: Buffer) => void): Promise<void>;
  close(): void;
}

/** Everything that was decoded before a fault is handed on before the fault is thrown. */
async function* decoded(
  source: AsyncIterable<Buffer>,
  create: () => Steps,
  budget: DecodedBudget | undefined,
): AsyncGenerator<Buffer> {
  let decoder: Steps | undefined;
  const count = budget?.newLevel();
  let ready: Buffer[] = [];
  const take = (bytes: Buffer) => {
    count?.(bytes.length);
    ready.push(bytes);
  };
  async function* pass(work: Promise<void>): AsyncGenerator<Buffer> {
    const fault = await work.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const pieces = ready;
    ready = [];
    yield* pieces;
    if (fault !== undefined) throw fault.error;
  }
  try {
    for await (const chunk of source) {
      // Only now: a sender of whom nothing comes holds no decoder.
      decoder ??= create();
      for (let at = 0; at < chunk.length; at += decoder.stepBytes) {
        yield* pass(decoder.decode(chunk.subarray(at, at + decoder.stepBytes), take));
      }
    }
    yield* pass((decoder ?? create()).end(take));
  } finally {
    decoder?.close();
  }
}

/** Large pieces: inflating 256 KiB at a time is nearly twice as fast as the default of 16 KiB. */
const STEP = { chunkSize: 256 << 10 };

/** Of a stream of Node's zlib. */
class ZlibSteps implements Steps {
  /** Deflate makes at most 1,032 times as much of it: 16 MiB. */
  readonly stepBytes = 16 << 10;
  #take: (bytes: Buffer) => void = () => undefined;
  #fault: { error: unknown } | undefined;
  #wake: () => void = () => undefined;
  #started: Promise<unknown> | undefined;

  constructor(private readonly stream: Transform) {
    stream.on('data', (bytes: Buffer) => {
      try {
        if (this.#fault === undefined) this.#take(bytes);
      } catch (error) {
        this.#fault = { error };
      }
    });
    stream.on('error', ({ message }) => {
      this.#fault ??= { error: new DamagedBody(message) };
    });
    stream.on('close', () => {
      this.#wake();
    });
  }

  async decode(bytes: Buffer, take: (bytes: Buffer) => void): Promise<void> {
    // The stream flows from the next turn on: until then it would keep what it has, and lose it by a fault.
    await (this.#started ??= setImmediate());
    await this.#step(take, (done) => this.stream.write(bytes, done));
  }

  end(take: (bytes: Buffer) => void): Promise<void> {
    // Ends with `close`, with and without a fault.
    return this.#step(take, () => this.stream.end());
  }

  close(): void {
    this.stream.destroy();
  }

  async #step(take: (bytes: Buffer) => void, work: (done: () => void) => unknown): Promise<void> {
    this.#take = take;
    if (!this.stream.destroyed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        work(resolve);
      });
    }
    if (this.#fault !== undefined) throw this.#fault.error;
  }
}

let hashing: Promise<XXHashAPI> | undefined;

/**
 * Not by Node's own zstd, which it has from 22.15 on: where a file is several frames, as parallel compressors and
 * `cat` make them, that passes over all but the first without a word, and some versions do so with what is cut off.
 */
class ZstdSteps implements Steps {
  /** A block of 4 bytes may repeat one byte 128 KiB long: 128 MiB, but the budget is asked for each block. */
  readonly stepBytes = 4 << 10;
  #take: (bytes: Buffer) => void = () => undefined;
  readonly #frames = new ZstdFrames();
  /** Of the frame that is read; between two there is none. */
  #frame: ZstdFrame | undefined;

  async decode(bytes: Buffer, take: (bytes: Buffer) => void): Promise<void> {
    this.#take = take;
    const hashes = await (hashing ??= xxhash());
    // A copy: the decoder keeps what is no whole block, and whose memory that is may use it again.
    for (const piece of this.#frames.split(Uint8Array.prototype.slice.call(bytes))) {
      this.#frame ??= new ZstdFrame(hashes.create64(), (decoded) => {
        this.#take(decoded);
      });
      this.#frame.push(piece.bytes, piece.isEnd);
      if (!piece.isEnd) continue;
      if (piece.checksum !== undefined) this.#frame.verify(piece.checksum);
      this.#frame = undefined;
    }
  }

  end(take: (bytes: Buffer) => void): Promise<void> {
    this.#take = take;
    return new Promise((resolve) => {
      this.#frame?.push(new Uint8Array(0), true);
      resolve();
    });
  }

  close(): void {
    // Nothing but memory.
  }
}

class ZstdFrame {
  readonly #decoder: Decompress;

  constructor(
    private readonly hash: XXHash<bigint>,
    take: (bytes: Buffer) => void,
  ) {
    this.#decoder = new Decompress((bytes) => {
      if (bytes.length === 0) return;
      hash.update(bytes);
      take(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    });
  }

  push(bytes: Uint8Array, isLast: boolean): void {
    try {
      this.#decoder.push(bytes, isLast);
    } catch (error) {
      // What took the bytes may have had enough of them.
      throw error instanceof FlowatlasError ? error : new DamagedBody((error as Error).message);
    }
  }

  verify(checksum: number): void {
    if (BigInt.asUintN(32, this.hash.digest()) !== BigInt(checksum))
      throw new DamagedBody('a checksum is not that of what was read');
  }
}
