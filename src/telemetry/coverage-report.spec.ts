import { describe, expect, it } from '@jest/globals';
import { always, type Window } from '../domain/filter/window.js';
import { everyone, type Viewer } from '../domain/viewer.js';
import { Memory } from '../store/memory/memory.js';
import { MemoryFlowStore } from '../store/memory/flow-store.js';
import { MemoryFlowWriter } from '../store/memory/flow-writer.js';
import { jsonText } from '../../test/support/json-text.js';
import { eventOf, newFlow, pod, record } from '../../test/support/make-flow.js';
import { coverageReport } from './coverage-report.js';
import { coverageReportSchema } from './coverage-report.schema.js';

const START = Date.UTC(2026, 5, 1, 10);
const time = (seconds: number) => new Date(START + seconds * 1000).toISOString().replace('.000Z', 'Z');
const at = (seconds: number, node: string, fields: Record<string, unknown> = {}) =>
  record({
    time: time(seconds),
    node_name: node,
    uuid: `${node} ${seconds}`,
    traffic_direction: 'EGRESS',
    source: pod('shop/web-0', 'web', { labels: ['k8s:app=web'] }),
    ...fields,
  });
const lost = (seconds: number, node: string, events: number, source = 'HUBBLE_RING_BUFFER') => ({
  lost_events: { source, num_events_lost: String(events) },
  node_name: node,
  time: time(seconds),
});
const says = (seconds: number, state: string, nodes: string[], message = '') => ({
  node_status: { state_change: state, node_names: nodes, message },
  node_name: 'relay',
  time: time(seconds),
});

/** The report of a store that was given these records when its clock showed seconds after ten. */
async function reportOf(
  records: readonly object[],
  {
    viewer = everyone,
    window = always,
    now = 86_400,
  }: { viewer?: Viewer; window?: Window; now?: number } = {},
) {
  const memory = new Memory();
  const writer = new MemoryFlowWriter(memory, () => START + now * 1000);
  for (const told of records) {
    const text = jsonText(told);
    if ('flow' in told) writer.append(newFlow(text));
    else writer.appendEvent(eventOf(told), Buffer.from(text));
  }
  await writer.commit();
  const report = await coverageReport(new MemoryFlowStore(memory), [], viewer, window);
  expect(coverageReportSchema.parse(report)).toEqual(report);
  return { ...report, kinds: report.explanations.map(({ kind }) => kind) };
}

describe('coverage', () => {
  it('is without a gap where there is none', async () => {
    const { nodes, kinds, ...rest } = await reportOf([at(0, 'c/n1'), at(61, 'c/n2'), at(70, 'c/n1')]);
    const none = {
      silent: { minutes: 0, intervals: [], leftOut: 0 },
      fellSilent: false,
      ...{ eventsLost: 0, lost: [], lostLeftOut: 0, lostBySource: {} },
      ...{ statuses: [], statusesLeftOut: 0, ahead: null, late: null, masked: [] },
    };
    expect(nodes).toEqual([
      { node: 'c/n1', flows: 2, first: time(0), last: time(70), minutes: 2, ...none },
      { node: 'c/n2', flows: 1, first: time(61), last: time(61), minutes: 1, ...none },
    ]);
    expect(kinds).toEqual([]);
    expect(rest).toMatchObject({ from: time(0), to: time(70), others: null, statusesLeftOut: 0 });
  });

  it('tells of silent minutes, of a node that fell silent, and of what Relay said of it', async () => {
    const { nodes, kinds } = await reportOf([
      ...[0, 30, 200, 230].map((seconds) => at(seconds, 'c/n1')),
      ...[0, 60, 120, 180, 240, 300, 360].map((seconds) => at(seconds, 'c/n2')),
      says(235, 'NODE_UNAVAILABLE', ['c/n1', 'c/n3'], 'connection closed'),
    ]);
    const statuses = [{ time: time(235), state: 'NODE_UNAVAILABLE', message: 'connection closed' }];
    expect(nodes).toMatchObject([
      {
        node: 'c/n1',
        minutes: 2,
        silent: { minutes: 2, intervals: [{ from: time(60), until: time(180), minutes: 2 }], leftOut: 0 },
        fellSilent: true,
        statuses,
      },
      { node: 'c/n2', minutes: 7, silent: { minutes: 0 }, fellSilent: false, statuses: [] },
      { node: 'c/n3', flows: 0, first: null, minutes: 0, fellSilent: false, statuses },
    ]);
    expect(kinds).toEqual(['silent', 'fellSilent', 'statuses']);
  });

  it('tells of losses by the queue that lost them, and lists the last hundred', async () => {
    const losses = Array.from({ length: 120 }, (_, i) => lost(i, 'c/n1', 2));
    const { nodes, explanations } = await reportOf([
      ...losses,
      lost(130, 'c/n1', 5, 'OBSERVER_EVENTS_QUEUE'),
    ]);
    expect(nodes).toMatchObject([
      {
        eventsLost: 245,
        lostLeftOut: 21,
        lostBySource: { HUBBLE_RING_BUFFER: 240, OBSERVER_EVENTS_QUEUE: 5 },
      },
    ]);
    expect(nodes[0]?.lost[0]?.time).toBe(time(21));
    expect(explanations.map(({ kind }) => kind)).toEqual([
      'lost:HUBBLE_RING_BUFFER',
      'lost:OBSERVER_EVENTS_QUEUE',
    ]);
    expect(explanations[1]?.hint).toContain('hubble-event-queue-size');
  });

  it('tells of clocks, of flows that came late, and of fields that are missing', async () => {
    const masked = { uuid: '', verdict: undefined };
    const { nodes, kinds } = await reportOf(
      [at(40, 'c/n1'), at(0, 'c/n1'), at(100.5, 'c/n2'), at(65, 'c/n3', masked), at(4, 'c/n3', masked)],
      { now: 90 },
    );
    expect(nodes).toMatchObject([
      { late: { flows: 1, seconds: 40, from: time(0), until: time(0) }, ahead: null, masked: [] },
      { late: null, ahead: { flows: 1, seconds: 10.5, from: '2026-06-01T10:01:40.500Z' }, masked: [] },
      {
        late: { flows: 1, seconds: 61 },
        masked: [
          { field: 'uuid', minutes: 2 },
          { field: 'verdict', minutes: 2 },
        ],
      },
    ]);
    expect(kinds).toEqual(['ahead', 'late', 'masked']);
  });

  it('is of the minutes that the window touches, and says what was asked and what is held of it', async () => {
    const flows = [0, 130, 150, 400, 460].map((seconds) => at(seconds, 'c/n1'));
    const window = {
      since: BigInt(START + 140_000) * 1_000_000n,
      until: BigInt(START + 410_000) * 1_000_000n,
    };
    const report = await reportOf([...flows, lost(0, 'c/n1', 1), says(0, 'NODE_GONE', ['c/n1'])], { window });
    expect(report).toMatchObject({
      asked: { since: time(140), until: time(410) },
      from: time(140),
      to: time(400),
      nodes: [
        { flows: 3, first: time(140), last: time(400), silent: { minutes: 3 }, eventsLost: 0, statuses: [] },
      ],
    });
  });
});

describe('coverage for a viewer of some namespaces', () => {
  it("tells of gaps, which are the cluster's, and counts only flows of theirs", async () => {
    const hidden = { source: pod('pay/a'), destination: pod('pay/b') };
    const records = [
      ...[60, 300, 360, 0].map((seconds) => at(seconds, 'c/n1', hidden)),
      at(361, 'c/n2'),
      at(362, 'c/n2', hidden),
      lost(5, 'c/n1', 3),
    ];
    const shopkeeper = { name: 'shopkeeper', namespaces: ['shop'] };
    expect(await reportOf(records, { viewer: shopkeeper })).toMatchObject({
      from: time(361),
      to: time(361),
      nodes: [
        {
          node: 'c/n1',
          flows: 0,
          first: null,
          silent: { minutes: 3 },
          eventsLost: 3,
          late: { flows: null, seconds: 360 },
        },
        { node: 'c/n2', flows: 1, first: time(361), last: time(361) },
      ],
    });
  });
});

describe('more nodes than are told apart', () => {
  it('are told together, and what they lost is not lost', async () => {
    const flows = Array.from({ length: 1_100 }, (_, i) => at(i / 100, `c/n${i}`));
    const { nodes, others, kinds } = await reportOf([...flows, lost(1, 'c/unheard', 9)]);
    expect(nodes).toHaveLength(1_000);
    expect(others).toEqual({ flows: 100, eventsLost: 9 });
    expect(kinds).toEqual(['others']);
  });
});
