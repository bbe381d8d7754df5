import { TextDecoder } from 'node:util';
import type { Steps } from './decoder-steps.js';

const LITTLE_ENDIAN = 0xfffe;
const BIG_ENDIAN = 0xfeff;

/** How a file is written that begins with a byte order mark of UTF-16; undefined where it does not. */
export function utf16Of(head: Buffer): Utf16 | undefined {
  if (head.length < 2) return undefined;
  const mark = head.readUInt16BE(0);
  return mark === LITTLE_ENDIAN ? 'utf-16le' : mark === BIG_ENDIAN ? 'utf-16be' : undefined;
}

type Utf16 = 'utf-16le' | 'utf-16be';

/** Text in UTF-16, as PowerShell writes what is redirected into a file, in UTF-8, without its mark. */
export class Utf16Decoder implements Steps {
  /** A unit of two bytes becomes three at most. */
  readonly stepBytes = 64 << 10;
  readonly #decoder: TextDecoder;

  constructor(encoding: Utf16) {
    this.#decoder = new TextDecoder(encoding);
  }

  decode(bytes: Buffer, take: (bytes: Buffer) => void): Promise<void> {
    return this.#take(this.#decoder.decode(bytes, { stream: true }), take);
  }

  /** Half a character at the end becomes U+FFFD. */
  end(take: (bytes: Buffer) => void): Promise<void> {
    return this.#take(this.#decoder.decode(), take);
  }

  close(): void {
    // Nothing but memory.
  }

  #take(text: string, take: (bytes: Buffer) => void): Promise<void> {
    return new Promise((resolve) => {
      if (text !== '') take(Buffer.from(text));
      resolve();
    });
  }
}
