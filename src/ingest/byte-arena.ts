const SMALLEST = 1 << 12;
/**
 * An arena that outgrows `LARGE` gets `HUGE` at once: what is not written to takes no memory yet. To grow by doubling
 * would free megabytes each time, and once glibc has seen so large a piece, it keeps twice as much of all that is freed
 * later, for each thread (`M_MMAP_THRESHOLD` in mallopt(3)).
 */
const LARGE = 1 << 19;
const HUGE = 1 << 25;

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
  }

  #grow(): void {
    const twice = Math.max(this.#length, this.#bytes.length * 2);
    const bytes = new Uint8Array(twice > LARGE ? Math.max(twice, HUGE) : twice);
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

/**
 * Eight bytes at a time, as floats, which takes half of what words of four take; the last eight may overlap those
 * before. Equal floats are equal bytes but for the two zeros, which are eight bytes of which seven are NUL: there is
 * none in JSON, and `a` is JSON. Some bytes are no number, and then not even equal to themselves: no text has them
 * either, and where one did, it would be parsed.
 */
export function sameBytes(a: DataView, atA: number, b: DataView, atB: number, length: number): boolean {
  if (length < 8) return sameFew(a, atA, b, atB, length);
  const last = length - 8;
  let i = 0;
  for (; i < last - 24; i += 32) {
    if (
      a.getFloat64(atA + i, true) !== b.getFloat64(atB + i, true) ||
      a.getFloat64(atA + i + 8, true) !== b.getFloat64(atB + i + 8, true) ||
      a.getFloat64(atA + i + 16, true) !== b.getFloat64(atB + i + 16, true) ||
      a.getFloat64(atA + i + 24, true) !== b.getFloat64(atB + i + 24, true)
    )
      return false;
  }
  for (; i < last; i += 8) if (a.getFloat64(atA + i, true) !== b.getFloat64(atB + i, true)) return false;
  return a.getFloat64(atA + last, true) === b.getFloat64(atB + last, true);
}

function sameFew(a: DataView, atA: number, b: DataView, atB: number, length: number): boolean {
  let i = 0;
  for (; i + 4 <= length; i += 4) if (a.getInt32(atA + i, true) !== b.getInt32(atB + i, true)) return false;
  for (; i < length; i++) if (a.getUint8(atA + i) !== b.getUint8(atB + i)) return false;
  return true;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
