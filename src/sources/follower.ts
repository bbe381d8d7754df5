import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asError, FlowatlasError } from '../domain/errors.js';
import type { Checkpoint } from '../ingest/ingest-protocol.js';
import { backedUpBy } from './backup-names.js';
import { FileFinder, type FoundFile } from './file-finder.js';
import { FollowedLog, type Pipeline } from './followed-log.js';
import type { Sighting } from './gaps.js';
import { isPacked, PackedLog } from './packed-log.js';
import { reasonOf, SourceLog, type Tell } from './source-log.js';
import type { SourceStatus } from './source-status.js';

export interface FollowOptions {
  patterns: readonly string[];
  /** Where files begin that are there when a pattern is followed for the very first time. */
  from: 'start' | 'end';
}

/** Between two looks at files that are quiet. Asking works everywhere; events of the kernel do not on all mounts. Milliseconds. */
const PAUSE = 250;
/** Of one file, before the others have their turn. */
const TURN = 4 << 20;
const STEP = 1 << 20;
/** A file that is gone is read on so long after its last byte: who wrote it may not have noticed yet. Milliseconds. */
const DRAINED = 3_000;
/** A file that is quiet for so long is closed, and opened again when it is written. Milliseconds. */
const IDLE = 60_000;
/** A file that begins like a known log but is shorter may be a copy in the making. Milliseconds. */
const COPYING = 2_000;
/** Unread files that are held open at once; further ones wait. */
const MOST_OPEN = 256;
/** Pauses after a failure of the store, from and up to. Milliseconds. */
const FIRST_RETRY = 1_000;
const LAST_RETRY = 30_000;

interface Watched {
  finder: FileFinder;
  source: SourceLog;
}

/** Reads logs as they are written, however they are rotated, and goes on after a restart where it stopped. */
export class Follower {
  readonly #watched: Watched[];
  /** By inode. */
  readonly #logs = new Map<string, FollowedLog>();
  readonly #packed = new Map<string, PackedLog>();
  readonly #shortSince = new Map<string, { size: number; at: number }>();
  readonly #stop = new AbortController();
  readonly #buffer = Buffer.alloc(STEP);
  #running: Promise<void> = Promise.resolve();
  /** Not looked at yet. */
  readonly #isFirst: Set<Watched>;
  #retry = FIRST_RETRY;
  #failedAt = 0;
  #packing: Promise<unknown> | undefined;
  #packedFailure: Error | undefined;

  constructor(
    private readonly options: FollowOptions,
    private readonly pipeline: Pipeline,
    tell: Tell,
  ) {
    this.#watched = options.patterns.map((pattern) => {
      const source = new SourceLog(pattern, tell);
      return { finder: new FileFinder(pattern, source), source };
    });
    this.#isFirst = new Set(this.#watched);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** What was read is on disk then. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.#packing;
    await Promise.allSettled(
      [...this.#packed.values()].filter(({ isDone }) => !isDone).map((file) => file.letGo()),
    );
    await Promise.allSettled([...this.#logs.values()].map((log) => log.stop()));
  }

  status(): SourceStatus[] {
    return this.#watched.map(({ source }) => {
      const logs = [...this.#logs.values()].filter((log) => log.source === source);
      const packed = [...this.#packed.values()].filter((file) => file.source === source);
      const behind = [...logs, ...packed].reduce((sum, file) => sum + file.behind, 0);
      const open = logs.filter(({ tail }) => tail.isOpen).slice(0, MOST_OPEN_TOLD);
      return {
        ...source.status('follow'),
        files: logs.length + packed.length,
        bytesBehind: behind,
        open: open.map(({ tail, stored, behind: rest }) => ({
          path: tail.path,
          bytesRead: stored,
          bytesBehind: rest,
        })),
      };
    });
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const more = await this.#tryTurn();
      if (!more) await this.#rest(PAUSE);
    }
  }

  async #tryTurn(): Promise<boolean> {
    try {
      const more = await this.#turn();
      this.#recover();
      return more;
    } catch (error) {
      for (const { source } of this.#watched) {
        source.complain(
          'store',
          `${source.path}: following is held up (${reasonOf(error)}); it is tried again`,
        );
      }
      await this.#rest(this.#retry);
      this.#retry = Math.min(LAST_RETRY, this.#retry * 2);
      for (const log of this.#logs.values()) await log.rewind();
      this.#failedAt = Date.now();
      return false;
    }
  }

  /** After a failure it is not enough that nothing went wrong in one turn: something must have got onto the disk. */
  #recover(): void {
    if (![...this.#logs.values()].some(({ keptAt }) => keptAt > this.#failedAt)) return;
    this.#retry = FIRST_RETRY;
    for (const { source } of this.#watched) source.heal('store', `${source.path}: following goes on`);
  }

  /** Looks at all files and reads on in each. Answers whether there is more to read. */
  async #turn(): Promise<boolean> {
    const seen = new Set<string>();
    for (const watched of this.#watched) await this.#look(watched, seen);
    await this.#noteGone(seen);
    let more = false;
    for (const log of this.#logs.values()) more = (await this.#readOn(log)) || more;
    this.#readPacked();
    return more;
  }

  /** Beside the logs, one after another: a large one must not keep them waiting until they are rotated away. */
  #readPacked(): void {
    if (this.#packedFailure !== undefined) {
      const failure = this.#packedFailure;
      this.#packedFailure = undefined;
      throw failure;
    }
    if (this.#packing !== undefined || this.#isStopping) return;
    const due = [...this.#packed.values()].find(({ isDue }) => isDue);
    this.#packing = due
      ?.read(this.#stop.signal)
      .catch((error: unknown) => (this.#packedFailure = asError(error)))
      .finally(() => (this.#packing = undefined));
  }

  async #look(watched: Watched, seen: Set<string>): Promise<void> {
    for (const file of await watched.finder.look()) {
      // The same file may be found by two patterns, and under two names.
      if (seen.has(file.inode)) continue;
      seen.add(file.inode);
      await this.#see(file, watched);
    }
    if (this.#isFirst.has(watched)) this.#lookBack(watched);
    if (this.#isFirst.delete(watched) && !this.pipeline.known.wasFollowed(watched.finder.pattern)) {
      await this.#note([this.pipeline.known.noteFollowed(watched.finder.pattern)]);
    }
  }

  async #see(file: FoundFile, watched: Watched): Promise<void> {
    const { inode, path, size, modified } = file;
    const packed = this.#packed.get(inode);
    const log = this.#logs.get(inode);
    if (packed?.size === size && packed.modified === modified) {
      packed.path = path;
    } else if (log !== undefined) {
      log.wasMovedClosed ||= log.tail.path !== path && !log.tail.isOpen;
      log.tail.path = path;
      log.size = size;
      log.modified = modified;
      log.seenAt = Date.now();
      if (log.goneSince !== undefined) watched.source.heal(`gone ${path}`, `${path} is back`);
      log.goneSince = undefined;
      this.pipeline.gaps.dismiss(log.id);
    } else if (size > 0) await this.#discover(file, watched);
  }

  async #discover(file: FoundFile, { source, finder }: Watched): Promise<void> {
    // Its inode may have been that of a compressed file a moment ago.
    const packed = this.#packed.get(file.inode);
    this.#packed.delete(file.inode);
    if (packed?.isDone === false) await packed.letGo();
    if (this.#countOpen() >= MOST_OPEN) return;
    const log = new FollowedLog(file.path, file.inode, source, this.pipeline);
    log.size = file.size;
    log.modified = file.modified;
    const isUnwanted =
      this.options.from === 'end' &&
      this.#isFirstLookOf(finder) &&
      !this.pipeline.known.wasFollowed(finder.pattern);
    try {
      const isTaken = await this.#place(log, file, isUnwanted);
      source.heal(`open ${file.path}`);
      source.heal(`gone ${file.path}`, `${file.path} is back`);
      if (isTaken) this.#logs.set(file.inode, log);
      else await log.tail.close();
    } catch (error) {
      await log.tail.close();
      if (error instanceof FlowatlasError) throw error;
      source.complain(`open ${file.path}`, `${file.path} cannot be read: ${reasonOf(error)}`);
    }
  }

  /** Finds out where to begin. False when it is not to be followed, or not yet. */
  async #place(log: FollowedLog, file: FoundFile, isUnwanted: boolean): Promise<boolean> {
    // Between the look and the opening the path may have gone to another file: that one is seen next time.
    if ((await log.tail.inode()) !== file.inode) return false;
    const head = await log.tail.readHead();
    if (isPacked(head)) {
      await this.#addPacked(
        new PackedLog(file, await log.tail.release(), log.source, this.pipeline),
        isUnwanted,
      );
      return false;
    }
    const known = this.pipeline.known.beginningLike(head, file.inode);
    for (const [id, state] of known) {
      if (state.offset > file.size || !(await log.resume(id, state))) continue;
      if (state.offset === file.size) await log.rest();
      return true;
    }
    if (known.some(([, { offset }]) => offset > file.size) && this.#mayGrow(file)) return false;
    if (isUnwanted) await log.skipToEnd();
    if (log.tail.offset === file.size) await log.rest();
    return true;
  }

  async #addPacked(packed: PackedLog, isUnwanted: boolean): Promise<void> {
    this.#packed.set(packed.inode, packed);
    if (isUnwanted) await packed.skip();
    else if (packed.isDone) await packed.letGo();
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

  /** Files whose inode is found nowhere any more: read to their end, then let go. */
  async #noteGone(seen: ReadonlySet<string>): Promise<void> {
    for (const [inode, { isDone }] of this.#packed)
      if (isDone && !seen.has(inode)) this.#packed.delete(inode);
    for (const inode of this.#shortSince.keys()) if (!seen.has(inode)) this.#shortSince.delete(inode);
    for (const [inode, log] of this.#logs) {
      if (seen.has(inode)) continue;
      const goneSince = (log.goneSince ??= this.#noteMissing(log));
      if (log.tail.isOpen && Date.now() - Math.max(goneSince, log.readAt) < DRAINED) continue;
      await log.finish();
      await log.tail.close();
      this.#logs.delete(inode);
      this.#sayGone(log);
    }
    await this.#tellGaps();
    await this.#note(this.pipeline.known.forgetGone(this.#ids(), seen));
  }

  /** Of what was read under the path of a log before the start, nothing may be left. */
  #lookBack({ finder }: Watched): void {
    for (const path of finder.logs) {
      const [id, state] = this.pipeline.known.lastAt(path) ?? [];
      if (id === undefined || state?.at === undefined || this.#ids().has(id)) continue;
      this.pipeline.gaps.look({ id, path, seenAt: state.at, goneAt: Date.now() }, this.#files());
    }
  }

  /** Answers since when. */
  #noteMissing({ id, tail: { path }, seenAt }: FollowedLog): number {
    const goneAt = Date.now();
    this.pipeline.gaps.look({ id, path, seenAt, goneAt }, this.#files());
    return goneAt;
  }

  async #tellGaps(): Promise<void> {
    const { known, gaps } = this.pipeline;
    const ids = this.#ids();
    const isSettled = (id: string, from: number, to: number) =>
      !ids.has(id) &&
      [...this.#packed.values()].every(({ isDone, foundAt }) => isDone || foundAt < from || foundAt > to);
    const { gaps: found, note } = gaps.settle(isSettled, (id) => known.isFound(id));
    for (const { path, from, to } of found) {
      const watched = this.#watched.find(({ finder }) => finder.logs.has(path));
      if (watched === undefined) continue;
      watched.source.gaps++;
      watched.source.complain(
        `gap ${path}`,
        `${path} was rotated away faster than it could be followed, between ${from} and ${to}: flows of that time are lost; keep more or larger backups`,
      );
    }
    await this.#note(note);
  }

  #files(): Sighting[] {
    return [...this.#logs.values(), ...this.#packed.values()];
  }

  #ids(): Set<string> {
    return new Set([...this.#logs.values()].map(({ id }) => id));
  }

  /** A backup that was removed is nothing to speak of, and neither is a log that another took the place of. */
  #sayGone({ tail: { path }, source }: FollowedLog): void {
    if (backedUpBy(basename(path)).length > 0) return;
    if ([...this.#logs.values()].some(({ tail }) => tail.path === path)) return;
    source.complain(
      `gone ${path}`,
      `${path} vanished; it was read to its end, and is followed again when it comes back`,
    );
  }

  async #readOn(log: FollowedLog): Promise<boolean> {
    if (this.#isStopping) return false;
    log.throwFailure();
    try {
      const result = await log.readOn(this.#buffer, TURN);
      if (result === 'cut') {
        await log.tail.close();
        this.#logs.delete(log.inode);
        return true;
      }
      log.keep();
      log.source.heal(`read ${log.tail.path}`);
      if (log.goneSince === undefined && Date.now() - log.readAt > IDLE) await log.rest();
      return result === 'more';
    } catch (error) {
      if (error instanceof FlowatlasError) throw error;
      log.source.complain(`read ${log.tail.path}`, `${log.tail.path} cannot be read: ${reasonOf(error)}`);
      return false;
    }
  }

  async #note(checkpoints: readonly Checkpoint[]): Promise<void> {
    if (checkpoints.length > 0) await this.pipeline.ingest.open().end(checkpoints);
  }

  #countOpen(): number {
    const logs = [...this.#logs.values()].filter(({ tail }) => tail.isOpen);
    return logs.length + [...this.#packed.values()].filter(({ isDone }) => !isDone).length;
  }

  #isFirstLookOf(finder: FileFinder): boolean {
    return [...this.#isFirst].some((watched) => watched.finder === finder);
  }

  get #isStopping(): boolean {
    return this.#stop.signal.aborted;
  }

  async #rest(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}

const MOST_OPEN_TOLD = 20;
