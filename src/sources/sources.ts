import type { IngestClient } from '../ingest/ingest-client.js';
import type { FlowStore } from '../store/flow-store.js';
import { DropFolder } from './drop-folder.js';
import { Gaps, type Gap } from './gaps.js';
import { Follower } from './follower.js';
import { KnownLogs } from './known-logs.js';
import type { Tell } from './source-log.js';
import type { SourceStatus } from './source-status.js';

export interface SourceOptions {
  follow: readonly string[];
  followFrom: 'start' | 'end';
  dropFolder: string | undefined;
}

/** Everything that flows are fetched from, beside what is sent over HTTP. */
export class Sources {
  readonly #follower: Follower | undefined;
  readonly #dropFolder: DropFolder | undefined;
  readonly #gaps: Gaps | undefined;

  constructor(
    { follow, followFrom, dropFolder }: SourceOptions,
    store: FlowStore,
    ingest: IngestClient,
    tell: Tell,
  ) {
    if (follow.length > 0) {
      const noted = store.checkpoints();
      const known = new KnownLogs(noted);
      this.#gaps = new Gaps(noted);
      const pipeline = { ingest, known, gaps: this.#gaps };
      this.#follower = new Follower({ patterns: follow, from: followFrom }, pipeline, tell);
    }
    if (dropFolder !== undefined) this.#dropFolder = new DropFolder(dropFolder, ingest, tell);
  }

  start(): void {
    this.#follower?.start();
    this.#dropFolder?.start();
  }

  /** Everything read is on its way to disk then; the store must still be open. */
  async stop(): Promise<void> {
    await Promise.all([this.#follower?.stop(), this.#dropFolder?.stop()]);
  }

  /** What rotation took away before it was read, of logs that are followed: also before the start of the server. */
  gaps(): readonly Gap[] {
    return this.#gaps?.all ?? [];
  }

  status(): SourceStatus[] {
    return [
      ...(this.#follower?.status() ?? []),
      ...(this.#dropFolder === undefined ? [] : [this.#dropFolder.status()]),
    ];
  }
}
