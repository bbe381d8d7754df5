import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { record, words } from '../../../test/support/make-flow.js';
import { agentRecord, lostRecord } from '../../../test/support/print.js';
import { parseFilter } from '../../domain/filter/parse-filter.js';
import { readLine, recordsOf, type ReadRecord } from './read-records.js';
import { eventsOf, flowsAndEvents, selectRecords } from './select-records.js';
import { readSelection, type SelectionFlags } from './selection.js';

const status = { node_status: { state_change: 'NODE_ERROR', node_names: ['n'] }, time: lostRecord.time };
const dropped = record({ verdict: 'DROPPED', event_type: { type: 1, sub_type: 133 }, uuid: 'dropped' });
const forwarded = record({ uuid: 'forwarded' });
const late = record({ uuid: 'late', time: '2026-06-01T11:00:00Z' });
const timeless = { flow: { verdict: 'FORWARDED', uuid: 'timeless' } };
const everything = [dropped, lostRecord, forwarded, agentRecord, status, late, timeless];

function nameOf({ record: found, json }: ReadRecord): string {
  return found.kind === 'flow' ? (JSON.parse(json) as { flow: { uuid: string } }).flow.uuid : found.kind;
}

async function select(
  filter: Record<string, string>,
  flags: SelectionFlags = {},
  values: readonly unknown[] = everything,
): Promise<string[]> {
  const read = values.flatMap((value) => readLine(JSON.stringify(value)));
  const asked = words(filter);
  const selection = readSelection(flags, 'file', 0);
  const passes = flowsAndEvents(parseFilter(asked), asked, selection.window);
  const selected = selectRecords(Readable.from([read.slice(0, 2), read.slice(2)]), passes, selection);
  const names: string[] = [];
  for await (const batch of selected) names.push(...batch.map(nameOf));
  return names;
}

describe('of a file', () => {
  it('everything is shown in its order, events at their places', async () => {
    expect(await select({})).toEqual([
      'dropped',
      'lost_events',
      'forwarded',
      'agent_event',
      'node_status',
      'late',
      'timeless',
    ]);
  });

  it('a filter leaves events out, but for what tells whether the answer is whole', async () => {
    expect(await select({ verdict: 'DROPPED' })).toEqual(['dropped', 'node_status']);
    expect(await select({ 'not-verdict': 'DROPPED' })).toEqual([
      'lost_events',
      'forwarded',
      'agent_event',
      'node_status',
      'late',
      'timeless',
    ]);
  });

  it('losses pass filters on the type, as in Hubble', async () => {
    expect(await select({ type: 'drop' })).toEqual(['dropped', 'lost_events', 'node_status']);
    expect(await select({ type: 'drop', verdict: 'DROPPED' })).toEqual(['dropped', 'node_status']);
    expect(await select({ 'not-type': 'drop' })).not.toContain('lost_events');
    expect(await select({ 'not-type': 'drop', 'not-verdict': 'AUDIT' })).toContain('lost_events');
  });

  it('a window holds for flows and events; what has no time is older than all', async () => {
    expect(await select({}, { since: '2026-06-01T10:30:00Z' })).toEqual(['late']);
    expect(await select({}, { until: '2026-06-01T10:30:00Z' })).toEqual([
      'dropped',
      'lost_events',
      'forwarded',
      'agent_event',
      'node_status',
      'timeless',
    ]);
  });

  it('the first or the last so many are shown, oldest first', async () => {
    expect(await select({}, { first: 3 })).toEqual(['dropped', 'lost_events', 'forwarded']);
    expect(await select({}, { last: 3 })).toEqual(['node_status', 'late', 'timeless']);
    expect(await select({ 'from-pod': 'shop/' }, { last: 2 })).toEqual(['node_status', 'late']);
    expect(await select({}, { last: 100 })).toEqual(await select({}));
    const many = Array.from({ length: 3_000 }, (_, index) => record({ uuid: String(index) }));
    expect(await select({}, { last: 2_500 }, many)).toEqual(
      Array.from({ length: 2_500 }, (_, index) => String(index + 500)),
    );
  });

  it('events of one kind are shown alone, and those without a time only where every time is', () => {
    const noTime = { agent_event: {} };
    const read = [agentRecord, dropped, lostRecord, noTime].flatMap((value) =>
      readLine(JSON.stringify(value)),
    );
    const passing = (since?: string) => {
      const { window } = readSelection(since === undefined ? {} : { since }, 'file', 0);
      return read.filter(eventsOf('agent_event', window)).map(({ json }) => JSON.parse(json) as unknown);
    };
    expect(passing()).toEqual([agentRecord, noTime]);
    expect(passing('2026-06-01T09:00:00Z')).toEqual([agentRecord]);
    expect(passing('2026-06-01T11:00:00Z')).toEqual([]);
  });

  it('nothing is read any more once the first so many are there', async () => {
    let asked = 0;
    async function* endless(): AsyncGenerator<ReadRecord[]> {
      for (;;) {
        asked++;
        yield await Promise.resolve(readLine(JSON.stringify(forwarded)));
      }
    }
    const selected = selectRecords(endless(), () => true, readSelection({ first: 3 }, 'file', 0));
    const found = [];
    for await (const batch of selected) found.push(...batch);
    expect([found.length, asked]).toEqual([3, 3]);
  });
});

describe('of a server', () => {
  it('lines are whole however they are cut, and what is no record is told beside', async () => {
    const hole = '{"flowatlas":{"skipped":3}}';
    const bytes = Buffer.from(
      [forwarded, late].map((value) => `${JSON.stringify(value)}\n`).join(`${hole}\n`),
    );
    for (const size of [1, 7, 100, bytes.length]) {
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      const told: string[] = [];
      const names: string[] = [];
      for await (const batch of recordsOf(Readable.from(chunks), (line) => told.push(line)))
        names.push(...batch.map(nameOf));
      expect([names, told]).toEqual([['forwarded', 'late'], [hole]]);
    }
  });
});
