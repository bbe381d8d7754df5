import { closeSync, fsyncSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import type Database from 'better-sqlite3';
import { connect } from './connect.js';

/** Pages copied before others get a turn: 16 MiB. */
const PAGES = 1024;

/**
 * Copies a database into one file, as it is at this moment. A snapshot is held meanwhile: without it, SQLite
 * would begin anew whenever another process has written.
 */
export async function copyDatabase(
  db: Database.Database,
  to: string,
  progress: (done: number, total: number) => void,
): Promise<void> {
  db.exec('BEGIN');
  db.prepare('SELECT count(*) FROM sqlite_schema').get();
  try {
    await db.backup(to, {
      progress: ({ totalPages, remainingPages }) => {
        progress(totalPages - remainingPages, totalPages);
        return PAGES;
      },
    });
    makeSingle(to);
  } catch (error) {
    removeDatabase(to);
    throw error;
  } finally {
    db.exec('COMMIT');
  }
}

/** Without a log beside it, so that the file alone can be moved about; and all of it on disk. */
function makeSingle(file: string): void {
  const copy = connect(file);
  try {
    copy.pragma('journal_mode = DELETE');
  } finally {
    copy.close();
  }
  for (const path of [file, dirname(file)]) flush(path);
}

export function flush(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** With its log. */
export function removeDatabase(file: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(file + suffix, { force: true });
}
