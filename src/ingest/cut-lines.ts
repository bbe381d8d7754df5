/**
 * What the log of a container has before a piece of a line (`P`) or the end of one (`F`):
 * https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md
 */
const TAG = /^\d{4}-\d{2}-\d{2}T\S{9,30} (stdout|stderr) ([PF])(?::\S*)? /;
const LONGEST_TAG = 64;
const ZERO = 48;
const NINE = 57;

/** Puts lines together again that a container's runtime cut into pieces, as it does after each 16 KiB. */
export class CutLines {
  /** By stream. */
  readonly #pieces = new Map<string, Buffer[]>();
  #bytes = 0;

  constructor(private readonly mostBytes: number) {}

  /**
   * `kept` for a piece, of which the rest is to come; the whole line with its last piece. Undefined for any other line,
   * and for a piece that is too much.
   */
  take(bytes: Buffer, from: number, to: number): 'kept' | Buffer | undefined {
    const first = bytes[from] ?? 0;
    if (first < ZERO || first > NINE) return undefined;
    const [tag = '', stream = '', kind] =
      TAG.exec(bytes.toString('latin1', from, Math.min(to, from + LONGEST_TAG))) ?? [];
    const pieces = this.#pieces.get(stream);
    if (kind === undefined || (kind === 'F' && pieces === undefined)) return undefined;
    const piece = bytes.subarray(from + tag.length, to);
    if (kind === 'P') return this.#keep(stream, piece);
    this.#pieces.delete(stream);
    const line = Buffer.concat([...(pieces ?? []), piece]);
    this.#bytes -= line.length - piece.length;
    return line;
  }

  #keep(stream: string, piece: Buffer): 'kept' | undefined {
    if (this.#bytes + piece.length > this.mostBytes) return undefined;
    this.#bytes += piece.length;
    const pieces = this.#pieces.get(stream);
    // A copy: the bytes are only good for now.
    if (pieces === undefined) this.#pieces.set(stream, [Buffer.from(piece)]);
    else pieces.push(Buffer.from(piece));
    return 'kept';
  }

  /** Lines of which no end came. */
  get unfinished(): number {
    return this.#pieces.size;
  }
}
