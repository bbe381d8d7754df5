import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { Logger, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { Feed } from '../feed/feed.js';
import type { RedactionSettings } from '../domain/redaction/settings.js';
import { IngestClient } from '../ingest/ingest-client.js';
import { packageRoot } from '../version.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import { FlowStore, type DamagedRange } from './flow-store.js';
import type { KeepLimits, Removal } from './flow-writer.js';
import { lockFolder, openForReading, refusal } from './sqlite/database.js';
import { SqliteFlowStore } from './sqlite/flow-store.js';
import { GuardedFlowStore } from './sqlite/guarded-store.js';

const FILE = 'flowatlas.db';
/** For the young objects of the writing thread: hardly any outlive their record, and more room makes it no faster. */
const YOUNG_MEGABYTES = 8;

/** The data folder, held by this process: one thread writes, the main thread reads. */
export interface OpenStore {
  store: FlowStore;
  ingest: IngestClient;
  close(): Promise<void>;
}

/** What is done to flows that come in, and how long they stay. */
export interface StoreSettings extends KeepLimits {
  redact: RedactionSettings;
}

/** Throws what the operator has to know when the folder or its database cannot be used. */
export async function openStore(folder: string, { redact, ...limits }: StoreSettings): Promise<OpenStore> {
  const lock = lockFolder(folder);
  const file = join(folder, FILE);
  const migrations = fileURLToPath(new URL('migrations/sqlite', packageRoot));
  const worker = new Worker(new URL('../ingest-worker.js', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    workerData: { file, migrations, redact, limits: limits satisfies KeepLimits },
  });
  try {
    const ingest = await IngestClient.start(worker);
    const store = openToRead(file);
    const close = async () => {
      // The writer closes last: then SQLite moves everything from the log into the one file.
      store.close();
      await ingest.close();
      lock.release();
    };
    return { store, ingest, close };
  } catch (error) {
    await worker.terminate();
    lock.release();
    throw error;
  }
}

function openToRead(file: string): FlowStore {
  try {
    return new GuardedFlowStore(
      new SqliteFlowStore(openForReading(file), file, logDamage),
      onceEach((message) => {
        new Logger('store').error(message);
      }),
    );
  } catch (error) {
    throw refusal(file, error);
  }
}

/** What holds for every question is asked about many times a second. */
function onceEach(log: (message: string) => void): (error: Error) => void {
  const told = new Set<string>();
  return ({ message }) => {
    if (!told.has(message)) log(message);
    told.add(message);
  };
}

function logDamage({ firstSeq, lastSeq, oldest, newest, reason }: DamagedRange): void {
  new Logger('store').error(
    `flows ${firstSeq} to ${lastSeq}, ${formatTimestamp(oldest)} to ${formatTimestamp(newest)}, are damaged on disk (${reason}); what of them cannot be read is left out. \`flowatlas verify\` looks at everything`,
  );
}

/** Opened before Nest starts, so that a database that cannot be used is said in one line. */
@Module({})
export class StoreModule {
  static of(open: OpenStore): DynamicModule {
    const feed = new Feed();
    open.ingest.onCommitted(() => {
      feed.publish();
    });
    open.ingest.onFailed((error) => {
      feed.fail(error);
    });
    open.ingest.onRemoved((removal) => {
      tell(removal);
      feed.publish();
    });
    open.ingest.onTrouble((message) => {
      new Logger('store').error(message);
    });
    const lifetime: OnApplicationShutdown = { onApplicationShutdown: () => open.close() };
    return {
      module: StoreModule,
      providers: [
        { provide: FlowStore, useValue: open.store },
        { provide: IngestClient, useValue: open.ingest },
        { provide: Feed, useValue: feed },
        { provide: 'store lifetime', useValue: lifetime },
      ],
      exports: [FlowStore, IngestClient, Feed],
    };
  }
}

function tell({ flows, events, until }: Removal): void {
  const upTo = until === undefined ? '' : `, the newest of ${formatTimestamp(until)}`;
  new Logger('retention').log(
    `removed ${flows.toLocaleString('en')} flows and ${events.toLocaleString('en')} events${upTo}`,
  );
}
