import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  closeSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type Database from 'better-sqlite3';
import { connect } from './connect.js';
import { isDamage } from './damage.js';

/** Marks the file as ours: "Flat" in ASCII. */
const APPLICATION_ID = 0x466c6174;
/** Larger databases are only checked as far as opening reads them. */
const CHECKED_WHOLE_UP_TO = 64 << 20;

/** Why a database cannot be used; its message is meant for the operator. */
export class DatabaseRefused extends Error {}

export interface Migration {
  number: number;
  name: string;
  sql: string;
}

/** `0001-name.sql`, in the order of their numbers. */
export function readMigrations(folder: string): Migration[] {
  return readdirSync(folder)
    .filter((name) => /^\d{4}-.*\.sql$/.test(name))
    .sort()
    .map((name) => ({
      number: Number(name.slice(0, 4)),
      name,
      sql: readFileSync(join(folder, name), 'utf8'),
    }));
}

/** The one connection that writes. Refuses what it must not touch before anything is changed. */
export function openForWriting(file: string, migrations: readonly Migration[]): Database.Database {
  refuseUnusable(file, migrations);
  mkdirSync(dirname(file), { recursive: true });
  const db = connect(file);
  try {
    // Half of each blob's last page is lost, and no page is slower for being small.
    db.pragma('page_size = 4096');
    // Only takes effect before the first table is made: without it, what is removed never makes the file smaller.
    db.pragma('auto_vacuum = INCREMENTAL');
    db.pragma('journal_mode = WAL');
    // 32 MiB: a longer log is copied into the file less often.
    db.pragma('wal_autocheckpoint = 8000');
    // What is written is hardly read again: 4 MiB of pages instead of 16.
    db.pragma('cache_size = -4096');
    // Acknowledged means durable: each commit is flushed to disk, also through a loss of power.
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    migrate(db, migrations);
    return db;
  } catch (error) {
    db.close();
    throw refusal(file, error);
  }
}

export function openForReading(file: string): Database.Database {
  const db = connect(file, { readonly: true, fileMustExist: true });
  db.defaultSafeIntegers(false);
  return db;
}

/**
 * To look at a database without changing it, also while a server holds its folder. Nothing is migrated, so
 * one of an older schema is refused.
 */
export function openExisting(file: string, migrations: readonly Migration[]): Database.Database {
  if (!existsSync(file)) throw new DatabaseRefused(`${file} does not exist`);
  if (!startsAsSqlite(file)) throw new DatabaseRefused(`${file} is no SQLite database`);
  const db = openForReading(file);
  try {
    refuseForeign(file, db, migrations);
    const version = db.pragma('user_version', { simple: true }) as number;
    if (version < (migrations.at(-1)?.number ?? 0)) {
      throw new DatabaseRefused(
        `${file} was written by an older flowatlas (schema ${version}); start \`flowatlas serve\` on it once to bring it up to date`,
      );
    }
    return db;
  } catch (error) {
    db.close();
    throw refusal(file, error);
  }
}

/** Holds the data folder for one process, until it ends in whatever way. */
export function lockFolder(folder: string): { release(): void } {
  mkdirSync(folder, { recursive: true });
  const lock = connect(join(folder, 'flowatlas.lock'), { timeout: 0 });
  try {
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch {
    lock.close();
    throw new DatabaseRefused(
      `${folder} is in use by another flowatlas; stop it, name another folder with --data, or use --server URL to talk to it`,
    );
  }
  return { release: () => lock.close() };
}

function refuseUnusable(file: string, migrations: readonly Migration[]): void {
  if (!existsSync(file) || statSync(file).size === 0) return;
  if (!startsAsSqlite(file)) throw new DatabaseRefused(`${file} is no SQLite database; it was left as it is`);
  if ((statSync(file).mode & 0o222) === 0) {
    throw new DatabaseRefused(`${file} is read-only; make it writable or name another folder with --data`);
  }
  let db: Database.Database | undefined;
  try {
    db = openForReading(file);
    refuseForeign(file, db, migrations);
    if (statSync(file).size <= CHECKED_WHOLE_UP_TO) refuseCorrupt(file, db);
  } catch (error) {
    throw refusal(file, error);
  } finally {
    db?.close();
  }
}

function startsAsSqlite(file: string): boolean {
  const header = Buffer.alloc(16);
  const handle = openSync(file, 'r');
  try {
    readSync(handle, header, 0, 16, 0);
  } finally {
    closeSync(handle);
  }
  return header.toString('latin1') === 'SQLite format 3\0';
}

function refuseForeign(file: string, db: Database.Database, migrations: readonly Migration[]): void {
  const id = db.pragma('application_id', { simple: true }) as number;
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() as number;
  if (id !== APPLICATION_ID && tables > 0) {
    throw new DatabaseRefused(`${file} belongs to another program; it was left as it is`);
  }
  const version = db.pragma('user_version', { simple: true }) as number;
  const oldest = migrations[0]?.number ?? 0;
  const newest = migrations.at(-1)?.number ?? 0;
  if (version > 0 && version < oldest) {
    throw new DatabaseRefused(
      `${file} is of a flowatlas from before the first release (schema ${version}), which this one cannot read; name another folder with --data and import the captures again`,
    );
  }
  if (version > newest) {
    throw new DatabaseRefused(
      `${file} was written by a newer flowatlas (schema ${version}, this one knows ${newest}); update flowatlas, or name another folder with --data`,
    );
  }
}

function refuseCorrupt(file: string, db: Database.Database): void {
  const answer = db.pragma('quick_check(1)', { simple: true });
  if (answer !== 'ok') throw corrupt(file, String(answer));
}

function corrupt(file: string, reason: string): DatabaseRefused {
  return new DatabaseRefused(
    `${file} is corrupt (${reason}); it was left as it is. \`flowatlas verify\` names what is wrong, \`flowatlas restore\` puts a backup in its place`,
  );
}

/** Each migration in one transaction, with the number it leads to. */
function migrate(db: Database.Database, migrations: readonly Migration[]): void {
  const version = db.pragma('user_version', { simple: true }) as number;
  for (const { number, sql } of migrations) {
    if (number <= version) continue;
    db.transaction(() => {
      db.exec(sql);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${number}`);
    })();
  }
}

/** In words for the operator, as far as they are known. */
export function refusal(file: string, error: unknown): Error {
  if (error instanceof DatabaseRefused) return error;
  const code = (error as { code?: string } | null)?.code ?? '';
  const message = error instanceof Error ? error.message : String(error);
  if (isDamage(error)) return corrupt(file, message);
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN')) {
    return new DatabaseRefused(`${file} cannot be written (${message})`);
  }
  return error instanceof Error ? error : new Error(message);
}
