/** Takes whole lines out of a stream of bytes; a line without end is passed on in pieces. */
export interface LineSink {
  /** A whole line without its line break. The bytes are only good until the next call. */
  line(bytes: Buffer): void;
  /** A piece of a line that is too long to wait for, cut behind a closing brace; `line` brings the rest. */
  piece(bytes: Buffer): void;
}

const LINE_BREAK = 10;
const CLOSE_BRACE = 125;
/** Whole arrays come on one line: it is read in pieces from here on. */
const LONG_LINE = 4 << 20;

export class LineSplitter {
  #rest: Buffer[] = [];
  #restBytes = 0;

  constructor(private readonly sink: LineSink) {}

  write(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(LINE_BREAK); at >= 0; at = chunk.indexOf(LINE_BREAK, from)) {
      this.sink.line(this.#withRest(chunk.subarray(from, at)));
      from = at + 1;
    }
    if (from === chunk.length) return;
    // A copy: the caller may use its buffer again.
    this.#rest.push(Buffer.from(chunk.subarray(from)));
    this.#restBytes += chunk.length - from;
    if (this.#restBytes >= LONG_LINE) this.#passPiece();
  }

  end(): void {
    if (this.#restBytes > 0) this.sink.line(this.#withRest(Buffer.alloc(0)));
  }

  #withRest(bytes: Buffer): Buffer {
    if (this.#restBytes === 0) return bytes;
    const line = Buffer.concat([...this.#rest, bytes]);
    this.#rest = [];
    this.#restBytes = 0;
    return line;
  }

  #passPiece(): void {
    const bytes = this.#withRest(Buffer.alloc(0));
    const cut = bytes.lastIndexOf(CLOSE_BRACE) + 1;
    // Without a brace it is no JSON worth waiting for; any cut is as good as another.
    this.sink.piece(cut === 0 ? bytes : bytes.subarray(0, cut));
    if (cut === 0 || cut === bytes.length) return;
    this.#rest = [bytes.subarray(cut)];
    this.#restBytes = bytes.length - cut;
  }
}
