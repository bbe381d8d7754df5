import { describe, expect, it } from '@jest/globals';
import { connect } from './connect.js';
import { allFields } from '../../domain/coverage/fields.js';
import type { NodeMinute } from '../../domain/coverage/node-minute.js';
import { always, type Window } from '../../domain/filter/window.js';
import { jsonText } from '../../../test/support/json-text.js';
import { newFlow, record } from '../../../test/support/make-flow.js';
import { migrations, openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { NodeMinutes } from './node-minutes.js';

const newFolder = temporaryFolders();
const START = Date.UTC(2026, 5, 1, 10);
const second = 1_000_000_000n;
const ten = BigInt(START) * 1_000_000n;
const clock = () => START + 86_400_000;
type Opened = ReturnType<typeof openSqlite>;

function at(seconds: number, node = 'c/n1', fields: Record<string, unknown> = {}): string {
  const time = new Date(START + seconds * 1000).toISOString();
  return jsonText(record({ time, node_name: node, Summary: `${node} ${seconds}`, ...fields }));
}

async function put({ writer }: Opened, texts: readonly string[]): Promise<void> {
  for (const text of texts) expect(writer.append(newFlow(text))).toBe(true);
  await writer.commit();
}

async function minutes({ store }: Pick<Opened, 'store'>, window: Window = always): Promise<NodeMinute[]> {
  const found: NodeMinute[] = [];
  for await (const page of store.minutes(window)) found.push(...page);
  return found;
}

describe('the table of minutes', () => {
  it('is read page by page, each row once, also of windows', async () => {
    const opened = openSqlite(newFolder(), clock);
    const texts = Array.from({ length: 2_500 }, (_, i) => at(60 * (i % 1_250), `c/n${i % 5}`, { i }));
    for (let from = 0; from < 2_500; from += 500) await put(opened, texts.slice(from, from + 500));
    const all = await minutes(opened);
    expect(all.reduce((sum, { flows }) => sum + flows, 0)).toBe(2_500);
    expect(all.length).toBeGreaterThan(2_000);
    const window = { since: ten + 6_030n * second, until: ten + 12_000n * second };
    const inside = all.filter(
      ({ first }) => first >= ten + 6_000n * second && first < ten + 12_060n * second,
    );
    expect(await minutes(opened, window)).toEqual(inside);
    expect(inside.length).toBeGreaterThan(100);
    const limit = (1n << 63n) - 1n;
    expect(await minutes(opened, { since: -limit, until: limit })).toEqual(all);
    await opened.close();
  });

  it('is not written by a commit that failed, and right when the same flows come again', async () => {
    const folder = newFolder();
    const { file, ...opened } = openSqlite(folder, clock);
    const other = connect(file);
    other.exec("CREATE TRIGGER full BEFORE INSERT ON node_minute BEGIN SELECT raise(ABORT, 'full'); END");
    opened.writer.append(newFlow(at(100)));
    await expect(opened.writer.commit()).rejects.toThrow('full');
    other.exec('DROP TRIGGER full');
    other.close();
    expect(await minutes(opened)).toEqual([]);
    // The flow that was lost makes none late.
    await put({ file, ...opened }, [at(1), at(100)]);
    expect(await minutes(opened)).toMatchObject([
      { flows: 1, late: 0 },
      { flows: 1, late: 0 },
    ]);
    await opened.close();
  });

  it('is the same after a start without a stop, which knows the newest flows again', async () => {
    const folder = newFolder();
    const first = openSqlite(folder, clock);
    await put(first, [at(100), at(200, 'c/n2')]);
    first.writer.append(newFlow(at(300)));
    // As if killed: nothing is closed, and what was not committed is gone.
    const second = openSqlite(folder, clock);
    expect((await minutes(second)).map(({ flows }) => flows)).toEqual([1, 1]);
    expect(second.writer.append(newFlow(at(100)))).toBe(false);
    await put(second, [at(50), at(300)]);
    expect(await minutes(second)).toMatchObject([
      { node: 'c/n1', flows: 1, late: 1, lateMost: 50_000 },
      { node: 'c/n1', flows: 1, late: 0 },
      { node: 'c/n2', flows: 1, late: 0 },
      { node: 'c/n1', flows: 1, late: 0 },
    ]);
    first.store.close();
    await second.close();
    await first.writer.close().catch(() => undefined);
  });
});

describe('a block of more than it tells apart', () => {
  it('tells its nodes without their minutes when these are too many', async () => {
    const opened = openSqlite(newFolder(), clock);
    await put(
      opened,
      Array.from({ length: 2_200 }, (_, i) => at(60 * i, `c/n${i % 2}`)),
    );
    const told = await minutes(opened);
    expect(told).toMatchObject([
      { node: 'c/n0', flows: 1_100, first: ten, last: ten + 60n * 2_198n * second },
      { node: 'c/n1', flows: 1_100, first: ten + 60n * second },
    ]);
    // They are found by any window they reach into.
    const [since, until] = [ten + 90_000n * second, ten + 90_001n * second];
    expect(await minutes(opened, { since, until })).toEqual(told);
    expect(await minutes(opened, { since: ten + 180_000n * second, until: undefined })).toEqual([]);
    await opened.close();
  });

  it('tells nodes together when these are too many, and how many flows these had', async () => {
    const opened = openSqlite(newFolder(), clock);
    await put(
      opened,
      Array.from({ length: 2_200 }, (_, i) => at(i % 60, `c/hostile-${i}`)),
    );
    const told = await minutes(opened);
    expect(told).toHaveLength(1_025);
    expect(told.reduce((sum, { flows }) => sum + flows, 0)).toBe(2_200);
    expect(told.filter(({ node }) => node === undefined)).toMatchObject([{ flows: 2_200 - 1_024 }]);
    await opened.close();
  });
});

describe('blocks that become one', () => {
  it('say of each node and minute once what they said together, and go together', async () => {
    const folder = newFolder();
    const opened = openSqlite(folder, clock);
    for (const [i, uuid] of ['u', undefined, undefined].entries())
      await put(opened, [
        at(20 - i, 'c/n1', uuid === undefined ? {} : { uuid }),
        at(i, 'c/n2'),
        at(70 + i, 'c/n1'),
      ]);
    await put(opened, [at(5)]);
    const before = await minutes(opened);
    expect(before).toHaveLength(10);
    const db = connect(opened.file);
    db.transaction(() => {
      new NodeMinutes(db).merge(1, 9);
    })();
    expect(await minutes(opened)).toEqual([
      { ...before[0], node: 'c/n2', flows: 3, last: ten + 2n * second },
      before.find(({ first }) => first === ten + 5n * second),
      {
        ...before.find(({ first }) => first === ten + 18n * second),
        flows: 3,
        last: ten + 20n * second,
        late: 2,
        lateMost: 53_000,
        fields: before.find(({ first }) => first === ten + 20n * second)?.fields,
      },
      { ...before.find(({ first }) => first === ten + 70n * second), flows: 3, last: ten + 72n * second },
    ]);
    expect(db.prepare('SELECT DISTINCT first_seq FROM node_minute ORDER BY 1').pluck().all()).toEqual([
      1, 10,
    ]);
    db.close();
    await opened.close();
  });
});

describe('a database from before there were minutes', () => {
  it('tells of its blocks what is known: the span of each node, and no field as missing', async () => {
    const folder = newFolder();
    const { file, ...opened } = openSqlite(folder, clock);
    await put({ file, ...opened }, [at(0), at(300), at(3, 'c/n2')]);
    await opened.close();
    const db = connect(file);
    const made = migrations.filter(({ number }) => number === 6 || number === 11);
    db.exec(`DROP TABLE node_minute; ${made.map(({ sql }) => sql).join('')}`);
    db.close();
    const { store, writer } = openSqlite(folder, clock);
    const plain = { ahead: 0, aheadMost: 0, late: 0, lateMost: 0, fields: allFields };
    expect(await minutes({ store })).toEqual([
      { node: 'c/n1', flows: 2, first: ten, last: ten + 300n * second, ...plain },
      { node: 'c/n2', flows: 1, first: ten + 3n * second, last: ten + 3n * second, ...plain },
    ]);
    store.close();
    await writer.close();
  });
});
