import { FlowatlasError } from '../domain/errors.js';
import type { FoundFile } from './file-finder.js';
import { FollowedLog, type Pipeline } from './followed-log.js';
import { isPacked, PackedLog } from './packed-log.js';
import { reasonOf, type SourceLog } from './source-log.js';

/** A file that begins like a known log but is shorter may be a copy in the making. Milliseconds. */
const COPYING = 2_000;

/** A file that was found, and is not opened yet. */
export interface Arrival {
  file: FoundFile;
  readonly source: SourceLog;
  /** What it holds already is not wanted. */
  readonly isUnwanted: boolean;
  readonly firstPath: string;
  /** Milliseconds. */
  readonly foundAt: number;
  /** It was opened once, and is compressed. */
  isPacked: boolean;
}

/** Files that nobody reads yet, and where reading of each begins. */
export class Arrivals {
  /** By inode, in the order in which they came. */
  readonly #waiting = new Map<string, Arrival>();
  readonly #shortSince = new Map<string, { size: number; at: number }>();

  constructor(private readonly pipeline: Pipeline) {}

  get all(): Arrival[] {
    return [...this.#waiting.values()];
  }

  see(file: FoundFile, source: SourceLog, isUnwanted: boolean): void {
    const known = this.#waiting.get(file.inode);
    if (known !== undefined) known.file = file;
    else {
      const { path: firstPath } = file;
      const arrival = { file, source, isUnwanted, firstPath, foundAt: Date.now(), isPacked: false };
      this.#waiting.set(file.inode, arrival);
    }
  }

  /** Answers those that are found nowhere any more. */
  forgetGone(seen: ReadonlySet<string>): Arrival[] {
    for (const inode of this.#shortSince.keys()) if (!seen.has(inode)) this.#shortSince.delete(inode);
    const gone = this.all.filter(({ file }) => !seen.has(file.inode));
    for (const { file } of gone) this.#waiting.delete(file.inode);
    return gone;
  }

  /** It is read from now on. */
  take({ file }: Arrival): void {
    this.#waiting.delete(file.inode);
  }

  /** Undefined when it cannot be read, or not yet: then it is tried again. */
  async open(arrival: Arrival): Promise<FollowedLog | PackedLog | undefined> {
    const { file, source } = arrival;
    const log = new FollowedLog(file, source, this.pipeline, arrival.foundAt);
    let found: FollowedLog | PackedLog | undefined;
    try {
      found = await this.#place(log, arrival);
      source.heal(`open ${file.path}`);
      source.heal(`gone ${file.path}`, `${file.path} is back`);
    } catch (error) {
      if (error instanceof FlowatlasError) throw error;
      source.complain(`open ${file.path}`, `${file.path} cannot be read: ${reasonOf(error)}`);
    } finally {
      if (found !== log) await log.tail.close();
    }
    return found;
  }

  /** Finds out where to begin. Undefined when it is not to be followed, or not yet. */
  async #place(log: FollowedLog, arrival: Arrival): Promise<FollowedLog | PackedLog | undefined> {
    const { file, isUnwanted } = arrival;
    // Between the look and the opening the path may have gone to another file: that one is seen next time.
    if ((await log.tail.inode()) !== file.inode) return undefined;
    const head = await log.tail.readHead();
    if (isPacked(head)) return this.#openPacked(log, arrival);
    const known = this.pipeline.known.beginningLike(head, file.inode);
    for (const [id, state] of known) {
      if (state.offset > file.size || !(await log.resume(id, state))) continue;
      if (state.offset === file.size) await log.rest();
      return log;
    }
    if (known.some(([, { offset }]) => offset > file.size) && this.#mayGrow(file)) return undefined;
    if (isUnwanted) await log.skipToEnd();
    if (log.tail.offset === file.size) await log.rest();
    return log;
  }

  async #openPacked(log: FollowedLog, { file, source, isUnwanted, foundAt }: Arrival): Promise<PackedLog> {
    const packed = new PackedLog(file, await log.tail.release(), source, this.pipeline, foundAt);
    if (isUnwanted) await packed.skip();
    else if (packed.isDone) await packed.letGo();
    return packed;
  }

  /** A copy in the making: its beginning was read already, so it can wait. */
  #mayGrow({ inode, size }: FoundFile): boolean {
    const before = this.#shortSince.get(inode);
    if (before?.size !== size) {
      this.#shortSince.set(inode, { size, at: Date.now() });
      return true;
    }
    if (Date.now() - before.at < COPYING) return true;
    this.#shortSince.delete(inode);
    return false;
  }
}
