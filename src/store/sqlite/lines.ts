const LINE_BREAK = 10;

/** The lines of a block, each with a line break behind it; found by number, made when they are asked for. */
export class Lines {
  /** Where each line begins, and one behind the last. */
  readonly #starts: Uint32Array;

  constructor(private readonly bytes: Buffer) {
    const starts = [0];
    for (let at = bytes.indexOf(LINE_BREAK); at >= 0; at = bytes.indexOf(LINE_BREAK, at + 1))
      starts.push(at + 1);
    this.#starts = Uint32Array.from(starts);
  }

  get length(): number {
    return this.#starts.length - 1;
  }

  get all(): string {
    return this.bytes.toString('utf8');
  }

  /** A view of its bytes; undefined when there are not so many. */
  line(number: number): Buffer | undefined {
    const end = this.#starts[number + 1];
    return end === undefined ? undefined : this.bytes.subarray(this.#starts[number], end - 1);
  }

  text(number: number): string | undefined {
    const end = this.#starts[number + 1];
    return end === undefined ? undefined : this.bytes.toString('utf8', this.#starts[number], end - 1);
  }
}
