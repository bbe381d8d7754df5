import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { connect } from './connect.js';
import { migrations } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { DatabaseRefused, lockFolder, openForReading, openForWriting, type Migration } from './database.js';

const newFolder = temporaryFolders();

function newFile(): string {
  return join(newFolder(), 'flowatlas.db');
}

/** A database as it lies on disk after a clean end. */
function madeBefore(): string {
  const file = newFile();
  openForWriting(file, migrations).close();
  return file;
}

function expectRefused(file: string, words: RegExp): void {
  const before = readFileSync(file);
  const opening = () => openForWriting(file, migrations).close();
  expect(opening).toThrow(DatabaseRefused);
  expect(opening).toThrow(words);
  expect(opening).toThrow(file);
  expect(readFileSync(file).equals(before)).toBe(true);
}

it('each migration leads to a number of its own, one after the other', () => {
  const [first] = migrations;
  expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, i) => first!.number + i));
});

describe('a database file that is not ours to use', () => {
  it('is refused when it is older than the first release', () => {
    const file = newFile();
    const first: Migration = { number: 1, name: '0001-a.sql', sql: 'CREATE TABLE a (x)' };
    openForWriting(file, [first]).close();
    expectRefused(file, /before the first release \(schema 1\)/);
  });

  it('is refused when a newer flowatlas wrote it', () => {
    const file = madeBefore();
    const db = connect(file);
    db.pragma('user_version = 9999');
    db.close();
    expectRefused(file, /newer flowatlas \(schema 9999/);
  });

  it('is refused when another program made it', () => {
    const file = newFile();
    const db = connect(file);
    db.exec('CREATE TABLE theirs (a)');
    db.close();
    expectRefused(file, /another program.*left as it is/);
  });

  it('is refused when it is no SQLite database', () => {
    const file = newFile();
    writeFileSync(file, 'just some text, longer than a header of SQLite');
    expectRefused(file, /no SQLite database.*left as it is/);
  });

  it('is refused when only its header is left of it', () => {
    const file = newFile();
    writeFileSync(file, Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(5_000, 0xff)]));
    // Jest loads the driver once for several files, so its class of errors is not always this file's.
    const before = readFileSync(file);
    expect(() => openForWriting(file, migrations)).toThrow(/file is not a database/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('is refused when its pages are damaged', () => {
    const file = madeBefore();
    const db = connect(file);
    const insert = db.prepare(
      "INSERT INTO event (after_seq, key, kind, node, record) VALUES (0, ?, 'x', 'n', ?)",
    );
    for (let i = 0; i < 200; i++) insert.run(Buffer.from(`key ${i}`), 'r'.repeat(500));
    db.pragma('journal_mode = DELETE');
    db.close();
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 8 * 4096, bytes.length - 4096);
    writeFileSync(file, bytes);
    expectRefused(file, /corrupt[^]*left as it is/);
  });

  it('is refused when it is read-only', () => {
    const file = madeBefore();
    chmodSync(file, 0o444);
    expectRefused(file, /read-only; make it writable/);
  });
});

describe('a database file', () => {
  it('is made, with its folder, where there is none, and where there is an empty one', () => {
    const nested = join(newFolder(), 'a', 'b', 'flowatlas.db');
    openForWriting(nested, migrations).close();
    expect(existsSync(nested)).toBe(true);
    const empty = newFile();
    writeFileSync(empty, '');
    const db = openForWriting(empty, migrations);
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.at(-1)?.number);
    db.close();
  });

  it('flushes every commit to disk', () => {
    const db = openForWriting(newFile(), migrations);
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    db.close();
  });

  it('cannot be written by who reads it', () => {
    const file = madeBefore();
    const db = openForReading(file);
    expect(() => db.exec('DELETE FROM segment')).toThrow(/readonly/);
    db.close();
  });
});

describe('migrations', () => {
  const first: Migration = { number: 1, name: '0001-a.sql', sql: 'CREATE TABLE a (x)' };
  const second: Migration = {
    number: 2,
    name: '0002-b.sql',
    sql: 'CREATE TABLE b (x); INSERT INTO b VALUES (1)',
  };

  it('apply once each, also when new ones are added later', () => {
    const file = newFile();
    openForWriting(file, [first]).close();
    openForWriting(file, [first, second]).close();
    const db = openForWriting(file, [first, second]);
    expect(db.prepare('SELECT count(*) FROM b').pluck().get()).toBe(1);
    expect(db.pragma('user_version', { simple: true })).toBe(2);
    db.close();
  });

  it('leave nothing behind when one fails half-way', () => {
    const file = newFile();
    const broken = { ...second, sql: 'CREATE TABLE b (x); SELECT nonsense' };
    expect(() => openForWriting(file, [first, broken])).toThrow(/nonsense/);
    const db = openForWriting(file, [first, second]);
    expect(db.prepare('SELECT count(*) FROM b').pluck().get()).toBe(1);
    db.close();
  });

  it('are numbered without gaps, from 2: the first was never released', () => {
    expect(migrations.map(({ number }) => number)).toEqual(migrations.map((_, i) => i + 2));
    expect(migrations.length).toBeGreaterThan(0);
  });
});

describe('a data folder', () => {
  it('is held by one process at a time, and free again when that one lets go', () => {
    const folder = newFolder();
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(DatabaseRefused);
    expect(() => lockFolder(folder)).toThrow(/is in use by another flowatlas/);
    lock.release();
    lockFolder(folder).release();
  });
});
