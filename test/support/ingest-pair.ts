import { MessageChannel, type Worker } from 'node:worker_threads';
import type { Redactor } from '../../src/domain/redaction/redactor.js';
import { IngestClient } from '../../src/ingest/ingest-client.js';
import type { FromWriter, ToWriter } from '../../src/ingest/ingest-protocol.js';
import { IngestServer } from '../../src/ingest/ingest-server.js';
import { openSplit } from './sqlite-store.js';

/**
 * All sides of ingest on a real database, joined by message channels instead of threads. Chunks are
 * copied on their way as between threads.
 */
export async function openIngest(folder: string, redactor?: Redactor) {
  const { db, writer, store, disconnect } = openSplit(folder);
  const { port1: main, port2: thread } = new MessageChannel();
  const end = () => {
    main.close();
    return Promise.resolve(0);
  };
  const starting = IngestClient.start(Object.assign(main, { terminate: end }) as unknown as Worker);
  const send = (message: FromWriter) => {
    thread.postMessage(message);
  };
  const server = new IngestServer(writer, send, {}, redactor);
  thread.on('message', (message: ToWriter) => {
    server.receive(message);
  });
  send({ kind: 'ready', redaction: redactor?.rules ?? [] });
  const ingest = await starting;
  const close = async () => {
    store.close();
    await ingest.close();
    disconnect();
  };
  return { db, store, ingest, close };
}
