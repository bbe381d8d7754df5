const SMALLEST = 1 << 12;

/**
 * Bytes to be found again in a stream, all in one buffer. A record is a kilobyte or two, most of it
 * texts that came before, and comparing it with them is most of what reading it takes: every object
 * on the way to a text would be another miss of the processor's cache.
 */
export class ByteArena {
  #bytes = new Uint8Array(SMALLEST);
  #view = viewOf(this.#bytes);
  #length = 0;

  /** Answers where they begin from now on. */
  add(view: DataView, from: number, to: number): number {
    const start = this.#length;
    this.#length += to - from;
    if (this.#length > this.#bytes.length) this.#grow();
    this.#bytes.set(new Uint8Array(view.buffer, view.byteOffset + from, to - from), start);
    return start;
  }

  /** Puts bytes where as many or more were added before. */
  replace(start: number, view: DataView, from: number, to: number): void {
    this.#bytes.set(new Uint8Array(view.buffer, view.byteOffset + from, to - from), start);
  }

  /** The `length` bytes that begin at `start` also stand at `at`, before `end`. */
  standsAt(start: number, length: number, view: DataView, at: number, end: number): boolean {
    return at + length <= end && sameBytes(this.#view, start, view, at, length);
  }

  get length(): number {
    return this.#length;
  }

  byteAt(index: number): number {
    return this.#view.getUint8(index);
  }

  clear(): void {
    this.#length = 0;
    this.#bytes = new Uint8Array(SMALLEST);
    this.#view = viewOf(this.#bytes);
  }

  #grow(): void {
    const bytes = new Uint8Array(Math.max(this.#length, this.#bytes.length * 2));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

/** Four words at a time take two thirds of what one by one takes. */
export function sameBytes(a: DataView, atA: number, b: DataView, atB: number, length: number): boolean {
  let i = 0;
  for (; i + 16 <= length; i += 16) {
    const difference =
      (a.getInt32(atA + i, true) ^ b.getInt32(atB + i, true)) |
      (a.getInt32(atA + i + 4, true) ^ b.getInt32(atB + i + 4, true)) |
      (a.getInt32(atA + i + 8, true) ^ b.getInt32(atB + i + 8, true)) |
      (a.getInt32(atA + i + 12, true) ^ b.getInt32(atB + i + 12, true));
    if (difference !== 0) return false;
  }
  for (; i + 4 <= length; i += 4) if (a.getInt32(atA + i, true) !== b.getInt32(atB + i, true)) return false;
  for (; i < length; i++) if (a.getUint8(atA + i) !== b.getUint8(atB + i)) return false;
  return true;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
