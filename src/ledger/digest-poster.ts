import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { FlowatlasError } from '../domain/errors.js';
import { fromMilliseconds } from '../domain/flow/timestamp.js';
import { everyone } from '../domain/viewer.js';
import { FlowStore } from '../store/flow-store.js';
import type { DigestSettings } from './digest-settings.js';
import { slackMessage } from './digest-words.js';
import { readDigest } from './ledger-answer.js';
import type { LedgerDigest } from './ledger.schema.js';

/** Milliseconds that the other side has to answer. */
const PATIENCE = 10_000;
/** Edges of each list; Slack takes 50 blocks a message. */
const MOST_EDGES = 50;
/** Nanoseconds. */
const SILENT_FOR = 6n * 3_600_000_000_000n;

/** Posts news of the ledger to a webhook: from time to time, and on demand. */
@Injectable()
export class DigestPoster implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #log = new Logger('digest');
  #timer: NodeJS.Timeout | undefined;
  /** Milliseconds since 1970: up to when news were told. */
  #toldUntil = Date.now();

  constructor(
    private readonly store: FlowStore,
    private readonly settings: DigestSettings,
  ) {}

  onApplicationBootstrap(): void {
    const { webhook, every } = this.settings;
    if (webhook === undefined) return;
    this.#toldUntil = Date.now() - every;
    this.#timer = setInterval(() => {
      this.post(this.#toldUntil).catch((error: unknown) => {
        this.#log.error(
          `${error instanceof Error ? error.message : String(error)}; the next one tells of it, too`,
        );
      });
    }, every);
  }

  onModuleDestroy(): void {
    clearInterval(this.#timer);
  }

  /** Posts what came since then (milliseconds since 1970). What could not be posted is told by the next one again. */
  async post(since: number): Promise<LedgerDigest> {
    const { webhook } = this.settings;
    if (webhook === undefined) {
      throw new FlowatlasError(
        'invalid_parameter',
        'there is nowhere to post to: set FLOWATLAS_DIGEST_WEBHOOK (--digest-webhook)',
      );
    }
    const begun = Date.now();
    const question = { since: fromMilliseconds(since), silentFor: SILENT_FOR, most: MOST_EDGES };
    const digest = readDigest(this.store, everyone, question);
    await send(webhook, JSON.stringify(slackMessage(digest)));
    this.#toldUntil = begun;
    return digest;
  }
}

async function send(webhook: string, body: string): Promise<void> {
  const { host } = new URL(webhook);
  const refused = (reason: string) =>
    new FlowatlasError('unavailable', `the digest could not be posted to ${host} (${reason})`);
  const headers = { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await fetch(webhook, { method: 'POST', headers, body, signal, redirect: 'error' }).catch(
    (error: unknown) => {
      throw refused(error instanceof Error ? error.message : String(error));
    },
  );
  await answer.body?.cancel();
  if (!answer.ok) throw refused(`it answered ${answer.status}`);
}
