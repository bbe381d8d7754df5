import type { Arrival, Arrivals } from './arrivals.js';
import { FollowedLog } from './followed-log.js';
import type { PackedLog } from './packed-log.js';
import type { SourceLog } from './source-log.js';

/** Files that are held open at once, and compressed ones among them: logs must not wait for all of those. */
const MOST_OPEN = 256;
const MOST_PACKED = 64;
/** A file that waits longer for its turn is worth a word. Milliseconds. */
const LATE = 10_000;

type Waiting = Arrival | FollowedLog;

/** Gives places to files that are to be read; where there are more files than places, they are read in turns. */
export class Turns {
  /** Logs that make room for others, and those that wait for it. */
  readonly #paused = new Set<FollowedLog>();

  /** All by inode. */
  constructor(
    private readonly logs: Map<string, FollowedLog>,
    private readonly packed: Map<string, PackedLog>,
    private readonly arrivals: Arrivals,
  ) {}

  isPaused(log: FollowedLog): boolean {
    return this.#paused.has(log);
  }

  /** Who waits gets the places of those that are read, the longest unread first. */
  async take(stop: AbortSignal): Promise<void> {
    this.#paused.clear();
    const waiting = this.#inTurn();
    await this.#makeRoom(waiting.length - this.#free);
    for (const next of waiting) {
      if (stop.aborted || this.#free <= 0) break;
      if (next instanceof FollowedLog) next.waitsSince = undefined;
      else await this.#open(next);
    }
    for (const log of this.logs.values()) if (log.waitsSince !== undefined) this.#paused.add(log);
  }

  /** Rotation may take away what waits for long. */
  tell(source: SourceLog): void {
    const since = [...this.arrivals.all, ...this.#waitingLogs()]
      .filter((waiting) => waiting.source === source)
      .map(sinceWhen);
    if (since.length === 0) source.heal('turns', `${source.path}: no file waits for its turn any more`);
    else if (this.#free <= 0 && Math.min(...since) < Date.now() - LATE) {
      source.complain(
        'turns',
        `${source.path}: ${MOST_OPEN} files are open, which is the most at once, and others have waited for their turn for more than ${LATE / 1_000} s; keep more or larger backups, or follow fewer files`,
      );
    }
  }

  #waitingLogs(): FollowedLog[] {
    return [...this.logs.values()].filter(({ waitsSince }) => waitsSince !== undefined);
  }

  #inTurn(): Waiting[] {
    for (const log of this.logs.values()) if (!log.tail.isOpen && log.isDue) log.waitsSince ??= Date.now();
    const arrivals = this.arrivals.all.filter(({ isPacked }) => !isPacked || this.#holdsPacked < MOST_PACKED);
    return [...arrivals, ...this.#waitingLogs()].sort((a, b) => sinceWhen(a) - sinceWhen(b));
  }

  /** Those go first that have nothing to read. */
  async #makeRoom(places: number): Promise<void> {
    if (places <= 0) return;
    const open = [...this.logs.values()]
      .filter(({ tail, goneSince }) => tail.isOpen && goneSince === undefined)
      .sort((a, b) => Number(a.isDue) - Number(b.isDue) || a.readAt - b.readAt);
    for (const log of open.slice(0, places)) if (!(await log.giveWay())) this.#paused.add(log);
  }

  async #open(arrival: Arrival): Promise<void> {
    const { inode } = arrival.file;
    const found = await this.arrivals.open(arrival);
    if (found instanceof FollowedLog) this.logs.set(inode, found);
    else if (found?.isDone === false && this.#holdsPacked >= MOST_PACKED) {
      arrival.isPacked = true;
      await found.letGo();
      return;
    } else if (found !== undefined) this.packed.set(inode, found);
    if (found !== undefined) this.arrivals.take(arrival);
  }

  get #free(): number {
    const logs = [...this.logs.values()].filter(
      ({ tail, isDue, waitsSince }) => tail.isOpen || (isDue && waitsSince === undefined),
    );
    return MOST_OPEN - logs.length - this.#holdsPacked;
  }

  get #holdsPacked(): number {
    return [...this.packed.values()].filter(({ isDone }) => !isDone).length;
  }
}

function sinceWhen(waiting: Waiting): number {
  return waiting instanceof FollowedLog ? (waiting.waitsSince ?? Infinity) : waiting.foundAt;
}
