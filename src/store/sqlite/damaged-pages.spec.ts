import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonText } from '../../../test/support/json-text.js';
import { eventOf, newFlow, pod, record, words } from '../../../test/support/make-flow.js';
import { migrations, openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { FlowatlasError } from '../../domain/errors.js';
import { everything } from '../../domain/filter/filter.js';
import { parseFilter } from '../../domain/filter/parse-filter.js';
import { always } from '../../domain/filter/window.js';
import { everyone } from '../../domain/viewer.js';
import type { FlowStore } from '../flow-store.js';
import { isDamage } from './damage.js';
import { openExisting, openForReading, openForWriting } from './database.js';
import { SqliteFlowStore } from './flow-store.js';
import { SqliteFlowWriter } from './flow-writer.js';
import { GuardedFlowStore } from './guarded-store.js';
import { verify } from './verify.js';

/** Databases damaged in one run of the tests. */
const RUNS = Number(process.env['DAMAGE_RUNS'] ?? 150);
/** The same places each time, unless somebody asks for more of them: what is found then is a new case, not a broken build. */
const SEED = process.env['DAMAGE_RUNS'] === undefined ? { seed: 20_261_121 } : {};
const SEGMENTS = 12;
const FLOWS = 20;

const newFolder = temporaryFolders();

const text = (i: number) =>
  jsonText(
    record({
      ...(i % 7 === 0 ? {} : { uuid: `5b1f0a1e-0001-4000-8000-${String(i).padStart(12, '0')}` }),
      time: i % 11 === 0 ? undefined : `2026-06-01T10:${String(i % 60).padStart(2, '0')}:00Z`,
      source: pod(`shop/web-${i}`),
      node_name: `c/n${i % 30}`,
      Summary: `number ${i} ${String(i ** 9).repeat(20)}`,
    }),
  );
const event = (i: number) => ({
  lost_events: { source: 'PERF_EVENT_RING_BUFFER', num_events_lost: String(i) },
  node_name: `c/n${i % 30}`,
  time: '2026-06-01T10:30:00Z',
  note: String(i ** 9).repeat(40),
});
const told = new Set(
  Array.from({ length: SEGMENTS * FLOWS }, (_, i) => [text(i), jsonText(event(i))]).flat(),
);

/** Pages of every kind: of tables, of indexes, and those that a blob goes on in. */
async function makeDatabase(): Promise<Buffer> {
  const { file, writer, close } = openSqlite(newFolder());
  for (let i = 0; i < SEGMENTS * FLOWS; i++) {
    writer.append(newFlow(text(i)));
    writer.appendEvent(eventOf(event(i)), Buffer.from(jsonText(event(i))));
    writer.checkpoint(`log:${i}`, JSON.stringify({ path: `/var/log/${i}`, offset: i }));
    if (i % FLOWS === FLOWS - 1) await writer.commit();
  }
  await close();
  return readFileSync(file);
}

interface Damage {
  /** Share of the file that lies before it. */
  at: number;
  length: number;
  /** Zeros for 0: a sector that came back empty. Else where chance begins. */
  seed: number;
}

// No `fc.double`: half of those are next to nothing.
const share = (max: number) => fc.nat(1e9).map((n) => (n / 1e9) * max);
const damage = fc.record({
  // All depends on the first page, which has the schema: it is hit more often than by chance.
  at: fc.oneof({ weight: 5, arbitrary: share(1) }, { weight: 1, arbitrary: share(0.02) }),
  length: fc.integer({ min: 1, max: 4_000 }),
  seed: fc.nat(),
});
const damages = fc.array(damage, { minLength: 1, maxLength: 4 });

function damaged(whole: Buffer, places: readonly Damage[]): Buffer {
  const copy = Buffer.from(whole);
  for (const { at, length, seed } of places) {
    const from = Math.floor(at * (whole.length - 1));
    let chance = seed;
    for (const i of copy.subarray(from, from + length).keys()) {
      chance = (Math.imul(chance, 1_664_525) + (seed === 0 ? 0 : 1_013_904_223)) >>> 0;
      copy[from + i] = chance >>> 24;
    }
  }
  return copy;
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const query = { filter: everything, window: always };
const questions: ((store: FlowStore) => unknown)[] = [
  (store) => store.summary(),
  (store) => store.coverage(always),
  (store) => store.removed(),
  (store) => store.eventCounts(),
  (store) => store.checkpoints(),
  (store) => collect(store.find(everyone, { ...query, order: 'desc' })),
  (store) =>
    collect(
      store.find(everyone, {
        filter: parseFilter(words({ pod: 'shop/web-5' })),
        window: always,
        order: 'asc',
      }),
    ),
  (store) => collect(store.tallies(everyone, query)),
  (store) => store.take(everyone, [1, 55, 230]),
  (store) => store.damage(),
];

/** What each question came to: nothing when it was answered, else the words of the error. */
async function outcomes(store: FlowStore): Promise<string[]> {
  const failures: string[] = [];
  for (const ask of [...questions, expectTold]) {
    try {
      await ask(store);
    } catch (error) {
      if (!(error instanceof FlowatlasError)) throw error;
      expect(error.code).toBe('damaged');
      expect(error.message).toMatch(/flowatlas verify.*flowatlas restore/);
      failures.push(error.message);
    }
  }
  return failures;
}

/** Damage may take records away, but must not make any up. */
async function expectTold(store: FlowStore): Promise<void> {
  for await (const { text: lines } of store.records(everyone, query))
    for (const line of lines.split('\n'))
      if (line !== '' && !told.has(line)) throw new Error(`made up: ${line}`);
}

function problemsOf(file: string): string[] {
  const db = openExisting(file, migrations);
  try {
    return [...verify(db)].flatMap(({ problems }) => problems);
  } finally {
    db.close();
  }
}

/** Undefined when the file is refused, which the operator is told in a sentence. */
function unlessRefused<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch (error) {
    // Jest loads the driver once for several files, so its class of errors is not always this file's.
    if (isDamage(error) || (error as Error).constructor.name === 'DatabaseRefused') return undefined;
    throw error;
  }
}

describe('pages of SQLite that are overwritten', () => {
  it('cost what was in them: every question is answered, or with an error that names what to do', async () => {
    const whole = await makeDatabase();
    const counts = { refused: 0, answered: 0, failed: 0 };
    await fc.assert(
      fc.asyncProperty(damages, async (places) => {
        const file = join(newFolder(), 'flowatlas.db');
        writeFileSync(file, damaged(whole, places));
        const found = unlessRefused(() => problemsOf(file));
        const store = unlessRefused(
          () => new GuardedFlowStore(new SqliteFlowStore(openForReading(file), file)),
        );
        if (store === undefined) {
          counts.refused++;
          return;
        }
        const failures = await outcomes(store);
        const isTold = failures.length > 0 || store.damage().length > 0;
        store.close();
        counts[failures.length > 0 ? 'failed' : 'answered']++;
        if (isTold && found !== undefined) expect(found).not.toEqual([]);
      }),
      { numRuns: RUNS, ...SEED },
    );
    expect(counts.answered).toBeGreaterThan(0);
    expect(counts.failed).toBeGreaterThan(0);
    console.info(`of ${RUNS} damaged databases: ${JSON.stringify(counts)}`);
  }, 300_000);

  it('never end who writes: a commit succeeds, or fails with what SQLite says', async () => {
    const whole = await makeDatabase();
    await fc.assert(
      fc.asyncProperty(damages, async (places) => {
        const file = join(newFolder(), 'flowatlas.db');
        writeFileSync(file, whole);
        const writer = new SqliteFlowWriter(openForWriting(file, migrations));
        // Under the writer's feet, as a failing disk does it.
        writeFileSync(file, damaged(whole, places));
        for (let round = 0; round < 3; round++) {
          for (let i = 0; i < SEGMENTS * FLOWS; i += 7) {
            writer.append(newFlow(text(i)));
            writer.append(newFlow(text(i + 1_000 * (round + 1))));
            writer.appendEvent(eventOf(event(i + round)), Buffer.from(jsonText(event(i + round))));
          }
          await writer.commit().catch((error: unknown) => {
            // Where Jest loaded the driver for another file, its errors are taken for none and wrapped.
            const { code, message } = error as { code?: string; message: string };
            expect(code ?? message).toMatch(/^SQLITE_|^SqliteError: /);
          });
        }
        await writer.close().catch(() => undefined);
      }),
      // Each flushes to disk three times.
      { numRuns: Math.ceil(RUNS / 4), ...SEED },
    );
  }, 300_000);
});
