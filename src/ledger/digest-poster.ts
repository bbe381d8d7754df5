import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { FlowatlasError } from '../domain/errors.js';
import { fromMilliseconds } from '../domain/flow/timestamp.js';
import { everyone } from '../domain/viewer.js';
import { IngestClient } from '../ingest/ingest-client.js';
import { FlowStore } from '../store/flow-store.js';
import type { DigestSettings } from './digest-settings.js';
import { slackMessage } from './digest-words.js';
import { newsUntil, readDigest } from './ledger-answer.js';
import type { LedgerDigest } from './ledger.schema.js';

/** Milliseconds that the other side has to answer. */
const PATIENCE = 10_000;
/** The same when the server ends. */
const GRACE_AT_END = 2_000;
/** Edges of each list; Slack takes 50 blocks a message. */
const MOST_EDGES = 50;
/** Nanoseconds. */
const SILENT_FOR = 6n * 3_600_000_000_000n;

/**
 * Nanoseconds. What is posted from time to time ends so long ago: until then flows of that time still come, and the
 * ledger is some seconds behind.
 */
const GRACE = 60n * 1_000_000_000n;

/**
 * Posts news of the ledger to a webhook: from time to time, and on demand. What was posted last is noted, so that a
 * server that starts again goes on from there: no start puts it off, and nothing is told twice.
 */
@Injectable()
export class DigestPoster implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log = new Logger('digest');
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  /** What is posted just now, from time to time. */
  #posting: Promise<void> | undefined;
  readonly #stopping = new AbortController();

  constructor(
    private readonly store: FlowStore,
    private readonly ingest: IngestClient,
    private readonly settings: DigestSettings,
  ) {}

  /** The first one ever tells what came since this start. */
  async onApplicationBootstrap(): Promise<void> {
    if (this.settings.webhook === undefined) return;
    const at = Date.now();
    if (this.store.postedDigest() === undefined)
      await this.ingest.noteDigest({ at, until: fromMilliseconds(at) });
    this.#postAt((this.store.postedDigest()?.at ?? at) + this.settings.every);
  }

  /** What was taken must be noted while that can be done, else it is told again. */
  async onModuleDestroy(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    const late = setTimeout(() => {
      this.#stopping.abort(new Error('the server ends'));
    }, GRACE_AT_END);
    await this.#posting;
    clearTimeout(late);
  }

  #postAt(due: number): void {
    if (this.#isOver) return;
    // Never longer: the clock may have been ahead when the last one was posted.
    const wait = Math.min(this.settings.every, Math.max(0, due - Date.now()));
    this.#timer = setTimeout(() => {
      const at = Date.now();
      this.#posting = this.#postNext(at)
        .catch((error: unknown) => {
          this.#log.error(`${wordsOf(error)}; the next one tells of it, too`);
        })
        .finally(() => {
          this.#postAt(at + this.settings.every);
        });
    }, wait);
  }

  /** Noted once it was taken: what could not be posted is told by the next one again. */
  async #postNext(at: number): Promise<void> {
    const since = this.store.postedDigest()?.until ?? fromMilliseconds(at);
    const until = newsUntil(this.store, since, fromMilliseconds(at) - GRACE);
    await this.#post({ since, until });
    await this.ingest.noteDigest({ at, until });
  }

  /** Posts what came since then (nanoseconds since 1970), beside what is posted from time to time. */
  post(since: bigint): Promise<LedgerDigest> {
    return this.#post({ since });
  }

  async #post(stretch: { since: bigint; until?: bigint }): Promise<LedgerDigest> {
    const { webhook } = this.settings;
    if (webhook === undefined) {
      throw new FlowatlasError(
        'not_found',
        'there is nowhere to post to: set FLOWATLAS_DIGEST_WEBHOOK (--digest-webhook)',
      );
    }
    const question = { ...stretch, silentFor: SILENT_FOR, most: MOST_EDGES };
    const digest = readDigest(this.store, everyone, question);
    await send(webhook, JSON.stringify(slackMessage(digest)), this.#stopping.signal);
    return digest;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function send(webhook: string, body: string, stopping: AbortSignal): Promise<void> {
  const { host } = new URL(webhook);
  const refused = (reason: string) =>
    new FlowatlasError('unavailable', `the digest could not be posted to ${host} (${reason})`);
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.any([AbortSignal.timeout(PATIENCE), stopping]);
  const answer = await fetch(webhook, { method: 'POST', headers, body, signal, redirect: 'error' }).catch(
    (error: unknown) => {
      throw refused(error instanceof Error ? error.message : String(error));
    },
  );
  await answer.body?.cancel();
  if (!answer.ok) throw refused(`it answered ${answer.status}`);
}
