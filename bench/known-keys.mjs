// What it costs to know that a flow is new, when logs of the same hours are imported one after another: by slices of
// segments, and by whole segments as they were looked for before there were slices.
// `node scripts/build-if-stale.mjs && node bench/known-keys.mjs [--logs N] [--flows N] [--seconds N]`
import { randomFillSync } from 'node:crypto';
import { join } from 'node:path';
import { hashOf } from '../dist/store/sqlite/key-block.js';
import { openForWriting, readMigrations } from '../dist/store/sqlite/database.js';
import { KnownKeys } from '../dist/store/sqlite/known-keys.js';
import { packKeys } from '../dist/store/sqlite/keys.js';
import { Slices } from '../dist/store/sqlite/time-runs.js';
import { readOptions } from './lib/options.mjs';
import { count, printMachine, printTable } from './lib/report.mjs';
import { main, progress, withWorkspace } from './lib/workspace.mjs';

/** A log is one segment of so many flows, one every few seconds. */
const options = readOptions({ logs: 1_000, flows: 8_192, seconds: 3 });
const SECOND = 1_000_000_000n;
/** Where every flow takes long, some are enough. Milliseconds. */
const LONG_ENOUGH = 10_000;

const secondAt = (log, row) => 1_780_000_000 + row * options.seconds + (log % options.seconds);

async function fill(db) {
  const insert = db.prepare(
    'INSERT INTO segment (generation, first_seq, flows, time_min, time_max, columns, keys) VALUES (1, ?, ?, ?, ?, ?, ?)',
  );
  const insertSlice = db.prepare('INSERT INTO segment_slice VALUES (?, ?, ?, ?)');
  const keys = new Uint8Array(options.flows * 16);
  for (let log = 0; log < options.logs; log++) {
    const packed = await packKeys(randomFillSync(keys));
    const times = new Slices();
    for (let row = 0; row < options.flows; row++) times.add(row, secondAt(log, row));
    const [first, last] = [secondAt(log, 0), secondAt(log, options.flows - 1)];
    db.transaction(() => {
      const { lastInsertRowid: id } = insert.run(
        log * options.flows + 1,
        options.flows,
        BigInt(first) * SECOND,
        BigInt(last) * SECOND,
        Buffer.alloc(0),
        packed,
      );
      for (const { firstRow, runs } of times.slices)
        for (const run of runs) insertSlice.run(id, firstRow, run.first, run.last);
    })();
  }
}

/** One more log comes, all of it new. */
function read(db) {
  const known = new KnownKeys(db);
  known.reload();
  const key = new Uint32Array(4);
  const before = process.cpuUsage();
  const until = performance.now() + LONG_ENOUGH;
  let row = 0;
  for (; row < options.flows && performance.now() < until; row++) {
    randomFillSync(key);
    if (known.has(key, hashOf(key), secondAt(options.logs, row))) throw new Error('a new flow is known');
  }
  const { user, system } = process.cpuUsage(before);
  return { flows: row, cpu: (user + system) / row, bytes: known.bytes };
}

function rowOf(how, { flows, cpu, bytes }) {
  return [how, count(flows), cpu.toFixed(1), (bytes / 1e6).toFixed(1)];
}

async function measure(folder) {
  printMachine();
  const migrations = readMigrations(new URL('../migrations/sqlite', import.meta.url).pathname);
  const db = openForWriting(join(folder, 'flowatlas.db'), migrations);
  progress(`writing ${options.logs} logs`);
  await fill(db);
  progress('reading by slices');
  const bySlices = read(db);
  db.exec('DELETE FROM segment_slice');
  progress('reading by whole segments');
  const bySegments = read(db);
  db.close();
  progress('');
  printTable(
    ['', 'flows asked', 'µs of CPU a flow', 'MB of keys'],
    [rowOf('slices', bySlices), rowOf('whole segments', bySegments)],
  );
}

main(() => withWorkspace(measure));
