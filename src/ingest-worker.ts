/** The writing thread: decodes records and fills segments, so that the event loop stays free for reads. */
import { once } from 'node:events';
import { parentPort, resourceLimits, Worker, workerData } from 'node:worker_threads';
import { Redactor } from './domain/redaction/redactor.js';
import type { RedactionSettings } from './domain/redaction/settings.js';
import type { FromWriter, ToWriter } from './ingest/ingest-protocol.js';
import { IngestServer } from './ingest/ingest-server.js';
import type { KeepLimits } from './store/flow-writer.js';
import { DatabaseRefused, openForReading, refusal } from './store/sqlite/database.js';
import { SqliteFlowWriter } from './store/sqlite/flow-writer.js';
import { KeeperClient } from './store/sqlite/keeper-client.js';
import type { FromKeeper } from './store/sqlite/keeper-protocol.js';
import { stayBehind } from './thread-priority.js';

const { file, migrations, redact, tellsDrops, staysBehind, limits } = workerData as {
  file: string;
  migrations: string;
  redact: RedactionSettings;
  tellsDrops: boolean;
  staysBehind: boolean;
  limits: KeepLimits;
};
/** Most of what the keeper allocates are columns, which are no young objects. */
const YOUNG_MEGABYTES = 4;

const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');
const send = (message: FromWriter) => {
  port.postMessage(message, message.kind === 'written' ? [message.parcel] : []);
};

if (staysBehind) stayBehind();
try {
  const keeper = await startKeeper();
  const writer = openWriter(keeper);
  writer.tellsDrops = tellsDrops;
  const redactor = Redactor.of(redact);
  const server = new IngestServer(writer, send, limits, redactor);
  port.on('message', (message: ToWriter) => {
    server.receive(message);
    if (message.kind === 'close') port.unref();
  });
  send({ kind: 'ready', redaction: redactor?.rules ?? [] });
} catch (error) {
  if (!(error instanceof DatabaseRefused)) throw error;
  send({ kind: 'refused', message: error.message });
}

/** It brings the database up to date, so it comes first. When it dies, this thread does. */
async function startKeeper(): Promise<Worker> {
  const keeper = new Worker(new URL('./keeper-worker.js', import.meta.url), {
    // But for that, it may have what this thread may.
    resourceLimits: { ...resourceLimits, maxYoungGenerationSizeMb: YOUNG_MEGABYTES },
    workerData: { file, migrations },
  });
  const [message] = (await once(keeper, 'message')) as [FromKeeper];
  if (message.kind === 'refused') throw new DatabaseRefused(message.message);
  keeper.on('error', (error) => {
    throw error;
  });
  return keeper;
}

/** What a database holds is read when it is opened; a damaged one cannot be. */
function openWriter(keeper: Worker): SqliteFlowWriter {
  const db = openForReading(file);
  // What is asked for here is asked for once.
  db.pragma('cache_size = -1024');
  try {
    return new SqliteFlowWriter(
      db,
      undefined,
      undefined,
      undefined,
      (news) => new KeeperClient(keeper, db, news),
    );
  } catch (error) {
    db.close();
    throw refusal(file, error);
  }
}
