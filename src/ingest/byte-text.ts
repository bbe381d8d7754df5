/**
 * Bytes to be found again in a stream. Compared eight at a time, as numbers: a record is a kilobyte
 * or two, most of it texts that came before, and this comparison is most of what reading it takes.
 * Numbers that are equal have equal bytes, but for the two zeros, which are no text; bytes that are
 * not a number never count as equal, so at worst a known text is taken for a new one.
 */
export class ByteText {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly #words: Float64Array;
  /** The last eight bytes, which overlap the words before where the length is no multiple of eight. */
  readonly #last: number;

  constructor(bytes: Uint8Array) {
    this.bytes = Uint8Array.from(bytes);
    this.length = bytes.length;
    this.#words = new Float64Array(bytes.length >> 3);
    const view = viewOf(this.bytes);
    for (let i = 0; i < this.#words.length; i++) this.#words[i] = view.getFloat64(i * 8, true);
    this.#last = bytes.length < 8 ? 0 : view.getFloat64(bytes.length - 8, true);
  }

  static of(text: string): ByteText {
    return new ByteText(Buffer.from(text));
  }

  /** These bytes stand at `at`, before `end`. */
  standsAt(view: DataView, at: number, end: number): boolean {
    const { length } = this;
    if (at + length > end) return false;
    if (length < 8) {
      for (let i = 0; i < length; i++) if (view.getUint8(at + i) !== this.bytes[i]) return false;
      return true;
    }
    const words = this.#words;
    for (let i = 0, word = at; i < words.length; i++, word += 8) {
      if (view.getFloat64(word, true) !== words[i]) return false;
    }
    return view.getFloat64(at + length - 8, true) === this.#last;
  }

  /** How many bytes from the front are the same. */
  commonLength(other: ByteText): number {
    let length = 0;
    while (length < this.length && length < other.length && this.bytes[length] === other.bytes[length])
      length++;
    return length;
  }
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
