import { existsSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../version.js';
import { copyDatabase, flush, removeDatabase } from './sqlite/copy-database.js';
import {
  DatabaseRefused,
  lockFolder,
  openExisting,
  readMigrations,
  type Migration,
} from './sqlite/database.js';
import { verify, type Verified } from './sqlite/verify.js';

/** What operators do to a database as a whole, beside the server or without one. */

export const DATABASE_FILE = 'flowatlas.db';

export type OnProgress = (done: number, total: number) => void;

/** Looks at everything; the file stays as it is. */
export function* verifyFile(file: string): Generator<Verified> {
  const db = openExisting(file, migrations());
  try {
    yield* verify(db);
  } finally {
    db.close();
  }
}

/** Also while a server runs on the folder. */
export async function backUp(folder: string, to: string, progress: OnProgress): Promise<void> {
  if (existsSync(to)) throw new DatabaseRefused(`${to} exists; name another file or remove it`);
  await copyWhole(join(folder, DATABASE_FILE), to, progress);
}

/** Refuses to take the place of a database, and damaged backups, unless forced. */
export async function restore(
  from: string,
  folder: string,
  { force, progress }: { force: boolean; progress: OnProgress },
): Promise<void> {
  const lock = lockFolder(folder);
  try {
    const file = join(folder, DATABASE_FILE);
    if (!force && (statSync(file, { throwIfNoEntry: false })?.size ?? 0) > 0)
      throw new DatabaseRefused(`${file} exists; --force puts the backup in its place`);
    if (!force) refuseDamaged(from, progress);
    await copyWhole(from, file, progress, (copy) => {
      if (!force) refuseDamaged(copy, progress);
      removeDatabase(file);
    });
  } finally {
    lock.release();
  }
}

/** A file of the name `to` is the whole copy or what it was before. */
async function copyWhole(
  from: string,
  to: string,
  progress: OnProgress,
  check: (copy: string) => void = () => undefined,
): Promise<void> {
  const db = openExisting(from, migrations());
  const part = `${to}.part`;
  try {
    removeDatabase(part);
    await copyDatabase(db, part, progress);
    check(part);
    renameSync(part, to);
    flush(dirname(to));
  } catch (error) {
    removeDatabase(part);
    throw error;
  } finally {
    db.close();
  }
}

function refuseDamaged(file: string, progress: OnProgress): void {
  for (const { problems, done, total } of verifyFile(file)) {
    const [problem] = problems;
    if (problem !== undefined)
      throw new DatabaseRefused(
        `${file} is damaged (${problem}); \`flowatlas verify ${file}\` tells all, --force takes it as it is`,
      );
    progress(done, total);
  }
}

function migrations(): Migration[] {
  return readMigrations(fileURLToPath(new URL('migrations/sqlite', packageRoot)));
}
