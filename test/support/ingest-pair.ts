import { join } from 'node:path';
import { MessageChannel, type Worker } from 'node:worker_threads';
import { IngestClient } from '../../src/ingest/ingest-client.js';
import type { ToWriter } from '../../src/ingest/ingest-protocol.js';
import { IngestServer } from '../../src/ingest/ingest-server.js';
import { openForReading, openForWriting } from '../../src/store/sqlite/database.js';
import { SqliteFlowStore } from '../../src/store/sqlite/flow-store.js';
import { SqliteFlowWriter } from '../../src/store/sqlite/flow-writer.js';
import { migrations } from './sqlite-store.js';

/**
 * Both sides of ingest on a real database, joined by a message channel instead of a thread. Chunks are
 * copied on their way as between threads.
 */
export async function openIngest(folder: string) {
  const file = join(folder, 'flowatlas.db');
  const db = openForWriting(file, migrations);
  const writer = new SqliteFlowWriter(db);
  const store = new SqliteFlowStore(openForReading(file), file);
  const { port1: main, port2: thread } = new MessageChannel();
  const end = () => {
    main.close();
    return Promise.resolve(0);
  };
  const starting = IngestClient.start(Object.assign(main, { terminate: end }) as unknown as Worker);
  const server = new IngestServer(writer, (message) => {
    thread.postMessage(message);
  });
  thread.on('message', (message: ToWriter) => {
    server.receive(message);
  });
  thread.postMessage({ kind: 'ready', redaction: [] });
  const ingest = await starting;
  const close = async () => {
    store.close();
    await ingest.close();
  };
  return { db, store, ingest, close };
}
