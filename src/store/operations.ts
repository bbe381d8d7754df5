import { existsSync, renameSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packageRoot } from '../version.js';
import { copyDatabase, flush, removeDatabase } from './sqlite/copy-database.js';
import {
  DatabaseRefused,
  lockFolder,
  openExisting,
  openForWriting,
  readMigrations,
  type Migration,
} from './sqlite/database.js';
import { LONGEST_WAIT } from './sqlite/retention.js';
import { SegmentMerger } from './sqlite/segment-merger.js';
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
    if (!force && sizeOf(file) > 0)
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

export interface Compacted {
  blocksBefore: number;
  blocks: number;
  bytesBefore: number;
  bytes: number;
}

/** Pages given back to the file system between two looks at the progress: 16 MiB. */
const PAGES_AT_ONCE = 1_024;

/** Merges all blocks that can be merged, and gives free pages back. Whatever ends it, nothing is lost. */
export async function compact(folder: string, progress: OnProgress): Promise<Compacted> {
  const file = join(folder, DATABASE_FILE);
  // Nothing is made, and nothing migrated, where there is no database of today.
  openExisting(file, migrations()).close();
  const lock = lockFolder(folder);
  try {
    const bytesBefore = sizeOf(file) + sizeOf(`${file}-wal`);
    const db = openForWriting(file, migrations());
    try {
      const blocksBefore = blocksOf(db);
      await mergeAll(db, progress);
      shrink(db, progress);
      db.pragma('wal_checkpoint(TRUNCATE)');
      return { blocksBefore, blocks: blocksOf(db), bytesBefore, bytes: sizeOf(file) };
    } finally {
      db.close();
    }
  } finally {
    lock.release();
  }
}

type Db = ReturnType<typeof openForWriting>;

async function mergeAll(db: Db, progress: OnProgress): Promise<void> {
  const last = db.prepare<[], number | null>('SELECT max(first_seq) FROM segment').pluck().get() ?? 0;
  const merger = new SegmentMerger(db);
  const stretch = BigInt(LONGEST_WAIT) * 1_000_000n;
  while (await merger.mergeSome({ stretch, isGrowing: false })) progress(merger.settled, last);
}

function shrink(db: Db, progress: OnProgress): void {
  const countFree = () => db.pragma('freelist_count', { simple: true }) as number;
  const all = countFree();
  for (let free = all, before = Infinity; free > 0 && free < before;) {
    before = free;
    db.pragma(`incremental_vacuum(${PAGES_AT_ONCE})`);
    free = countFree();
    progress(all - free, all);
  }
}

function blocksOf(db: Db): number {
  return db.prepare<[], number>('SELECT count(*) FROM segment').pluck().get() ?? 0;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
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
