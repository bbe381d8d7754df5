import { MessageChannel, type Worker } from 'node:worker_threads';
import { IngestClient } from '../../src/ingest/ingest-client.js';
import type { ToWriter } from '../../src/ingest/ingest-protocol.js';
import { IngestServer } from '../../src/ingest/ingest-server.js';
import { openSplit } from './sqlite-store.js';

/**
 * All sides of ingest on a real database, joined by message channels instead of threads. Chunks are
 * copied on their way as between threads.
 */
export async function openIngest(folder: string) {
  const { db, writer, store, disconnect } = openSplit(folder);
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
    disconnect();
  };
  return { db, store, ingest, close };
}
