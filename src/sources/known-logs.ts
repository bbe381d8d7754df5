import { randomBytes } from 'node:crypto';
import type { Checkpoint } from '../ingest/ingest-protocol.js';
import { fingerprintOf, type Fingerprint } from './fingerprint.js';
import { checkpointOf, parseLogState, type LogState } from './log-state.js';

const LOG = 'log:';
const PATTERN = 'followed:';
/** Logs that lie nowhere any more are remembered in case a copy of them turns up. */
const MOST_GONE = 256;

/** All logs of which it is known how far they were read. What is noted here goes into the database as checkpoints. */
export class KnownLogs {
  /** The last one noted comes last. */
  readonly #states = new Map<string, LogState>();
  readonly #patterns: Set<string>;

  constructor(checkpoints: ReadonlyMap<string, string>) {
    for (const [source, text] of checkpoints) {
      const state = source.startsWith(LOG) ? parseLogState(text) : undefined;
      if (state !== undefined) this.#states.set(source, state);
    }
    this.#patterns = new Set([...checkpoints.keys()].filter((source) => source.startsWith(PATTERN)));
  }

  static newId(): string {
    return LOG + randomBytes(9).toString('base64url');
  }

  /** Only what is on disk may be noted: others go on from there. */
  note(id: string, state: LogState): void {
    this.#states.delete(id);
    this.#states.set(id, state);
  }

  /** Logs that begin as these bytes do: those of this inode first, then those read farthest. */
  beginningLike(head: Buffer, inode: string): [id: string, state: LogState][] {
    const isSame = hashesOf(head);
    return [...this.#states]
      .filter(([, { head: print }]) => print.bytes > 0 && isSame(print))
      .sort(([, a], [, b]) => Number(b.inode === inode) - Number(a.inode === inode) || b.offset - a.offset);
  }

  /** This compressed file was read before, exactly as it is. */
  isRead(inode: string, size: number, modified: string): boolean {
    for (const { inode: known, packed } of this.#states.values()) {
      if (known === inode && packed?.size === size && packed.modified === modified) return true;
    }
    return false;
  }

  /** Another file was read that begins like this log, and at least as far. */
  isFound(id: string): boolean {
    const log = this.#states.get(id);
    if (log === undefined) return false;
    return [...this.#states].some(
      ([other, { head, offset }]) =>
        other !== id && head.hash === log.head.hash && head.bytes === log.head.bytes && offset >= log.offset,
    );
  }

  /** What was last read under this path, if there may be more of it. */
  lastAt(path: string): [id: string, state: LogState] | undefined {
    const last = [...this.#states].findLast(([, state]) => state.path === path && state.packed === undefined);
    return last?.[1].gone === true ? undefined : last;
  }

  /** Nothing more of this log will come. */
  noteGone(id: string): Checkpoint[] {
    const state = this.#states.get(id);
    if (state === undefined) return [];
    const gone = { ...state, gone: true };
    this.#states.set(id, gone);
    return [checkpointOf(id, gone)];
  }

  wasFollowed(pattern: string): boolean {
    return this.#patterns.has(PATTERN + pattern);
  }

  noteFollowed(pattern: string): Checkpoint {
    this.#patterns.add(PATTERN + pattern);
    return { source: PATTERN + pattern, state: '{}' };
  }

  /**
   * Forgets the oldest of those that are read no more and, if compressed, lie nowhere any more; answers
   * what to take out of the database.
   */
  forgetGone(ids: ReadonlySet<string>, inodes: ReadonlySet<string>): Checkpoint[] {
    if (this.#states.size <= ids.size + MOST_GONE) return [];
    const gone = [...this.#states]
      .filter(([id, { packed, inode }]) => !ids.has(id) && !(packed !== undefined && inodes.has(inode)))
      .map(([id]) => id);
    const forgotten = gone.slice(0, Math.max(0, gone.length - MOST_GONE));
    for (const id of forgotten) this.#states.delete(id);
    return forgotten.map((source) => ({ source }));
  }
}

/** Compares with many fingerprints, nearly all of which are of the same length: it is hashed once. */
function hashesOf(head: Buffer): (print: Fingerprint) => boolean {
  const hashes = new Map<number, string>();
  return ({ bytes, hash }) => {
    if (bytes > head.length) return false;
    const own = hashes.get(bytes) ?? fingerprintOf(head.subarray(0, bytes)).hash;
    hashes.set(bytes, own);
    return own === hash;
  };
}
