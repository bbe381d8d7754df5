import { open, type FileHandle } from 'node:fs/promises';
import { fingerprintOf, lastBytes, PRINT_BYTES, startsWith } from './fingerprint.js';
import type { LogState } from './log-state.js';

const LINE_BREAK = 10;
const EMPTY: Buffer = Buffer.alloc(0);

/** What one step of reading found. `bytes` are only good until the next step. */
export interface Step {
  bytes: Buffer;
  /** The file was cut off or written anew since the last step: what follows is another log, from its beginning. */
  cut: boolean;
}

/**
 * Reads on in one plain file. The file stays open, so it can be read to its end when it was renamed or
 * removed meanwhile. Place and last whole line are counted; nothing is told to anybody.
 */
export class Tail {
  #handle: FileHandle | undefined;
  /** Behind what was read. */
  #offset = 0;
  /** Behind the last line break that was read. */
  #lineEnd = 0;
  #head = EMPTY;
  /** The bytes before `#offset` and before `#lineEnd`. */
  #before = EMPTY;
  #beforeLineEnd = EMPTY;

  constructor(public path: string) {}

  get offset(): number {
    return this.#offset;
  }

  /** A line was begun whose end is not read yet. */
  get isInLine(): boolean {
    return this.#offset > this.#lineEnd;
  }

  get isOpen(): boolean {
    return this.#handle !== undefined;
  }

  async open(): Promise<FileHandle> {
    this.#handle ??= await open(this.path, 'r');
    return this.#handle;
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  /** For another reader, who has to close it. */
  async release(): Promise<FileHandle> {
    const handle = await this.open();
    this.#handle = undefined;
    return handle;
  }

  /** The inode that is open: the path may lead to another one by now. */
  async inode(): Promise<string> {
    const { dev, ino } = await (await this.open()).stat({ bigint: true });
    return `${dev}:${ino}`;
  }

  async size(): Promise<number> {
    return (await (await this.open()).stat()).size;
  }

  async readHead(): Promise<Buffer> {
    return this.#readAt(0, PRINT_BYTES);
  }

  /** Goes where another reader of this log has been, if the bytes before that place are the same. */
  async goTo({ offset, tail }: Pick<LogState, 'offset' | 'tail'>): Promise<boolean> {
    const before = await this.#readAt(offset - tail.bytes, tail.bytes);
    if (before.length !== tail.bytes || !startsWith(before, tail)) return false;
    await this.#place(offset, before);
    return true;
  }

  /** Behind the last line that is whole now; what is written later is read. */
  async goToEnd(): Promise<void> {
    for (let end = await this.size(); end > 0; end -= PRINT_BYTES) {
      const start = Math.max(0, end - PRINT_BYTES);
      const found = (await this.#readAt(start, end - start)).lastIndexOf(LINE_BREAK);
      if (found < 0) continue;
      const offset = start + found + 1;
      await this.#place(
        offset,
        await this.#readAt(Math.max(0, offset - PRINT_BYTES), Math.min(offset, PRINT_BYTES)),
      );
      return;
    }
  }

  goToStart(): void {
    this.#offset = this.#lineEnd = 0;
    this.#head = this.#before = this.#beforeLineEnd = EMPTY;
  }

  /** Back behind the last whole line: a line whose end is to come is read again with it. */
  goToLine(): void {
    this.#offset = this.#lineEnd;
    this.#before = this.#beforeLineEnd;
  }

  /**
   * Reads on. Only afterwards it is looked whether the file is still the one that was read before: then
   * what was read in between belongs to it.
   */
  async step(buffer: Buffer): Promise<Step> {
    const handle = await this.open();
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, this.#offset);
    const { size } = await handle.stat();
    const head = await this.readHead();
    const bytes = buffer.subarray(0, bytesRead);
    const isSame = size >= this.#offset + bytesRead && head.subarray(0, this.#head.length).equals(this.#head);
    if (isSame) {
      this.#head = head;
      this.#take(bytes);
      return { bytes, cut: false };
    }
    // Cut off behind our back, and not yet longer than before: the bytes were still of the old log.
    const isOld = size < this.#offset || this.#offset === 0;
    if (isOld) this.#take(bytes);
    return { bytes: isOld ? bytes : EMPTY, cut: true };
  }

  /** Up to the last whole line: the rest of another one may follow here, or in a copy. */
  state(inode: string): LogState {
    return {
      path: this.path,
      inode,
      head: fingerprintOf(this.#head),
      tail: fingerprintOf(this.#beforeLineEnd),
      at: Date.now(),
      offset: this.#lineEnd,
    };
  }

  async #place(offset: number, before: Buffer): Promise<void> {
    this.#offset = this.#lineEnd = offset;
    this.#before = this.#beforeLineEnd = before;
    this.#head = await this.readHead();
  }

  #take(bytes: Buffer): void {
    const lastBreak = bytes.lastIndexOf(LINE_BREAK);
    if (lastBreak >= 0) {
      this.#lineEnd = this.#offset + lastBreak + 1;
      this.#beforeLineEnd = lastBytes(this.#before, bytes.subarray(0, lastBreak + 1));
    }
    this.#before = lastBytes(this.#before, bytes);
    this.#offset += bytes.length;
  }

  async #readAt(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await (await this.open()).read(buffer, 0, length, position);
    return buffer.subarray(0, bytesRead);
  }
}
