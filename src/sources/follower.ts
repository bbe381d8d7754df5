import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { asError, FlowatlasError } from '../domain/errors.js';
import type { Checkpoint } from '../ingest/ingest-protocol.js';
import { Arrivals, type Arrival } from './arrivals.js';
import { backedUpBy, isCompressed } from './backup-names.js';
import { FileFinder, type FoundFile } from './file-finder.js';
import type { FollowedLog, Pipeline } from './followed-log.js';
import type { Sighting } from './gaps.js';
import { KnownLogs } from './known-logs.js';
import type { PackedLog } from './packed-log.js';
import { reasonOf, SourceLog, type Tell } from './source-log.js';
import type { SourceStatus } from './source-status.js';
import { Turns } from './turns.js';

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
  readonly #arrivals: Arrivals;
  readonly #turns: Turns;
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
    this.#arrivals = new Arrivals(pipeline);
    this.#turns = new Turns(this.#logs, this.#packed, this.#arrivals);
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
      const arrivals = this.#arrivals.all.filter((arrival) => arrival.source === source);
      const unread = arrivals.reduce((sum, { file }) => sum + file.size, 0);
      const behind = [...logs, ...packed].reduce((sum, file) => sum + file.behind, unread);
      const open = logs.filter(({ tail }) => tail.isOpen).slice(0, MOST_OPEN_TOLD);
      return {
        ...source.status('follow'),
        files: logs.length + packed.length + arrivals.length,
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
      for (const log of this.#logs.values()) if (log.tail.isOpen) await log.rewind();
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
    await this.#turns.take(this.#stop.signal);
    for (const { source } of this.#watched) this.#turns.tell(source);
    for (const watched of this.#isFirst) await this.#endFirstLook(watched);
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
  }

  async #endFirstLook(watched: Watched): Promise<void> {
    this.#lookBack(watched);
    this.#isFirst.delete(watched);
    if (!this.pipeline.known.wasFollowed(watched.finder.pattern)) {
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
    } else if (size > 0) {
      // Its inode may have been that of a compressed file a moment ago.
      this.#packed.delete(inode);
      if (packed?.isDone === false) await packed.letGo();
      this.#arrivals.see(file, watched.source, this.#isUnwanted(watched));
    }
  }

  #isUnwanted(watched: Watched): boolean {
    const { finder } = watched;
    return (
      this.options.from === 'end' &&
      this.#isFirst.has(watched) &&
      !this.pipeline.known.wasFollowed(finder.pattern)
    );
  }

  /** Files whose inode is found nowhere any more: read to their end, then let go. */
  async #noteGone(seen: ReadonlySet<string>): Promise<void> {
    for (const [inode, { isDone }] of this.#packed)
      if (isDone && !seen.has(inode)) this.#packed.delete(inode);
    for (const arrival of this.#arrivals.forgetGone(seen)) this.#noteUnread(arrival);
    const gone: Checkpoint[] = [];
    for (const [inode, log] of this.#logs) {
      if (seen.has(inode)) continue;
      const goneSince = (log.goneSince ??= this.#noteMissing(log));
      if (log.tail.isOpen && Date.now() - Math.max(goneSince, log.readAt) < DRAINED) continue;
      if (!log.tail.isOpen && log.behind > 0) this.#suspect(log.id, log.tail.path, log.readAt);
      await log.finish();
      await log.tail.close();
      this.#logs.delete(inode);
      this.#sayGone(log);
      gone.push(...this.pipeline.known.noteGone(log.id));
    }
    await this.#tellGaps();
    await this.#note([...gone, ...this.pipeline.known.forgetGone(this.#ids(), seen)]);
  }

  /** What was read under the path of a log before the start may have been replaced, and its rest lie nowhere. */
  #lookBack({ finder }: Watched): void {
    for (const path of finder.logs) {
      const [id, state] = this.pipeline.known.lastAt(path) ?? [];
      if (id === undefined || state?.at === undefined || this.#ids().has(id)) continue;
      const lost = { id, path, seenAt: state.at, goneAt: Date.now() };
      if (this.#files().some(({ firstPath }) => firstPath === path)) this.pipeline.gaps.suspect(lost);
      else this.pipeline.gaps.look(lost, this.#backupsOf(path));
    }
  }

  /** Answers since when. */
  #noteMissing({ id, tail: { path }, seenAt }: FollowedLog): number {
    const goneAt = Date.now();
    this.pipeline.gaps.look({ id, path, seenAt, goneAt }, this.#backupsOf(path));
    return goneAt;
  }

  /** It was rotated away while it waited for its turn, and lies nowhere compressed. */
  #noteUnread({ foundAt, file: { path } }: Arrival): void {
    if (this.#files().some(({ firstPath }) => isCompressed(firstPath, path))) return;
    this.#suspect(KnownLogs.newId(), path, foundAt);
  }

  #suspect(id: string, path: string, seenAt: number): void {
    const log = this.#watched.map(({ finder }) => finder.logOf(path)).find((found) => found !== undefined);
    this.pipeline.gaps.suspect({ id, path: log ?? path, seenAt, goneAt: Date.now() });
  }

  async #tellGaps(): Promise<void> {
    const { known, gaps } = this.pipeline;
    const ids = this.#ids();
    const copied = new Set([...this.#logs.values()].map(({ goesOnFrom }) => goesOnFrom));
    const isSettled = (id: string, from: number, to: number) =>
      !ids.has(id) &&
      [...this.#packed.values()].every(({ isDone, foundAt }) => isDone || foundAt < from || foundAt > to) &&
      this.#arrivals.all.every(({ foundAt }) => foundAt < from || foundAt > to);
    const { gaps: found, note } = gaps.settle(isSettled, (id) => known.isFound(id) || copied.has(id));
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

  #backupsOf(log: string): Sighting[] {
    const finders = this.#watched.map(({ finder }) => finder);
    return this.#files().filter(({ firstPath }) =>
      finders.some((finder) => finder.backedUpBy(firstPath) === log),
    );
  }

  #files(): Sighting[] {
    return [...this.#logs.values(), ...this.#packed.values(), ...this.#arrivals.all];
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
    if (this.#turns.isPaused(log)) return false;
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

  get #isStopping(): boolean {
    return this.#stop.signal.aborted;
  }

  async #rest(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}

const MOST_OPEN_TOLD = 20;
