import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MessageChannel } from 'node:worker_threads';
import { openForReading, openForWriting, readMigrations } from '../../src/store/sqlite/database.js';
import { SqliteFlowStore } from '../../src/store/sqlite/flow-store.js';
import { SqliteFlowWriter } from '../../src/store/sqlite/flow-writer.js';
import { KeeperClient } from '../../src/store/sqlite/keeper-client.js';
import type { FromKeeper, ToKeeper } from '../../src/store/sqlite/keeper-protocol.js';
import { KeeperServer, newsTo } from '../../src/store/sqlite/keeper-server.js';
import { SegmentKeeper } from '../../src/store/sqlite/segment-keeper.js';

export const migrations = readMigrations(fileURLToPath(new URL('../../migrations/sqlite', import.meta.url)));

/** A real database in a folder, opened as the server opens it. */
export function openSqlite(folder: string, now: () => number = Date.now, elapsed?: () => number) {
  const file = join(folder, 'flowatlas.db');
  const db = openForWriting(file, migrations);
  const writer = new SqliteFlowWriter(db, now, elapsed);
  const store = new SqliteFlowStore(openForReading(file), file);
  const close = async () => {
    store.close();
    await writer.close();
  };
  return { folder, file, db, writer, store, close };
}

/**
 * The same with the keeper behind a message channel, as between threads: `db` is its connection, and the writer reads
 * by another.
 */
export function openSplit(folder: string, now: () => number = Date.now, mostBytesOfKeys?: number) {
  const file = join(folder, 'flowatlas.db');
  const db = openForWriting(file, migrations);
  const { port1: there, port2: here } = new MessageChannel();
  const send = (message: FromKeeper) => {
    there.postMessage(message);
  };
  const keeper = new SegmentKeeper(db, newsTo(send), now);
  const server = new KeeperServer(keeper, send);
  there.on('message', (message: ToKeeper) => {
    server.receive(message);
  });
  const reading = openForReading(file);
  const writer = new SqliteFlowWriter(
    reading,
    now,
    undefined,
    mostBytesOfKeys,
    (news) => new KeeperClient(here, reading, news),
  );
  const store = new SqliteFlowStore(openForReading(file), file);
  const disconnect = () => {
    here.close();
  };
  const close = async () => {
    store.close();
    await writer.close();
    disconnect();
  };
  return { folder, file, db, writer, store, close, disconnect };
}
