import { describe, expect, it } from '@jest/globals';
import { newFlow, record, words } from '../../test/support/make-flow.js';
import { everything } from '../domain/filter/filter.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { everyone } from '../domain/viewer.js';
import { Memory } from '../store/memory/memory.js';
import { MemoryFlowStore } from '../store/memory/flow-store.js';
import { MemoryFlowWriter } from '../store/memory/flow-writer.js';
import { FlowTail, MOST_CHARACTERS, MOST_RECORDS } from './flow-tail.js';
import type { Opening } from './live-question.js';

interface Told {
  records: { flow: { uuid: string } }[];
  skipped: number | null;
}

function opened() {
  const memory = new Memory();
  const writer = new MemoryFlowWriter(memory, () => 1_780_308_000_000);
  let stored = 0;
  const store = async (count: number, fields: Record<string, unknown> = {}) => {
    for (let i = 0; i < count; i++) {
      writer.append(newFlow(JSON.stringify(record({ uuid: `flow-${++stored}`, ...fields }))));
    }
    await writer.commit();
  };
  return { held: new MemoryFlowStore(memory), store, writer };
}

const read = (json: string) => JSON.parse(json) as Told;
const uuids = ({ records }: Told) => records.map(({ flow }) => flow.uuid);
const upTo = (last: number, first = 1) =>
  Array.from({ length: last - first + 1 }, (_, i) => `flow-${first + i}`);

async function begun(tail: FlowTail): Promise<Opening> {
  tail.enter();
  await tail.refresh();
  return tail.open({});
}

describe('a tail of flows', () => {
  it('begins with nothing of the past, and gives what comes', async () => {
    const { held, store } = opened();
    await store(3);
    const tail = new FlowTail(held, everyone, everything);
    const { position, json } = await begun(tail);
    expect(read(json)).toEqual({ records: [], skipped: 0 });
    await store(2);
    await tail.refresh();
    expect(uuids(read(tail.newsSince(position)))).toEqual(['flow-4', 'flow-5']);
    expect(read(tail.newsSince(tail.position))).toEqual({ records: [], skipped: 0 });
  });

  it('gives only what passes, and the newest first to none: in order of arrival', async () => {
    const { held, store } = opened();
    const tail = new FlowTail(held, everyone, parseFilter(words({ verdict: 'DROPPED' })));
    const { position } = await begun(tail);
    await store(2);
    await store(1, { verdict: 'DROPPED' });
    await store(1);
    await store(1, { verdict: 'DROPPED', time: '2020-01-01T00:00:00Z' });
    await tail.refresh();
    expect(uuids(read(tail.newsSince(position)))).toEqual(['flow-3', 'flow-5']);
  });

  it('counts what is more than an answer tells, for each as far as they are behind', async () => {
    const { held, store } = opened();
    const tail = new FlowTail(held, everyone, everything);
    const { position: first } = await begun(tail);
    await store(30);
    await tail.refresh();
    const { position: second } = tail;
    await store(MOST_RECORDS + 5);
    await tail.refresh();
    const late = read(tail.newsSince(first));
    expect(uuids(late)).toEqual(upTo(MOST_RECORDS + 35, 36));
    expect(late.skipped).toBe(35);
    expect(tail.waitingSince(first)).toBe(MOST_RECORDS + 35);
    expect(read(tail.newsSince(second)).skipped).toBe(5);
  });

  it('counts records that are too large for an answer, and gives the others', async () => {
    const { held, store } = opened();
    const tail = new FlowTail(held, everyone, everything);
    const { position } = await begun(tail);
    await store(1);
    await store(1, { note: 'x'.repeat(MOST_CHARACTERS) });
    await store(3, { note: 'x'.repeat(MOST_CHARACTERS / 2.5) });
    await tail.refresh();
    const told = read(tail.newsSince(position));
    expect({ told: uuids(told), skipped: told.skipped }).toEqual({
      told: ['flow-1', 'flow-4', 'flow-5'],
      skipped: 2,
    });
  });

  it('resumes at a position of another tail of the same epoch, and says where it cannot', async () => {
    const { held, store } = opened();
    await store(10);
    const tail = new FlowTail(held, everyone, everything, 'one');
    tail.enter();
    await tail.refresh();
    const resumed = await tail.open({ resume: { epoch: 'one', seq: 7 } });
    expect(read(resumed.json)).toMatchObject({ skipped: 0 });
    expect(uuids(read(resumed.json))).toEqual(upTo(10, 8));
    for (const resume of [
      { epoch: 'other', seq: 7 },
      { epoch: 'one', seq: 11 },
    ]) {
      expect(read((await tail.open({ resume })).json)).toEqual({ records: [], skipped: null });
    }
    await store(MOST_RECORDS);
    await tail.refresh();
    const late = read((await tail.open({ resume: { epoch: 'one', seq: 7 } })).json);
    expect({ first: uuids(late)[0], skipped: late.skipped }).toEqual({ first: 'flow-11', skipped: 3 });
  });

  it('begins with the last ones when asked to, and goes on without a gap or a double', async () => {
    const { held, store } = opened();
    await store(10);
    const tail = new FlowTail(held, everyone, everything);
    tail.enter();
    await tail.refresh();
    await store(4);
    const { position, json } = await tail.open({ last: 3 });
    expect(uuids(read(json))).toEqual(upTo(10, 8));
    await tail.refresh();
    expect(uuids(read(tail.newsSince(position)))).toEqual(upTo(14, 11));
  });

  it('reads nothing while nobody listens, and counts as skipped what was removed before it was read', async () => {
    const { held, store, writer } = opened();
    const tail = new FlowTail(held, everyone, everything);
    await begun(tail);
    tail.leave();
    await store(5);
    const { position } = await begun(tail);
    expect(position.seq).toBe(5);
    await store(2, { time: '2026-05-01T10:00:00Z' });
    await store(1, { time: '2026-06-01T09:00:00Z' });
    await writer.trim({ keepFor: 7 * 86_400_000 });
    await tail.refresh();
    const told = read(tail.newsSince(position));
    expect({ told: uuids(told), skipped: told.skipped }).toEqual({ told: ['flow-8'], skipped: 2 });
  });
});
