const MAGIC = 0xfd2fb528;
/** Of frames to be passed over, without the four lowest bits. */
const SKIPPABLE = 0x184d2a5;
/** A block that is one byte, many times over. */
const REPEATED = 1;

/** Bytes of one frame, or of what is none. */
export interface FramePiece {
  bytes: Uint8Array;
  /** The frame ends here. */
  isEnd: boolean;
  /** The low half of the XXH64 of what it holds, where it ends and tells it. */
  checksum: number | undefined;
}

/**
 * Cuts Zstandard where its frames end, to know what their checksums are of (RFC 8878, section 3.1.1). Whether it can
 * be decoded is seen by whoever decodes it: behind what is no frame nothing is cut any more.
 */
export class ZstdFrames {
  /** Bytes to be passed over, and then a number of so many bytes, and who reads it. */
  #passed = 0;
  #missing = 4;
  #read = (magic: number): void => {
    this.#begin(magic);
  };
  #value = 0;
  #scale = 1;
  #hasChecksum = false;
  #isEnding = false;
  #checksum: number | undefined;

  /** Told of each frame, before a piece of it is given that is enough to decode it, what window it asks for. Bytes. */
  constructor(private readonly onWindow: (bytes: number) => void) {}

  *split(bytes: Uint8Array): Generator<FramePiece> {
    let from = 0;
    for (let at = 0; at < bytes.length;) {
      const passed = Math.min(this.#passed, bytes.length - at);
      this.#passed -= passed;
      if (passed === 0) this.#take(bytes[at] ?? 0);
      at += Math.max(1, passed);
      if (!this.#isEnding || this.#passed > 0) continue;
      yield { bytes: bytes.subarray(from, at), isEnd: true, checksum: this.#checksum };
      from = at;
      this.#isEnding = false;
      this.#checksum = undefined;
    }
    if (from < bytes.length) yield { bytes: bytes.subarray(from), isEnd: false, checksum: undefined };
  }

  #take(byte: number): void {
    this.#value += byte * this.#scale;
    this.#scale *= 256;
    if (--this.#missing === 0) this.#read(this.#value);
  }

  #expect(count: number, read: (value: number) => void): void {
    this.#missing = count;
    this.#value = 0;
    this.#scale = 1;
    this.#read = read;
  }

  #begin(magic: number): void {
    if (magic === MAGIC)
      this.#expect(1, (descriptor) => {
        this.#readHeader(descriptor);
      });
    else if (magic >>> 4 === SKIPPABLE)
      this.#expect(4, (length) => {
        this.#passed = length;
        this.#end();
      });
    else this.#passed = Infinity;
  }

  #readHeader(descriptor: number): void {
    const isSingleSegment = (descriptor >> 5) & 1;
    this.#hasChecksum = ((descriptor >> 2) & 1) === 1;
    const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
    const size = [isSingleSegment, 2, 4, 8][descriptor >> 6] ?? 0;
    if (isSingleSegment === 0)
      this.#expect(1, (window) => {
        this.onWindow(2 ** (10 + (window >> 3)) * (1 + (window & 7) / 8));
        this.#passed = dictionary + size;
        this.#expectBlock();
      });
    else {
      this.#passed = dictionary;
      // Its window is as large as what it holds; two bytes say how much beyond 256.
      this.#expect(size, (held) => {
        this.onWindow(size === 2 ? held + 256 : held);
        this.#expectBlock();
      });
    }
  }

  #expectBlock(): void {
    this.#expect(3, (header) => {
      this.#readBlock(header);
    });
  }

  #readBlock(header: number): void {
    const isRepeated = ((header >> 1) & 3) === REPEATED;
    this.#passed = isRepeated ? 1 : header >> 3;
    if ((header & 1) === 0) this.#expectBlock();
    else if (this.#hasChecksum)
      this.#expect(4, (checksum) => {
        this.#checksum = checksum;
        this.#end();
      });
    else this.#end();
  }

  /** Behind what is still to be passed over. */
  #end(): void {
    this.#isEnding = true;
    this.#expect(4, (magic) => {
      this.#begin(magic);
    });
  }
}
