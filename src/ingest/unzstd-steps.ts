import { setImmediate } from 'node:timers/promises';
import { Decompress } from 'fzstd';
import xxhash, { type XXHash, type XXHashAPI } from 'xxhash-wasm';
import { FlowatlasError } from '../domain/errors.js';
import { DamagedBody, type Steps } from './decoder-steps.js';
import { ZstdFrames } from './zstd-frames.js';

/** What `zstd -d` takes unless it is told to take more. Bytes. */
const MOST_WINDOW = 128 << 20;

let hashing: Promise<XXHashAPI> | undefined;

/**
 * Not by Node's own zstd, which it has from 22.15 on: where a file is several frames, as parallel compressors and
 * `cat` make them, that passes over all but the first without a word, and some versions do so with what is cut off.
 */
export class UnzstdSteps implements Steps {
  /** A block of 4 bytes may repeat one byte 128 KiB long: 128 MiB, but the budget is asked for each block. */
  readonly stepBytes = 4 << 10;
  #take: (bytes: Buffer) => void = () => undefined;
  readonly #frames: ZstdFrames;
  /** Of the frame that is read; between two there is none. */
  #frame: ZstdFrame | undefined;

  /** `claim` takes the window that each frame asks for, and may refuse it. */
  constructor(claim: (bytes: number) => void = () => undefined) {
    this.#frames = new ZstdFrames((window) => {
      if (window > MOST_WINDOW)
        throw new DamagedBody(`a frame asks for a window of ${window} bytes, more than 128 MiB`);
      claim(window);
    });
  }

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
      // A few bytes are a frame, and its window may take a millisecond: others have their turn.
      await setImmediate();
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
