import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import type { RedactionSettings } from '../domain/redaction/settings.js';
import { IngestClient } from '../ingest/ingest-client.js';
import { packageRoot } from '../version.js';
import type { DamagedRange, FlowStore } from './flow-store.js';
import type { KeepLimits } from './flow-writer.js';
import { lockFolder, openForReading, refusal } from './sqlite/database.js';
import { SqliteFlowStore } from './sqlite/flow-store.js';
import { GuardedFlowStore } from './sqlite/guarded-store.js';

const FILE = 'flowatlas.db';
/** For the young objects of the writing thread: hardly any outlive their record, and more room makes it no faster. */
const YOUNG_MEGABYTES = 8;
/**
 * More than it takes for input that is made to take much (bench/hostile.mjs). The less it may have, the less garbage V8
 * leaves: up to 1.6 times what is alive, instead of four times.
 */
const OLD_MEGABYTES = 1024;

/** The data folder, held by this process: one thread writes, the main thread reads. */
export interface OpenStore {
  store: FlowStore;
  ingest: IngestClient;
  close(): Promise<void>;
}

/** What is done to flows that come in, and how long they stay. */
export interface StoreSettings extends KeepLimits {
  redact: RedactionSettings;
  /** Flows are asked for while others come. */
  isAsked?: boolean;
  /** What comes in is not lost when it has to wait, so that who asks may go first. */
  canWait?: boolean;
}

/** Told what is wrong with the folder while it is used. */
type Complain = (message: string) => void;

/** Throws what the operator has to know when the folder or its database cannot be used. */
export async function openStore(
  folder: string,
  { redact, isAsked = false, canWait = true, ...limits }: StoreSettings,
  complain: Complain,
): Promise<OpenStore> {
  const lock = lockFolder(folder);
  const file = join(folder, FILE);
  const migrations = fileURLToPath(new URL('migrations/sqlite', packageRoot));
  const worker = new Worker(new URL('../ingest-worker.js', import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MEGABYTES, maxOldGenerationSizeMb: OLD_MEGABYTES },
    workerData: {
      file,
      migrations,
      redact,
      tellsDrops: isAsked,
      staysBehind: isAsked && canWait,
      limits: limits satisfies KeepLimits,
    },
  });
  try {
    const ingest = await IngestClient.start(worker);
    const held = openToRead(file, complain);
    ingest.onCommitted((dropped) => {
      held.remember(dropped);
    });
    const store = new GuardedFlowStore(held, onceEach(complain));
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

function openToRead(file: string, complain: Complain): SqliteFlowStore {
  const onDamage = (range: DamagedRange) => {
    complain(wordsOfDamage(range));
  };
  try {
    return new SqliteFlowStore(openForReading(file), file, onDamage);
  } catch (error) {
    throw refusal(file, error);
  }
}

/** What holds for every question is asked about many times a second. */
function onceEach(complain: Complain): (error: Error) => void {
  const told = new Set<string>();
  return ({ message }) => {
    if (!told.has(message)) complain(message);
    told.add(message);
  };
}

function wordsOfDamage({ firstSeq, lastSeq, oldest, newest, reason }: DamagedRange): string {
  return `flows ${firstSeq} to ${lastSeq}, ${formatTimestamp(oldest)} to ${formatTimestamp(newest)}, are damaged on disk (${reason}); what of them cannot be read is left out. \`flowatlas verify\` looks at everything`;
}
