import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { fieldsOf } from '../domain/coverage/fields.js';
import { minuteOf, wholeMinutes, type NodeMinute } from '../domain/coverage/node-minute.js';
import { always, inWindow, type Window } from '../domain/filter/window.js';
import type { Flow } from '../domain/flow/flow.js';
import { fromMilliseconds } from '../domain/flow/timestamp.js';
import { flowTexts, windows } from '../../test/support/arbitrary-flows.js';
import { jsonText } from '../../test/support/json-text.js';
import { eventOf, newFlow, record } from '../../test/support/make-flow.js';
import { append, clock, collect, opening, RUNS, second, ten, type OpenedStore } from './opened.contract.js';

/** What every store knows of who delivered what and when. `open` gives an empty one, with the clock of the contract. */
export function coverageContract(name: string, open: () => Promise<OpenedStore>): void {
  const opened = opening(open);

  /** A flow of a node at seconds after ten o'clock. */
  const at = (seconds: number, node = 'c/n1', fields: Record<string, unknown> = {}) => {
    const time = new Date(Number(ten / 1_000_000n) + seconds * 1000).toISOString();
    return jsonText(record({ time, node_name: node, Summary: `at ${seconds}`, ...fields }));
  };

  describe(`${name}: the minutes of nodes`, () => {
    it('add up to the flows held, of any window', () =>
      fc.assert(
        fc.asyncProperty(flowTexts(), windows, (texts, window) =>
          opened(async (store) => {
            const flows = (await append(store, texts)).map((text) => newFlow(text).flow);
            const told = flows.map((flow) => toMinute(flow, flow.time ?? fromMilliseconds(clock())));
            for (const asked of [always, window]) {
              const expected = told.filter(({ first }) => inWindow(wholeMinutes(asked), first));
              expect(bare(await minutesOf(store, asked))).toEqual(bare(together(expected)));
            }
          }),
        ),
        RUNS,
      ));

    it('come in order of their first flows, with first and last to the nanosecond', () =>
      opened(async (store) => {
        const time = (fraction: string) => ({ time: `2026-06-01T10:00:00.${fraction}Z` });
        await append(store, [
          at(125),
          at(0, 'c/n1', time('000000002')),
          at(0, 'c/n1', { ...time('000000001'), aggregate: { ingress_flow_count: 5 } }),
          at(0, 'c/n1', time('000000003')),
        ]);
        expect(await minutesOf(store, always)).toMatchObject([
          { node: 'c/n1', flows: 7, first: ten + 1n, last: ten + 3n },
          { node: 'c/n1', flows: 1, first: ten + 125n * second, last: ten + 125n * second },
        ]);
      }));

    it('tell when each node was last heard, but for those whose clock is ahead', () =>
      opened(async (store) => {
        await append(store, [at(1, 'c/n2'), at(10, 'c/n1'), at(0, 'c/n3')]);
        const heard = (seconds: number) => ten + BigInt(seconds) * second;
        // Also when it was told before more came.
        for (let asked = 0; asked < 2; asked++)
          expect(store.store.lastHeard(undefined)).toContainEqual({ node: 'c/n1', last: heard(10) });
        await append(store, [at(60, 'c/n1'), at(30, 'c/n2'), at(5_000, 'c/n3'), at(5_000, 'c/n4')]);
        expect(store.store.lastHeard(undefined)).toEqual([
          { node: 'c/n1', last: heard(60) },
          { node: 'c/n2', last: heard(30) },
          { node: 'c/n3', last: heard(0) },
        ]);
        expect(store.store.lastHeard(heard(60) - 1n)).toEqual([
          { node: 'c/n1', last: heard(10) },
          { node: 'c/n2', last: heard(30) },
          { node: 'c/n3', last: heard(0) },
        ]);
        expect(store.store.lastHeard(heard(-1))).toEqual([]);
      }));

    it('do not count a flow that comes again', () =>
      opened(async (store) => {
        const texts = [at(1), at(2, 'c/n2'), at(3)];
        await append(store, texts);
        const before = await minutesOf(store, always);
        expect(await append(store, [...texts, ...texts])).toEqual([]);
        expect(await minutesOf(store, always)).toEqual(before);
        await append(store, [at(4), at(1), at(4)]);
        expect((await minutesOf(store, always)).map(({ flows }) => flows)).toEqual([3, 1]);
      }));

    it('go with their flows, and begin anew when these come again', () =>
      opened(async (store) => {
        const week = 604_800;
        await append(store, [at(-2 * week), at(-2 * week + 1, 'c/n2')]);
        await append(store, [at(1)]);
        await store.writer.trim({ keepFor: week * 1000 });
        expect(await minutesOf(store, always)).toMatchObject([{ node: 'c/n1', flows: 1 }]);
        await append(store, [at(-2 * week)]);
        expect(await minutesOf(store, always)).toMatchObject([{ flows: 1 }, { flows: 1 }]);
      }));
  });

  // The clock stands still a minute after ten.
  describe(`${name}: flows whose time is astray`, () => {
    it('are ahead of the clock from more than a second on, also those of a file', () =>
      opened(async (store) => {
        await append(store, [at(60), at(61, 'c/n2'), at(62.5, 'c/n2'), at(90, 'c/n2')]);
        expect(await minutesOf(store, always)).toMatchObject([
          { node: 'c/n1', flows: 1, ahead: 0, aheadMost: 0 },
          { node: 'c/n2', flows: 3, ahead: 2, aheadMost: 30_000 },
        ]);
      }));

    it('are late when one of their node came before that is more than ten seconds newer', () =>
      opened(async (store) => {
        await append(store, [at(30), at(20), at(5, 'c/n2')]);
        await append(store, [at(19), at(40), at(2, 'c/n1', { aggregate: { egress_flow_count: 3 } })]);
        expect(added(await minutesOf(store, always))).toMatchObject([
          { node: 'c/n1', flows: 7, late: 4, lateMost: 38_000, ahead: 0 },
          { node: 'c/n2', flows: 1, late: 0 },
        ]);
      }));

    it('make no others late when they are from the future, or have no time and are placed at their arrival', () =>
      opened(async (store) => {
        const timeless = '{"flow":{"verdict":"FORWARDED","node_name":"c/n1"},"node_name":"c/n1"}';
        await append(store, [at(3_600), timeless, at(1)]);
        await append(store, [at(2)]);
        expect((await minutesOf(store, always)).map(({ late }) => late)).toEqual([0, 0, 0]);
      }));
  });

  describe(`${name}: what Relay said of nodes`, () => {
    const told = (state: unknown, time?: string) => ({
      node_status: { state_change: state, node_names: ['c/n1', 'c/n2'], message: `now ${String(state)}` },
      node_name: 'c/relay',
      ...(time === undefined ? {} : { time }),
    });
    const says = ({ writer }: OpenedStore, event: unknown) =>
      writer.appendEvent(eventOf(event), Buffer.from(jsonText(event)));

    it('is held with its nodes and message, the newest first, as many as asked for', () =>
      opened(async (store) => {
        says(store, told('NODE_UNAVAILABLE', '2026-06-01T10:00:01Z'));
        says(store, told(3, '2026-06-01T10:00:02Z'));
        says(store, told('NODE_CONNECTED', '2026-06-01T10:01:00Z'));
        says(store, told('NODE_CONNECTED', '2026-06-01T10:01:00Z'));
        await append(store, [at(0)]);
        const { newest, leftOut } = store.store.nodeStatuses(always, 2);
        expect(leftOut).toBe(1);
        expect(newest).toEqual([
          {
            time: ten + 60n * second,
            state: 'NODE_CONNECTED',
            nodes: ['c/n1', 'c/n2'],
            message: 'now NODE_CONNECTED',
          },
          { time: ten + 2n * second, state: 'NODE_GONE', nodes: ['c/n1', 'c/n2'], message: 'now 3' },
        ]);
        const window = { since: undefined, until: ten + second };
        expect(store.store.nodeStatuses(window, 9).newest).toMatchObject([{ state: 'NODE_UNAVAILABLE' }]);
      }));

    it('belongs to every window when it has no time', () =>
      opened(async (store) => {
        says(store, told('NODE_ERROR'));
        await store.writer.commit();
        const { newest, leftOut } = store.store.nodeStatuses({ since: ten, until: ten }, 9);
        expect([newest.map(({ state, time }) => [state, time]), leftOut]).toEqual([
          [['NODE_ERROR', undefined]],
          0,
        ]);
      }));
  });
}

function toMinute(flow: Flow, time: bigint): NodeMinute {
  const { node, weight: flows } = flow;
  const [first, last] = [time, time];
  return { node, flows, first, last, ahead: 0, aheadMost: 0, late: 0, lateMost: 0, fields: fieldsOf(flow) };
}

/** As the store tells it, with what is said of the same node and minute put together. */
async function minutesOf({ store }: OpenedStore, window: Window): Promise<NodeMinute[]> {
  const told = (await collect(store.minutes(window))).flat();
  expect(told.map(({ first }) => first)).toEqual(told.map(({ first }) => first).sort(compare));
  return together(told);
}

function together(minutes: readonly NodeMinute[]): NodeMinute[] {
  const sums = new Map<string, NodeMinute>();
  for (const told of minutes) {
    const key = `${minuteOf(Number(told.first))} ${told.node ?? ''}`;
    const sum = sums.get(key);
    sums.set(key, sum === undefined ? told : plus(sum, told));
  }
  return [...sums.values()].sort(
    (a, b) => compare(a.first, b.first) || ((a.node ?? '') < (b.node ?? '') ? -1 : 1),
  );
}

/** By node alone. */
function added(minutes: readonly NodeMinute[]): NodeMinute[] {
  const sums = new Map<string, NodeMinute>();
  for (const told of minutes) {
    const sum = sums.get(told.node ?? '');
    sums.set(told.node ?? '', sum === undefined ? told : plus(sum, told));
  }
  return [...sums.values()].sort((a, b) => ((a.node ?? '') < (b.node ?? '') ? -1 : 1));
}

function plus(a: NodeMinute, b: NodeMinute): NodeMinute {
  return {
    node: a.node,
    flows: a.flows + b.flows,
    first: a.first < b.first ? a.first : b.first,
    last: a.last > b.last ? a.last : b.last,
    ahead: a.ahead + b.ahead,
    aheadMost: Math.max(a.aheadMost, b.aheadMost),
    late: a.late + b.late,
    lateMost: Math.max(a.lateMost, b.lateMost),
    fields: a.fields | b.fields,
  };
}

/** What depends on the flows alone, not on how they came. */
function bare(minutes: readonly NodeMinute[]): Partial<NodeMinute>[] {
  return minutes.map(({ node, flows, first, last, fields }) => ({ node, flows, first, last, fields }));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
