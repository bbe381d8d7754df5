/**
 * Bytes to be found again in a stream. Compared four at a time: a record is a kilobyte or two, most
 * of it texts that came before, and this comparison is nearly all that reading it takes.
 */
export class ByteText {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly #words: Int32Array;
  /** The last four bytes, which overlap the words before where the length is no multiple of four. */
  readonly #last: number;

  constructor(bytes: Uint8Array) {
    this.bytes = Uint8Array.from(bytes);
    this.length = bytes.length;
    this.#words = new Int32Array(bytes.length >> 2);
    const view = viewOf(this.bytes);
    for (let i = 0; i < this.#words.length; i++) this.#words[i] = view.getInt32(i * 4, true);
    this.#last = bytes.length < 4 ? 0 : view.getInt32(bytes.length - 4, true);
  }

  static of(text: string): ByteText {
    return new ByteText(Buffer.from(text));
  }

  /** These bytes stand at `at`, before `end`. */
  standsAt(view: DataView, at: number, end: number): boolean {
    const { length } = this;
    if (at + length > end) return false;
    if (length < 4) {
      for (let i = 0; i < length; i++) if (view.getUint8(at + i) !== this.bytes[i]) return false;
      return true;
    }
    if (view.getInt32(at + length - 4, true) !== this.#last) return false;
    const words = this.#words;
    for (let i = 0; i < words.length; i++, at += 4) {
      if (view.getInt32(at, true) !== words[i]) return false;
    }
    return true;
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

/** A hash of the bytes from `from` up to `to`, in 31 bits. */
export function hashBytes(view: DataView, from: number, to: number): number {
  let hash = to - from;
  let at = from;
  for (; at + 4 <= to; at += 4) hash = mix(hash ^ view.getInt32(at, true));
  for (; at < to; at++) hash = mix(hash ^ view.getUint8(at));
  return (hash ^ (hash >>> 15)) & 0x7fff_ffff;
}

function mix(hash: number): number {
  const product = Math.imul(hash, 0x9e37_79b1);
  return product ^ (product >>> 13);
}

/** Values by the bytes of their name: found without making a string of them. */
export class ByteMap<V> {
  readonly #entries = new Map<number, Entry<V>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(view: DataView, from: number, to: number): V | undefined {
    let entry = this.#entries.get(hashBytes(view, from, to));
    while (entry !== undefined) {
      if (entry.name.length === to - from && entry.name.standsAt(view, from, to)) return entry.value;
      entry = entry.next;
    }
    return undefined;
  }

  /** The name must not be there yet. */
  set(name: ByteText, value: V): void {
    const hash = hashBytes(viewOf(name.bytes), 0, name.length);
    this.#entries.set(hash, { name, value, next: this.#entries.get(hash) });
    this.#size++;
  }

  clear(): void {
    this.#entries.clear();
    this.#size = 0;
  }
}

interface Entry<V> {
  name: ByteText;
  value: V;
  next: Entry<V> | undefined;
}
