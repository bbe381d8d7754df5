import { describe, expect, it } from '@jest/globals';
import { everything } from '../../domain/filter/filter.js';
import { parseFilter } from '../../domain/filter/parse-filter.js';
import { always, type Window } from '../../domain/filter/window.js';
import { ServiceMap } from '../../domain/service-map/service-map.js';
import { everyone } from '../../domain/viewer.js';
import { jsonText } from '../../../test/support/json-text.js';
import { eventOf, newFlow, record, toTally, words } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { coverageContract } from '../coverage.contract.js';
import { eventsContract } from '../events.contract.js';
import { clock, flowStoreContract } from '../flow-store.contract.js';
import { recordsContract } from '../records.contract.js';
import { sumsContract } from '../sums.contract.js';
import type { FlowQuery, StoredFlow } from '../queries.js';
import { outsideContract } from '../outside.contract.js';
import { minutesContract } from '../minutes.contract.js';
import { removalContract } from '../removal.contract.js';
import { scanContract } from '../scan.contract.js';

const newFolder = temporaryFolders();

const openEmpty = () => Promise.resolve(openSqlite(newFolder(), clock));
flowStoreContract('the SQLite store', openEmpty);
recordsContract('the SQLite store', openEmpty);
eventsContract('the SQLite store', openEmpty);
sumsContract('the SQLite store', openEmpty);
removalContract('the SQLite store', openEmpty);
minutesContract('the SQLite store', openEmpty);
scanContract('the SQLite store', openEmpty);
outsideContract('the SQLite store', openEmpty);
coverageContract('the SQLite store', openEmpty);

const query: FlowQuery = { filter: everything, window: always, order: 'asc' };

describe('the SQLite store over several segments', () => {
  it('finds flows that came out of order of time, in order, in pages and by filter', async () => {
    const { writer, store, close } = openSqlite(newFolder());
    const flows = Array.from({ length: 20_000 }, (_, i) => smallFlow(i));
    for (const text of flows) {
      expect(writer.append(newFlow(text))).toBe(true);
      await writer.ready();
    }
    await writer.commit();
    expect(store.summary()).toMatchObject({ flows: 20_000, lastSeq: 20_000 });

    const upward = await collect(store.find(everyone, query));
    expect(upward.map(({ record }) => record).sort()).toEqual(flows.toSorted());
    expect(upward).toEqual(upward.toSorted(byTimeThenSeq));
    const downward = await collect(store.find(everyone, { ...query, order: 'desc' }));
    expect(downward).toEqual(upward.toReversed());

    const after = upward[11_111];
    expect(await collect(store.find(everyone, { ...query, after, limit: 50 }), 50)).toEqual(
      upward.slice(11_112, 11_162),
    );
    const dropped = { ...query, filter: parseFilter(words({ verdict: 'DROPPED' })) };
    const drops = upward.filter(({ record }) => record.includes('DROPPED'));
    expect(await collect(store.find(everyone, dropped))).toEqual(drops);
    await close();
  });

  it('counts on the map what came in different segments', async () => {
    const { writer, store, close } = openSqlite(newFolder());
    const flows = Array.from({ length: 9_000 }, (_, i) => newFlow(smallFlow(i)));
    for (const flow of flows) writer.append(flow);
    await writer.commit();
    const batches = await collect(store.tallies(everyone, { filter: everything, window: always }));
    const covered = batches.map(({ upTo }) => upTo);
    expect(covered).toEqual(covered.toSorted((a, b) => a - b));
    expect(covered).toContain(8_192);
    expect(covered.at(-1)).toBe(9_000);
    const map = ServiceMap.of(
      batches.flatMap(({ tallies }) => tallies),
      'workload',
    );
    const single = ServiceMap.of(
      flows.map(({ flow }, i) => toTally(flow, i + 1)),
      'workload',
    );
    expect(map.edges()).toEqual(single.edges());
    expect(map.nodes()).toEqual(single.nodes());
    await close();
  });

  it('looks for drops in steps, and no further when it is called off, also inside of a block', async () => {
    const { writer, store, close } = openSqlite(newFolder());
    for (let i = 0; i < 3_000; i++) writer.append(newFlow(smallFlow(i)));
    await writer.commit();
    const controller = new AbortController();
    let looked = 0;
    const filter = {
      isEmpty: false,
      // Looks at what is a row's own, so each of them is asked.
      matches: ({ time }: { time: bigint | undefined }) => {
        looked++;
        controller.abort();
        return time !== undefined;
      },
    };
    await store.drops(everyone, { filter, window: always, signal: controller.signal });
    expect(looked).toBeLessThan(1_000);
    looked = 0;
    // The one of them that is a drop.
    expect((await store.drops(everyone, { filter, window: always })).tallies).toHaveLength(1);
    expect(looked).toBe(3_000);
    await close();
  });

  it('finds what lies in a window that reaches beyond all times that there can be', async () => {
    const { writer, store, close } = openSqlite(newFolder());
    const times = [
      '1677-09-21T00:12:43.145224193Z',
      '2026-06-01T10:00:00Z',
      '2262-04-11T23:47:16.854775807Z',
    ];
    for (const [i, time] of times.entries()) writer.append(newFlow(jsonText(record({ uuid: `${i}`, time }))));
    await writer.commit();
    const edge = 1n << 63n;
    const found = async (window: Window) => {
      const items: number[] = [];
      for await (const batch of store.scan(everyone, { filter: everything, window }, ({ seq }) => seq))
        items.push(...batch.items);
      return items;
    };
    expect(await found({ since: 0n, until: edge + 5n })).toEqual([2, 3]);
    expect(await found({ since: -edge - 5n, until: 0n })).toEqual([1]);
    expect(await found({ since: edge - 1n, until: undefined })).toEqual([3]);
    await close();
  });

  it('holds a record larger than 64 KiB and one larger than a block of records', async () => {
    const { writer, store, close } = openSqlite(newFolder());
    const texts = [70_000, 10, 2_000_000].map((length) => jsonText(record({ Summary: 'ü'.repeat(length) })));
    for (const text of texts) writer.append(newFlow(text));
    await writer.commit();
    const found = await collect(store.find(everyone, query));
    expect(found.map(({ record }) => record.length)).toEqual(texts.map(({ length }) => length));
    expect(found.map(({ record }) => record)).toEqual(texts);
    await close();
  });
});

describe('the SQLite store after a restart', () => {
  it('goes on numbering where it stopped and knows what it holds', async () => {
    const folder = newFolder();
    const known = [
      record({ uuid: '00000000-0000-0000-0000-000000000000' }),
      record({ uuid: 'flow-1' }),
      record(),
    ];
    const lost = { lost_events: { source: 'X', num_events_lost: '1' }, node_name: 'n' };
    const first = openSqlite(folder);
    for (const flow of known) first.writer.append(newFlow(jsonText(flow)));
    first.writer.appendEvent(eventOf(lost), Buffer.from(jsonText(lost)));
    await first.close();

    const { writer, store, close } = openSqlite(folder);
    expect(store.summary().flows).toBe(3);
    for (const flow of known) expect(writer.append(newFlow(jsonText(flow, { reversed: true })))).toBe(false);
    expect(writer.appendEvent(eventOf(lost), Buffer.from(jsonText(lost)))).toBe(false);
    expect(writer.append(newFlow(jsonText(record({ uuid: 'flow-2' }))))).toBe(true);
    await writer.commit();
    expect((await store.take(everyone, [4]))[0]?.record).toContain('flow-2');
    expect(store.summary()).toMatchObject({ flows: 4, lastSeq: 4 });
    await close();
  });
});

describe('counting flows that stand for many', () => {
  it('does not overflow when the counts of a few add up to more than 32 bits', async () => {
    const { writer, store, close } = openSqlite(newFolder());
    for (const uuid of ['a', 'b']) {
      const aggregate = { ingress_flow_count: 3_000_000_000 };
      writer.append(newFlow(jsonText(record({ uuid, aggregate }))));
    }
    await writer.commit();
    const [batch] = await collect(store.tallies(everyone, { filter: everything, window: always }));
    await close();
    expect(batch?.tallies.map(({ weight }) => weight)).toEqual([6_000_000_000]);
  });
});

/** Times go up and down, and meet. */
function smallFlow(i: number): string {
  const second = (i * 7_919) % 6_000;
  const time = new Date(Date.UTC(2026, 5, 1) + second * 1000).toISOString();
  return `{"time":"${time}","verdict":"${i % 9_973 === 0 ? 'DROPPED' : 'FORWARDED'}","n":${i},"l4":{"TCP":{"destination_port":${i % 3}}}}`;
}

function byTimeThenSeq(a: StoredFlow, b: StoredFlow): number {
  return a.time < b.time ? -1 : a.time > b.time ? 1 : a.seq - b.seq;
}

async function collect<T>(found: AsyncIterable<T>, most = Infinity): Promise<T[]> {
  const list: T[] = [];
  for await (const item of found) {
    list.push(item);
    if (list.length >= most) break;
  }
  return list;
}
