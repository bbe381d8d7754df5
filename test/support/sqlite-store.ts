import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openForReading, openForWriting, readMigrations } from '../../src/store/sqlite/database.js';
import { SqliteFlowStore } from '../../src/store/sqlite/flow-store.js';
import { SqliteFlowWriter } from '../../src/store/sqlite/flow-writer.js';

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
