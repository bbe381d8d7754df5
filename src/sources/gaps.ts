import type { z } from 'zod';
import type { Checkpoint } from '../ingest/ingest-protocol.js';
import { gapSchema } from './source-status.js';

const PREFIX = 'gap:';
/** Gaps remembered. */
const MOST = 256;

/** A log was followed until `from`; at `to` it and what came right after it had been taken away unread. */
export type Gap = z.infer<typeof gapSchema>;

/** A file as it was seen first. */
export interface Sighting {
  firstPath: string;
  /** Milliseconds. */
  foundAt: number;
}

interface LostLog {
  id: string;
  path: string;
  /** Milliseconds. */
  seenAt: number;
  goneAt: number;
}

/**
 * Where rotation was faster than the follower: a log is gone, and beside it lie backups that nobody saw while they
 * were written, so others may have come and gone between. Unless one of them turns out to be that log: compressed
 * ones are only known when they are read.
 */
export class Gaps {
  readonly #suspected = new Map<string, Gap>();
  readonly #known = new Map<string, Gap>();

  constructor(checkpoints: ReadonlyMap<string, string>) {
    for (const [source, text] of checkpoints) {
      const gap = source.startsWith(PREFIX) ? parseGap(text) : undefined;
      if (gap !== undefined) this.#known.set(source, gap);
    }
  }

  /** The oldest first, also from before the start of the server. */
  get all(): readonly Gap[] {
    return [...this.#known.values()];
  }

  /** `log` is what was followed last under its path; `backups` of it lie there now. */
  look(log: LostLog, backups: readonly Sighting[]): void {
    const { seenAt, goneAt } = log;
    if (backups.some(({ foundAt }) => foundAt > seenAt && foundAt <= goneAt)) this.suspect(log);
  }

  /** It is gone, and not all of it was read. */
  suspect({ id, path, seenAt, goneAt }: LostLog): void {
    this.#suspected.set(id, { path, from: toText(seenAt), to: toText(goneAt) });
  }

  /** It was missed for a moment only, as while it was renamed. */
  dismiss(id: string): void {
    this.#suspected.delete(id);
  }

  /**
   * When everything that lay there was read, a log that was not found in it is lost. `note` is to be stored.
   * `isSettled` tells whether a log is let go, and all files found between two times are read.
   */
  settle(
    isSettled: (id: string, from: number, to: number) => boolean,
    isFound: (id: string) => boolean,
  ): { gaps: Gap[]; note: Checkpoint[] } {
    const gaps: Gap[] = [];
    const note: Checkpoint[] = [];
    for (const [id, gap] of this.#suspected) {
      if (!isSettled(id, Date.parse(gap.from), Date.parse(gap.to))) continue;
      this.#suspected.delete(id);
      if (isFound(id)) continue;
      gaps.push(gap);
      this.#known.set(PREFIX + id, gap);
      note.push({ source: PREFIX + id, state: JSON.stringify(gap) });
    }
    for (const source of [...this.#known.keys()].slice(0, Math.max(0, this.#known.size - MOST))) {
      this.#known.delete(source);
      note.push({ source });
    }
    return { gaps, note };
  }
}

function parseGap(text: string): Gap | undefined {
  try {
    return gapSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function toText(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
