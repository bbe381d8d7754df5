import { wholeMinutes, type NodeMinute } from '../../domain/coverage/node-minute.js';
import { readNodeStatus } from '../../domain/coverage/node-status.js';
import type { Predicate } from '../../domain/filter/criterion.js';
import { within } from '../../domain/filter/filter.js';
import { inWindow, type Window } from '../../domain/filter/window.js';
import type { RecordedFlow } from '../../domain/flow/flow.js';
import { recordedFlow } from '../../domain/flow/recorded-flow.js';
import { shownAs } from '../../domain/flow/node-identity.js';
import type { EventKind } from '../../domain/flow/record.js';
import { objectOf } from '../../domain/flow/json.js';
import type { LastHeard } from '../../domain/coverage/silent-nodes.js';
import {
  listed,
  type Ledger,
  type LedgerEntry,
  type LedgerQuery,
  type PostedDigest,
} from '../../domain/ledger/ledger.js';
import { ledgerOf } from '../../domain/ledger/ledger-of.js';
import type { CoarseSums } from '../../domain/service-map/coarse-sums.js';
import { bucketOf, Latencies, type Answers } from '../../domain/latencies.js';
import { counterOf } from '../../domain/service-map/counter.js';
import { unforetoldPod, type DropsOfWindow } from '../../domain/service-map/dropped.js';
import { isAnswer, tallyOf, type Tally } from '../../domain/service-map/tally.js';
import { canSee, scopeOf, type Viewer } from '../../domain/viewer.js';
import {
  FlowStore,
  type DamagedRange,
  type NodeCoverage,
  type NodeStatuses,
  type Removed,
  type StoreSummary,
} from '../flow-store.js';
import type {
  Count,
  CountQuery,
  DropQuery,
  FlowQuery,
  EventBatch,
  EventQuery,
  HeldFlow,
  RecordBatch,
  StoreQuery,
  ScanBatch,
  ScanQuery,
  StoredFlow,
  SummedParts,
} from '../queries.js';
import { compareEvents, comparePositions } from '../ordered.js';
import type { Held, Memory } from './memory.js';

/** Nanoseconds. */
const MINUTE = 60_000_000_000n;

export class MemoryFlowStore extends FlowStore {
  constructor(private readonly memory: Memory) {
    super();
  }

  async *find(viewer: Viewer, query: FlowQuery): AsyncGenerator<StoredFlow> {
    const { matches } = within(scopeOf(viewer), query.filter);
    const compare = comparePositions(query.order);
    const { after, upTo = Infinity, signal } = query;
    const found = this.memory.flows
      .filter((held) => held.seq <= upTo && inWindow(query.window, held.time) && matches(withRecord(held)))
      .filter((position) => after === undefined || compare(position, after) > 0)
      .sort(compare);
    for (const { seq, time, placedAtArrival, record } of found) {
      if (signal?.aborted === true) return;
      yield await Promise.resolve({ seq, time, placedAtArrival, record });
    }
  }

  async *scan<T>(
    viewer: Viewer,
    query: ScanQuery,
    read: (flow: HeldFlow) => T,
  ): AsyncGenerator<ScanBatch<T>> {
    const { matches } = within(scopeOf(viewer), query.filter);
    const { window, afterSeq = 0, upTo = Infinity, signal } = query;
    for (const held of this.memory.flows) {
      const { seq, time, placedAtArrival } = held;
      if (signal?.aborted === true) return;
      if (seq <= afterSeq || seq > upTo) continue;
      const flow = withRecord(held);
      const isFound = inWindow(window, time) && matches(flow);
      const items = isFound ? [read(Object.assign(flow, { seq, time, placedAtArrival }))] : [];
      yield await Promise.resolve({ items, from: seq, upTo: seq });
    }
  }

  /** Of each flow one. */
  async *counts<T>(
    viewer: Viewer,
    query: CountQuery,
    asks: readonly ((flow: HeldFlow) => T)[],
  ): AsyncGenerator<Count<T>[]> {
    const count = (flow: HeldFlow): Count<T> => {
      const { time, weight } = flow;
      const answers = query.latencies && isAnswer(flow) ? { answers: answerOf(flow) } : {};
      const key = asks.map((ask) => ask(flow));
      return { key, count: 1, flows: weight, first: time, last: time, ...answers };
    };
    for await (const { items } of this.scan(viewer, query, count)) yield items;
  }

  take(viewer: Viewer, seqs: readonly number[]): Promise<StoredFlow[]> {
    const scope: Predicate = scopeOf(viewer) ?? (() => true);
    return Promise.resolve(
      seqs.flatMap((seq) => {
        const held = this.memory.flows.find((flow) => flow.seq === seq);
        if (held === undefined || !scope(withRecord(held))) return [];
        const { time, placedAtArrival, record } = held;
        return [{ seq, time, placedAtArrival, record }];
      }),
    );
  }

  async *tallies(viewer: Viewer, query: ScanQuery): AsyncGenerator<{ tallies: Tally[]; upTo: number }> {
    const tallies = this.#matching(viewer, query).map(toTally);
    yield await Promise.resolve({ tallies, upTo: this.#lastOf(query) });
  }

  #lastOf({ upTo = Infinity }: ScanQuery): number {
    return Math.min(this.memory.lastSeq, upTo);
  }

  /** Of each flow one, so that its pods tell what they tell. */
  sums(viewer: Viewer, query: ScanQuery): Promise<CoarseSums> {
    const gone = this.#isSummed(viewer, query) ? this.#goneOf(query.window) : [];
    const tallies = [...this.#matching(viewer, query), ...gone].map(toTally);
    const packets = tallies.filter((tally) => !counterOf(tally).isSocket);
    const endpoints = packets.flatMap(({ source, destination }) => [source, destination]);
    const ends = endpoints.map((endpoint) => {
      const { labels } = shownAs(endpoint);
      return { endpoint, labels: labels.length === 0 ? undefined : labels };
    });
    const pods = { guessed: [], unforetold: [] };
    return Promise.resolve({ tallies, ends, pods, upTo: this.#lastOf(query) });
  }

  #isSummed({ namespaces }: Viewer, { filter, afterSeq, upTo }: ScanQuery): boolean {
    return namespaces === 'all' && filter.isEmpty && afterSeq === undefined && upTo === undefined;
  }

  /** Flows that were removed, of the window's whole minutes. */
  #goneOf({ since, until }: Window): Held[] {
    return this.memory.gone.filter(({ time }) => {
      const minute = time - (time % MINUTE);
      return (
        (since === undefined || minute >= since) && (until === undefined || minute + MINUTE - 1n <= until)
      );
    });
  }

  /** There are no sums by hour, and nothing is ever damaged. */
  summed(window: Window): SummedParts {
    const minutes = this.#goneOf(window).map(({ time }) => time - (time % MINUTE));
    const sorted = minutes.sort((a, b) => (a < b ? -1 : 1));
    const [from, last] = [sorted[0], sorted.at(-1)];
    if (from === undefined || last === undefined) return { hours: undefined, minutes: undefined };
    return { hours: undefined, minutes: { from, to: last + MINUTE, missing: [] } };
  }

  ledger(viewer: Viewer, query: LedgerQuery): Ledger {
    return { ...listed(this.#ledgerOf(viewer), query), upTo: this.memory.lastSeq };
  }

  postedDigest(): PostedDigest | undefined {
    return this.memory.postedDigest;
  }

  ledgerEdge(viewer: Viewer, edge: string): LedgerEntry | undefined {
    return this.#ledgerOf(viewer).find(({ id }) => id === edge);
  }

  #ledgerOf(viewer: Viewer): LedgerEntry[] {
    const seen = this.memory.flows.filter(({ flow: { source, destination } }) =>
      canSee(viewer, source, destination),
    );
    return ledgerOf(seen.map(toTally), this.memory.acknowledgements);
  }

  drops(viewer: Viewer, query: DropQuery): Promise<DropsOfWindow> {
    const tallies = this.#matching(viewer, query).map(toTally);
    const endpoints = tallies.flatMap(({ source, destination }) => [source, destination]);
    return Promise.resolve({
      tallies: tallies.filter(({ traits }) => traits.verdict === 'DROPPED'),
      unforetold: endpoints.flatMap((endpoint) => unforetoldPod(endpoint) ?? []),
      removed: undefined,
    });
  }

  #matching(viewer: Viewer, { filter, window, afterSeq = 0, upTo = Infinity, signal }: ScanQuery): Held[] {
    const { matches } = within(scopeOf(viewer), filter);
    return this.memory.flows.filter(
      (held) =>
        signal?.aborted !== true &&
        held.seq > afterSeq &&
        held.seq <= upTo &&
        inWindow(window, held.time) &&
        matches(withRecord(held)),
    );
  }

  async *records(viewer: Viewer, query: StoreQuery): AsyncGenerator<RecordBatch> {
    const { filter, window } = query;
    const withEvents = filter.isEmpty && viewer.namespaces === 'all';
    const flows = this.#matching(viewer, query);
    const events = this.memory.events.filter(({ time }) => withEvents && isEventOf(window, time));
    // Sorting is stable: an event stands behind the flow that came before it.
    const placed = [
      ...flows.map(({ seq, record }) => ({ at: seq, record })),
      ...events.map(({ afterSeq, record }) => ({ at: afterSeq, record })),
    ].sort((a, b) => a.at - b.at);
    const text = placed.map(({ record }) => `${record}\n`).join('');
    yield await Promise.resolve({ text, flows: flows.length, events: events.length, damaged: 0 });
  }

  async *events(viewer: Viewer, query: EventQuery): AsyncGenerator<EventBatch> {
    const { kinds, window, after, upTo = Infinity, signal } = query;
    const compare = compareEvents(query.order);
    const events = this.memory.events
      .filter(({ kind, time, id }) => kinds.includes(kind) && id <= upTo && isEventOf(window, time))
      .filter((event) => after === undefined || compare(event, after) > 0)
      .sort(compare)
      .map(({ id, time, node, record }) => ({ id, time, node, record }));
    if (viewer.namespaces === 'all' && signal?.aborted !== true)
      yield await Promise.resolve({ events, damaged: 0 });
  }

  lastEvent(): number {
    return this.memory.events.at(-1)?.id ?? 0;
  }

  damage(): DamagedRange[] {
    return [];
  }

  summary(): StoreSummary {
    const times = this.memory.flows.map(({ time }) => time).sort((a, b) => (a < b ? -1 : 1));
    const { flows, lastSeq } = this.memory;
    return { flows: flows.length, lastSeq, oldest: times[0], newest: times.at(-1), bytesOnDisk: 0 };
  }

  coverage(window: Window): NodeCoverage[] {
    const nodes = new Map<string, NodeCoverage>();
    const nodeOf = (name: string) => {
      const node = nodes.get(name) ?? { node: name, flows: 0, first: undefined, last: undefined, lost: [] };
      nodes.set(name, node);
      return node;
    };
    for (const { flow, time } of this.memory.flows.filter(({ time }) => inWindow(window, time))) {
      const node = nodeOf(flow.node);
      node.flows += flow.weight;
      if (node.first === undefined || time < node.first) node.first = time;
      if (node.last === undefined || time > node.last) node.last = time;
    }
    for (const { node, time, lost } of this.memory.events) {
      if (lost === undefined || (time !== undefined && !inWindow(window, time))) continue;
      nodeOf(node).lost.push({ time, from: lost.first, source: lost.source, events: lost.events });
    }
    return [...nodes.values()].sort((a, b) => (a.node < b.node ? -1 : 1));
  }

  async *minutes(window: Window): AsyncGenerator<NodeMinute[]> {
    const whole = wholeMinutes(window);
    const minutes = this.memory.flows.flatMap(({ minute, time }) => (inWindow(whole, time) ? [minute] : []));
    yield await Promise.resolve(minutes.sort((a, b) => (a.first < b.first ? -1 : 1)));
  }

  lastHeard(until: bigint | undefined): readonly LastHeard[] {
    const last = new Map<string, bigint>();
    for (const { minute, time } of this.memory.flows) {
      if (minute.node === undefined || minute.ahead > 0 || (until !== undefined && time > until)) continue;
      const before = last.get(minute.node);
      if (before === undefined || time > before) last.set(minute.node, time);
    }
    return [...last].map(([node, time]) => ({ node, last: time })).sort((a, b) => (a.node < b.node ? -1 : 1));
  }

  nodeStatuses(window: Window, most: number): NodeStatuses {
    const found = this.memory.events
      .filter(({ kind, time }) => kind === 'node_status' && (time === undefined || inWindow(window, time)))
      .map(({ time, record }) => readNodeStatus(objectOf(JSON.parse(record)), time))
      .reverse()
      .sort(({ time: a = LONG_AGO }, { time: b = LONG_AGO }) => (a > b ? -1 : a < b ? 1 : 0));
    return { newest: found.slice(0, most), leftOut: Math.max(0, found.length - most) };
  }

  removed(): Removed {
    return this.memory.removed;
  }

  eventCounts(): Partial<Record<EventKind, number>> {
    const counts: Partial<Record<EventKind, number>> = {};
    for (const { kind } of this.memory.events) counts[kind] = (counts[kind] ?? 0) + 1;
    return counts;
  }

  checkpoints(): ReadonlyMap<string, string> {
    return new Map(this.memory.checkpoints);
  }

  close(): void {
    // Nothing to let go of.
  }
}

function isEventOf(window: Window, time: bigint | undefined): boolean {
  const isOpen = window.since === undefined && window.until === undefined;
  return isOpen || (time !== undefined && inWindow(window, time));
}

const LONG_AGO = -(1n << 63n);

function withRecord({ flow, record }: Held): RecordedFlow {
  return recordedFlow(flow, record);
}

function toTally({ flow, time, seq }: Held): Tally {
  return tallyOf({ ...flow, time }, seq);
}

function answerOf({ latency, isPaired }: HeldFlow): Answers {
  const latencies = new Latencies();
  if (latency > 0) latencies.add(bucketOf(latency), 1, isPaired ? 1 : 0);
  return { count: 1, latencies };
}
