import { gapWords, wordsOfLoss, type GapWords } from '../domain/coverage/gap-words.js';
import {
  MOST_NODES,
  NodeHistories,
  NodeHistory,
  minutesOf,
  type Astray,
  type Silence,
} from '../domain/coverage/node-history.js';
import type { NodeStatus } from '../domain/coverage/node-status.js';
import { everything } from '../domain/filter/filter.js';
import type { Window } from '../domain/filter/window.js';
import { formatTimestamp, fromMilliseconds } from '../domain/flow/timestamp.js';
import type { Viewer } from '../domain/viewer.js';
import type { Gap } from '../sources/gaps.js';
import type { FlowStore, LossReport } from '../store/flow-store.js';
import { damageReport, format, formatSummed, keptSince, SAMPLING_NOTE, spanOf, touches } from './coverage.js';
import type { CoverageReport } from './coverage-report.schema.js';

const MOST_LOSSES = 100;
const MOST_STATUSES = 1_000;
const MOST_STATUSES_EACH = 20;
const LONGEST_MESSAGE = 500;
/** Hubble has three; whoever sends others need not have each explained. */
const MOST_SOURCES = 20;
/** Nanoseconds. */
const MINUTE = 60_000_000_000n;

type NodeReport = CoverageReport['nodes'][number];

/** Flows, and when they were, as far as the viewer may see them. */
interface Delivered {
  flows: number;
  first: bigint | undefined;
  last: bigint | undefined;
}

/** Everything known of what is missing from a window, node by node. */
export async function coverageReport(
  store: FlowStore,
  gaps: readonly Gap[],
  viewer: Viewer,
  window: Window,
): Promise<CoverageReport> {
  const histories = new NodeHistories();
  for await (const minutes of store.minutes(window)) histories.add(minutes);
  histories.end();
  const report = new Report(store, viewer, window, histories);
  const delivered = viewer.namespaces === 'all' ? undefined : await inScope(store, viewer, window);
  return report.make(delivered, gapsOf(gaps, window));
}

function gapsOf(gaps: readonly Gap[], window: Window): Gap[] {
  const time = (text: string) => fromMilliseconds(Date.parse(text));
  return gaps.filter(({ from, to }) => touches(window, time(from), time(to)));
}

/**
 * Gaps are a matter of nodes, which are the cluster's, and whoever asks about a namespace has to know them: a lost
 * event may have been theirs. How many flows there were is not told beyond the scope.
 */
async function inScope(
  store: FlowStore,
  viewer: Viewer,
  window: Window,
): Promise<ReadonlyMap<string, Delivered>> {
  const nodes = new Map<string, Delivered>();
  for await (const { tallies } of store.tallies(viewer, { filter: everything, window })) {
    for (const { node, weight, first, last } of tallies) {
      const before = nodes.get(node) ?? { flows: 0, first, last };
      nodes.set(node, {
        flows: before.flows + weight,
        first: before.first !== undefined && before.first < first ? before.first : first,
        last: before.last !== undefined && before.last > last ? before.last : last,
      });
    }
  }
  return nodes;
}

class Report {
  readonly #losses: ReadonlyMap<string, LossReport[]>;
  readonly #statuses = new Map<string, NodeStatus[]>();
  readonly #statusesLeftOut: number;
  readonly #seesAll: boolean;

  constructor(
    private readonly store: FlowStore,
    viewer: Viewer,
    private readonly window: Window,
    private readonly histories: NodeHistories,
  ) {
    this.#seesAll = viewer.namespaces === 'all';
    const nodes = store.coverage(window);
    this.#losses = new Map(nodes.flatMap(({ node, lost }) => (lost.length > 0 ? [[node, lost]] : [])));
    const { newest, leftOut } = store.nodeStatuses(window, MOST_STATUSES);
    this.#statusesLeftOut = leftOut;
    for (const status of newest.toReversed())
      for (const node of status.nodes.slice(0, MOST_NODES)) {
        const before = this.#statuses.get(node);
        if (before === undefined) this.#statuses.set(node, [status]);
        else before.push(status);
      }
  }

  /** `delivered` is what the viewer may see, undefined where that is everything. */
  make(delivered: ReadonlyMap<string, Delivered> | undefined, gaps: Gap[]): CoverageReport {
    const { window } = this;
    const names = this.#names();
    const nodes = names.map((name) => {
      const history = this.histories.nodes.get(name) ?? new NodeHistory();
      return this.#node(name, history, delivered === undefined ? history : delivered.get(name));
    });
    const { nodes: all, others: rest } = this.histories;
    const { from, to } = spanOf([...(delivered ?? all).values(), ...(delivered ? [] : [rest])], window);
    const others = this.#others(new Set(names));
    return {
      asked: { since: format(window.since), until: format(window.until) },
      from: format(from),
      to: format(to),
      keptSince: keptSince(this.store, window),
      ...formatSummed(this.store.summed(window)),
      note: SAMPLING_NOTE,
      damaged: damageReport(this.store, window),
      gaps,
      nodes,
      others,
      statusesLeftOut: this.#statusesLeftOut,
      explanations: explain(gaps, nodes, others),
    };
  }

  /** Those who delivered come first, should there be too many. */
  #names(): string[] {
    const names = [...this.histories.nodes.keys(), ...this.#losses.keys(), ...this.#statuses.keys()];
    return [...new Set(names)].slice(0, MOST_NODES).sort();
  }

  #node(node: string, history: NodeHistory, delivered: Delivered | undefined): NodeReport {
    const { from, to } = spanOf(delivered === undefined ? [] : [delivered], this.window);
    return {
      node,
      flows: delivered?.flows ?? 0,
      first: format(from),
      last: format(to),
      minutes: history.minutes,
      silent: {
        minutes: history.silentMinutes,
        intervals: history.longestSilences().map(reportSilence),
        leftOut: history.silences - history.longestSilences().length,
      },
      fellSilent: history.flows > 0 && this.histories.fellSilent(history),
      ...reportLosses(this.#losses.get(node) ?? []),
      ...reportStatuses(this.#statuses.get(node) ?? []),
      ahead: this.#astray(history.ahead),
      late: this.#astray(history.late),
      masked: [...history.masked].map(([field, minutes]) => ({ field, minutes })),
    };
  }

  #astray(astray: Astray | undefined): NodeReport['ahead'] {
    if (astray === undefined) return null;
    const { flows, most, first, last } = astray;
    const seconds = most / 1000;
    return {
      flows: this.#seesAll ? flows : null,
      seconds,
      from: formatTimestamp(first),
      until: formatTimestamp(last),
    };
  }

  #others(named: ReadonlySet<string>): CoverageReport['others'] {
    const lost = [...this.#losses].filter(([node]) => !named.has(node)).flatMap(([, losses]) => losses);
    const { flows } = this.histories.others;
    const eventsLost = sumOf(lost);
    if (flows === 0 && eventsLost === 0) return null;
    return { flows: this.#seesAll ? flows : null, eventsLost };
  }
}

function reportSilence(silence: Silence): NodeReport['silent']['intervals'][number] {
  const [from, until] = [silence.from, silence.to + 1].map((minute) => BigInt(minute) * MINUTE);
  return {
    from: formatTimestamp(from ?? 0n),
    until: formatTimestamp(until ?? 0n),
    minutes: minutesOf(silence),
  };
}

function reportLosses(
  losses: readonly LossReport[],
): Pick<NodeReport, 'eventsLost' | 'lost' | 'lostLeftOut' | 'lostBySource'> {
  const lost = losses.slice(-MOST_LOSSES).map(({ time, from, source, events }) => ({
    time: format(time),
    source,
    events,
    from: format(from),
  }));
  const bySource = new Map<string, number>();
  for (const { source, events } of losses) bySource.set(source, (bySource.get(source) ?? 0) + events);
  return {
    eventsLost: sumOf(losses),
    lost,
    lostLeftOut: losses.length - lost.length,
    lostBySource: Object.fromEntries([...bySource].sort(([, a], [, b]) => b - a).slice(0, MOST_SOURCES)),
  };
}

function reportStatuses(statuses: readonly NodeStatus[]): Pick<NodeReport, 'statuses' | 'statusesLeftOut'> {
  const told = statuses.slice(-MOST_STATUSES_EACH).map(({ time, state, message }) => ({
    time: format(time),
    state,
    message: message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message,
  }));
  return { statuses: told, statusesLeftOut: statuses.length - told.length };
}

function sumOf(losses: readonly LossReport[]): number {
  return losses.reduce((sum, { events }) => sum + events, 0);
}

/** Of each kind of gap that there is. */
function explain(
  gaps: readonly Gap[],
  nodes: readonly NodeReport[],
  others: CoverageReport['others'],
): CoverageReport['explanations'] {
  const some = (test: (node: NodeReport) => boolean) => nodes.some(test);
  const kinds: [string, boolean, GapWords][] = [
    ['gaps', gaps.length > 0, gapWords.gaps],
    ['silent', some(({ silent }) => silent.minutes > 0), gapWords.silent],
    ['fellSilent', some(({ fellSilent }) => fellSilent), gapWords.fellSilent],
    ['statuses', some(({ statuses }) => statuses.length > 0), gapWords.statuses],
    ['ahead', some(({ ahead }) => ahead !== null), gapWords.ahead],
    ['late', some(({ late }) => late !== null), gapWords.late],
    ['masked', some(({ masked }) => masked.length > 0), gapWords.masked],
    ['others', others !== null, gapWords.others],
  ];
  const sources = [...new Set(nodes.flatMap(({ lostBySource }) => Object.keys(lostBySource)))].sort();
  return [
    ...kinds.flatMap(([kind, isThere, words]) => (isThere ? [{ kind, ...words }] : [])),
    ...sources.slice(0, MOST_SOURCES).map((source) => ({ kind: `lost:${source}`, ...wordsOfLoss(source) })),
  ];
}
