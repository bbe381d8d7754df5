import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonText } from '../../../test/support/json-text.js';
import { eventOf, newFlow, record } from '../../../test/support/make-flow.js';
import { migrations } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { openForWriting } from './database.js';
import { SqliteFlowWriter } from './flow-writer.js';
import type { KeyBlock } from './key-block.js';
import { hashOf } from './key-block.js';
import { packKeys } from './keys.js';
import { KnownKeys } from './known-keys.js';

const newFolder = temporaryFolders();

/** Times meet, are hours and years apart, or are missing; uuids are canonical, others, or missing. */
const times = ['10:00:00', '10:00:00.5', '10:00:59', '10:03:00', '16:00:00'].map((t) => `2026-06-01T${t}Z`);
const universe = Array.from({ length: 60 }, (_, i) => {
  const time = [...times, '2019-01-01T00:00:00Z', undefined][i % 7];
  const uuid = [`5b1f0a1e-0001-4000-8000-${String(i).padStart(12, '0')}`, `flow ${i}`, undefined][i % 3];
  return jsonText(record({ time, uuid, Summary: `${i}` }));
});
const lost = Array.from({ length: 6 }, (_, i) => ({
  lost_events: { source: 'X', num_events_lost: String(i) },
  node_name: 'n',
}));

type Step = { send: number[]; events: number[] } | 'commit' | 'restart' | 'lose';
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      send: fc.array(fc.nat(universe.length - 1), { maxLength: 20 }),
      events: fc.array(fc.nat(lost.length - 1), { maxLength: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.constant('commit' as const) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
  { weight: 1, arbitrary: fc.constant('lose' as const) },
);

/** A writer that can be restarted, and beside it, what it must know. */
class Watched {
  readonly file = join(newFolder(), 'flowatlas.db');
  readonly held = new Set<string>();
  readonly open = new Set<string>();
  #db = openForWriting(this.file, migrations);
  #clock = Date.UTC(2026, 5, 2);
  #writer = this.#newWriter();

  constructor(private readonly mostBytes: number) {}

  async take(next: Step): Promise<void> {
    if (next === 'commit') await this.commit();
    else if (next === 'restart') await this.restart();
    else if (next === 'lose') await this.lose();
    else {
      for (const i of next.send) this.#expectNew(`flow ${i}`, this.#writer.append(newFlow(universe[i]!)));
      for (const i of next.events) {
        const event = lost[i]!;
        this.#expectNew(`event ${i}`, this.#writer.appendEvent(eventOf(event), Buffer.from(jsonText(event))));
      }
    }
  }

  #expectNew(name: string, isNew: boolean): void {
    expect([name, isNew]).toEqual([name, !this.held.has(name) && !this.open.has(name)]);
    if (isNew) this.open.add(name);
  }

  async commit(): Promise<void> {
    await this.#writer.commit();
    for (const name of this.open) this.held.add(name);
    this.open.clear();
  }

  async restart(): Promise<void> {
    await this.#writer.close();
    for (const name of this.open) this.held.add(name);
    this.open.clear();
    this.#db = openForWriting(this.file, migrations);
    this.#writer = this.#newWriter();
  }

  /** The disk is full: what is open is lost, and must be unknown again. */
  async lose(): Promise<void> {
    if (this.open.size === 0) return;
    this.#db.exec(
      "CREATE TEMP TRIGGER full_segment BEFORE INSERT ON main.segment BEGIN SELECT RAISE(ABORT, 'full'); END",
    );
    this.#db.exec(
      "CREATE TEMP TRIGGER full_event BEFORE INSERT ON main.event BEGIN SELECT RAISE(ABORT, 'full'); END",
    );
    await expect(this.#writer.commit()).rejects.toThrow('full');
    this.#db.exec('DROP TRIGGER full_segment; DROP TRIGGER full_event');
    this.open.clear();
  }

  async close(): Promise<void> {
    await this.commit();
    const count = (table: string, column: string) =>
      this.#db.prepare(`SELECT coalesce(sum(${column}), 0) FROM ${table}`).pluck().get();
    expect(count('segment', 'flows')).toBe([...this.held].filter((name) => name.startsWith('flow')).length);
    expect(count('event', '1')).toBe([...this.held].filter((name) => name.startsWith('event')).length);
    await this.#writer.close();
  }

  #newWriter(): SqliteFlowWriter {
    // The clock goes on: a flow without a time comes again at another time.
    return new SqliteFlowWriter(this.#db, () => (this.#clock += 3_600_000), undefined, this.mostBytes);
  }
}

describe('a flow that comes again', () => {
  it.each([1, 300, 64 << 20])(
    'is known, in any order, over commits, restarts and failures, with %i bytes of keys in memory',
    (mostBytes) =>
      fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
          const watched = new Watched(mostBytes);
          for (const next of steps) await watched.take(next);
          await watched.close();
        }),
        { numRuns: 40 },
      ),
  );
});

describe('a segment that took hours to fill', () => {
  it.each([1, 64 << 20])(
    'is known slice by slice, before and after a restart, with %i bytes',
    async (mostBytes) => {
      const file = join(newFolder(), 'flowatlas.db');
      const text = (i: number) => {
        const time = new Date(Date.UTC(2026, 5, 1) + i * 3_000).toISOString();
        const uuid = `5b1f0a1e-0001-4000-8000-${String(i).padStart(12, '0')}`;
        return newFlow(jsonText(record({ uuid, time })));
      };
      const open = () =>
        new SqliteFlowWriter(openForWriting(file, migrations), Date.now, undefined, mostBytes);
      const mixed = Array.from({ length: 9_000 }, (_, i) => (i * 7_919) % 9_000);
      let writer = open();
      for (let i = 0; i < 9_000; i++) expect(writer.append(text(i))).toBe(true);
      for (const i of mixed.slice(0, 100)) expect(writer.append(text(i))).toBe(false);
      await writer.commit();
      for (const i of mixed.slice(100, 200)) expect(writer.append(text(i))).toBe(false);
      await writer.close();
      writer = open();
      for (const i of mixed.slice(0, 400)) expect(writer.append(text(i))).toBe(false);
      expect(writer.append(text(9_000))).toBe(true);
      await writer.close();
      const db = openForWriting(file, migrations);
      expect(db.prepare('SELECT count(*) FROM segment_slice').pluck().get()).toBeGreaterThan(15);
      db.close();
    },
  );
});

describe('the keys held in memory', () => {
  it('stay within their bound, whatever is stored and asked for', () => {
    const db = openForWriting(join(newFolder(), 'flowatlas.db'), migrations);
    const mostBytes = 20_000;
    const known = new KnownKeys(db, mostBytes);
    const insert = db.prepare(
      'INSERT INTO segment (generation, first_seq, flows, time_min, time_max, columns, keys, layout) VALUES (1, ?, 100, ?, ?, ?, ?, 2)',
    );
    const keyOf = (segment: number, row: number) => Uint32Array.of(segment, row, 7, 7);
    const blocks = new Set<KeyBlock>();
    for (let segment = 0; segment < 200; segment++) {
      const block = known.emptyBlock(100);
      blocks.add(block);
      for (let row = 0; row < 100; row++) block.add(keyOf(segment, row));
      // Every tenth reaches over all others.
      const [first, last] = segment % 10 === 0 ? [0, 20_000] : [segment * 100, segment * 100 + 99];
      const firstSeq = segment * 100 + 1;
      known.seal(firstSeq, block, [{ firstRow: 0, runs: [{ first, last }] }]);
      insert.run(
        firstSeq,
        BigInt(first) * 10n ** 9n,
        BigInt(last) * 10n ** 9n,
        Buffer.alloc(0),
        packKeys(block.written()),
      );
      known.committed(firstSeq, 100);
      expect(known.bytes).toBeLessThanOrEqual(mostBytes);
      // What made room, and is filled again, is still known by what is on disk.
      for (let before = Math.max(0, segment - 8); before <= segment; before++) {
        const key = keyOf(before, 50);
        expect(known.has(key, hashOf(key), before * 100 + 50)).toBe(true);
      }
    }
    expect(blocks.size).toBeLessThan(20);
    const expectKnown = (keys: KnownKeys) => {
      for (const segment of [0, 3, 199, 100, 55, 3, 198]) {
        for (let row = 0; row < 100; row += 9) {
          const key = keyOf(segment, row);
          expect(keys.has(key, hashOf(key), segment * 100 + row)).toBe(true);
          const other = keyOf(segment, 1000 + row);
          expect(keys.has(other, hashOf(other), segment * 100 + row)).toBe(false);
          expect(keys.bytes).toBeLessThanOrEqual(mostBytes);
        }
      }
    };
    expectKnown(known);
    const restarted = new KnownKeys(db, mostBytes);
    restarted.reload();
    expect(restarted.bytes).toBe(0);
    expectKnown(restarted);
    db.close();
  });
});
