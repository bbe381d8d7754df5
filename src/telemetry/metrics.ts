import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { FlowatlasError } from '../domain/errors.js';
import { Feed } from '../feed/feed.js';
import type { SourceStatus } from '../sources/source-status.js';
import { Sources } from '../sources/sources.js';
import { FlowStore, type Removed } from '../store/flow-store.js';

interface Sample {
  /** Milliseconds. */
  at: number;
  /** Flows stored ever: those that were removed meanwhile were stored, too. */
  flows: number;
}

const MINUTE = 60_000;

/** Numbers about the server itself, for Prometheus and for the status. */
@Injectable()
export class Metrics implements OnModuleDestroy {
  readonly registry = new Registry();
  liveClients = 0;
  #samples: Sample[];
  readonly #unfollow: () => void;
  readonly #stored: Counter;

  constructor(
    private readonly store: FlowStore,
    feed: Feed,
    private readonly sources: Sources,
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.#samples = [{ at: Date.now(), flows: store.summary().lastSeq }];
    this.#stored = new Counter({
      name: 'flowatlas_flows_stored_total',
      help: 'Flows stored since the start of the server',
      registers: [this.registry],
    });
    this.#addGauges();
    this.#addSources();
    this.#unfollow = feed.follow(() => {
      try {
        this.#sample();
      } catch (error) {
        // What cannot be read is told to whoever asks for it; storing goes on.
        if (!(error instanceof FlowatlasError)) throw error;
      }
    });
  }

  /** Flows stored over the last minute, a second. */
  flowsPerSecond(): number {
    this.#sample();
    const [oldest] = this.#samples;
    const newest = this.#samples.at(-1);
    if (oldest === undefined || newest === undefined || newest.at === oldest.at) return 0;
    const seconds = Math.max(1, (newest.at - oldest.at) / 1000);
    return Math.round(((newest.flows - oldest.flows) / seconds) * 100) / 100;
  }

  onModuleDestroy(): void {
    this.#unfollow();
  }

  #sample(): void {
    const at = Date.now();
    const { lastSeq: flows } = this.store.summary();
    const before = this.#samples.at(-1)?.flows ?? 0;
    if (flows > before) this.#stored.inc(flows - before);
    this.#samples = [...this.#samples.filter((sample) => sample.at > at - MINUTE), { at, flows }];
  }

  /** One series a source, not a file: names of rotated files have no end. */
  #addSources(): void {
    const { sources } = this;
    const add = (
      kind: typeof Gauge | typeof Counter,
      name: string,
      help: string,
      read: (status: SourceStatus) => number | undefined,
    ) =>
      new kind({
        name,
        help,
        labelNames: ['source'],
        registers: [this.registry],
        collect() {
          this.reset();
          for (const status of sources.status()) {
            const value = read(status);
            if (value !== undefined) this.inc({ source: status.path }, value);
          }
        },
      });
    const prefix = 'flowatlas_source';
    add(Counter, `${prefix}_read_bytes_total`, 'Bytes read of a source', ({ bytesRead }) => bytesRead);
    add(Counter, `${prefix}_records_total`, 'Records read of a source', ({ records }) => records);
    add(Counter, `${prefix}_rejected_total`, 'Lines that are no record', ({ rejected }) => rejected);
    add(Counter, `${prefix}_cuts_total`, 'Followed files cut off or written anew', ({ cuts }) => cuts);
    add(Counter, `${prefix}_gaps_total`, 'Logs rotated away before they were read', ({ gaps }) => gaps);
    add(Gauge, `${prefix}_behind_bytes`, 'Bytes not yet stored', ({ bytesBehind }) => bytesBehind);
    add(Gauge, `${prefix}_last_record_seconds`, 'Time of the newest flow, since 1970', ({ lastRecord }) =>
      lastRecord === null ? undefined : Date.parse(lastRecord) / 1000,
    );
    add(Gauge, `${prefix}_last_error_seconds`, 'When it last complained, since 1970', ({ lastError }) =>
      lastError === null ? undefined : Date.parse(lastError.at) / 1000,
    );
  }

  /** Counted by the store, over restarts. */
  #addRemoved(): void {
    const { store } = this;
    const counter = (name: string, help: string, read: (removed: Removed) => number) =>
      new Counter({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.reset();
          this.inc(read(store.removed()));
        },
      });
    counter('flowatlas_flows_removed_total', 'Flows removed by retention, ever', ({ flows }) => flows);
    counter('flowatlas_events_removed_total', 'Events removed by retention, ever', ({ events }) => events);
  }

  #addGauges(): void {
    const { store } = this;
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name,
        help,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    gauge('flowatlas_flows', 'Flows held', () => store.summary().flows);
    gauge('flowatlas_bytes_on_disk', 'Size of the database', () => store.summary().bytesOnDisk);
    gauge(
      'flowatlas_removed_until_seconds',
      'Time of the newest flow removed, since 1970; 0 is none',
      () => Number((store.removed().until ?? 0n) / 1_000_000n) / 1000,
    );
    this.#addRemoved();
    gauge('flowatlas_live_clients', 'Clients of /live', () => this.liveClients);
    gauge(
      'flowatlas_lost_events_records',
      'lost_events records held',
      () => store.eventCounts().lost_events ?? 0,
    );
  }
}
