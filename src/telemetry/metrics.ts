import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { Feed } from '../feed/feed.js';
import { FlowStore } from '../store/flow-store.js';

interface Sample {
  /** Milliseconds. */
  at: number;
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
  ) {
    collectDefaultMetrics({ register: this.registry });
    this.#samples = [{ at: Date.now(), flows: store.summary().flows }];
    this.#stored = new Counter({
      name: 'flowatlas_flows_stored_total',
      help: 'Flows stored since the start of the server',
      registers: [this.registry],
    });
    this.#addGauges();
    this.#unfollow = feed.follow(() => {
      this.#sample();
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
    const { flows } = this.store.summary();
    const before = this.#samples.at(-1)?.flows ?? 0;
    if (flows > before) this.#stored.inc(flows - before);
    this.#samples = [...this.#samples.filter((sample) => sample.at > at - MINUTE), { at, flows }];
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
    gauge('flowatlas_live_clients', 'Clients of /live', () => this.liveClients);
    gauge(
      'flowatlas_lost_events_records',
      'lost_events records held',
      () => store.eventCounts().lost_events ?? 0,
    );
  }
}
