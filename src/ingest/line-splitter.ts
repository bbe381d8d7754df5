/** Takes whole lines out of a stream of bytes; a line without end is passed on in pieces. */
export interface LineSink {
  /** A whole line without its line break, from `from` up to `to`. The bytes are only good until the next call. */
  line(bytes: Buffer, from: number, to: number): void;
  /** A piece of a line that is too long to wait for, cut behind a closing brace; `line` brings the rest. */
  piece(bytes: Buffer): void;
}

const nothing = Buffer.alloc(0);
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
      if (this.#restBytes === 0) this.sink.line(chunk, from, at);
      else this.#passRest(chunk.subarray(from, at));
      from = at + 1;
    }
    if (from === chunk.length) return;
    // A copy: the caller may use its buffer again.
    this.#rest.push(Buffer.from(chunk.subarray(from)));
    this.#restBytes += chunk.length - from;
    if (this.#restBytes >= LONG_LINE) this.#passPiece();
  }

  end(): void {
    if (this.#restBytes > 0) this.#passRest(nothing);
  }

  #passRest(bytes: Buffer): void {
    const line = this.#withRest(bytes);
    this.sink.line(line, 0, line.length);
  }

  #withRest(bytes: Buffer): Buffer {
    const line = Buffer.concat([...this.#rest, bytes]);
    this.#rest = [];
    this.#restBytes = 0;
    return line;
  }

  #passPiece(): void {
    const bytes = this.#withRest(nothing);
    const brace = bytes.lastIndexOf(CLOSE_BRACE) + 1;
    const cut = brace > 0 ? brace : endOfText(bytes);
    this.sink.piece(bytes.subarray(0, cut));
    if (cut === bytes.length) return;
    this.#rest = [bytes.subarray(cut)];
    this.#restBytes = bytes.length - cut;
  }
}

/** Where the last whole character of UTF-8 ends: the bytes of one that goes on are held back. */
function endOfText(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 0;
    if (length > 0) return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
