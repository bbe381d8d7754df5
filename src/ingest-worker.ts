/** The writing thread: decodes records and stores them, so that the event loop stays free for reads. */
import { parentPort, workerData } from 'node:worker_threads';
import { Redactor } from './domain/redaction/redactor.js';
import type { RedactionSettings } from './domain/redaction/settings.js';
import type { FromWriter, ToWriter } from './ingest/ingest-protocol.js';
import { IngestServer } from './ingest/ingest-server.js';
import type { KeepLimits } from './store/flow-writer.js';
import { DatabaseRefused, openForWriting, readMigrations, refusal } from './store/sqlite/database.js';
import { SqliteFlowWriter } from './store/sqlite/flow-writer.js';

const { file, migrations, redact, limits } = workerData as {
  file: string;
  migrations: string;
  redact: RedactionSettings;
  limits: KeepLimits;
};
const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread');
const send = (message: FromWriter) => {
  port.postMessage(message, message.kind === 'written' ? [message.parcel] : []);
};

try {
  const writer = openWriter();
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

/** What a database holds is read when it is opened; a damaged one cannot be. */
function openWriter(): SqliteFlowWriter {
  const db = openForWriting(file, readMigrations(migrations));
  try {
    return new SqliteFlowWriter(db);
  } catch (error) {
    db.close();
    throw refusal(file, error);
  }
}
