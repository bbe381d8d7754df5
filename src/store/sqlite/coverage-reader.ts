import type Database from 'better-sqlite3';
import { readNodeStatus } from '../../domain/coverage/node-status.js';
import { inWindow, type Window } from '../../domain/filter/window.js';
import { objectOf } from '../../domain/flow/json.js';
import type { EventKind } from '../../domain/flow/record.js';
import type { Extent, LossReport, NodeCoverage, NodeStatuses } from '../flow-store.js';
import { parseHeld, typed } from './damage.js';
import type { SegmentList } from './segment-list.js';

interface NodeRow {
  node: string;
  flows: bigint;
  first: bigint;
  last: bigint;
}

interface LossRow {
  node: string;
  time: bigint | null;
  lost_from: bigint | null;
  source: string;
  events: bigint;
}

const ROW_OF_NODE = { node: 'text', flows: 'bigint', first: 'bigint', last: 'bigint' } as const;
const ROW_OF_LOSS = {
  node: 'text',
  time: 'bigint?',
  lost_from: 'bigint?',
  source: 'text',
  events: 'bigint',
} as const;

interface Bounds {
  since: bigint | null;
  until: bigint | null;
}

/** Those without a time belong to every window, like losses without one. */
const STATUSES =
  "kind = 'node_status' AND (time IS NULL OR (time >= coalesce(:since, time) AND time <= coalesce(:until, time)))";

/** What each node delivered, from the segments, and what it reported as lost, from the events. */
export class CoverageReader {
  readonly #nodes;
  readonly #reaching;
  readonly #lost;
  readonly #losses;
  readonly #counts;
  readonly #statuses;
  readonly #statusCount;

  constructor(
    db: Database.Database,
    private readonly segments: SegmentList,
  ) {
    this.#nodes = db
      .prepare<[Bounds], NodeRow>(
        `SELECT node, sum(flows) AS flows, min(time_min) AS first, max(time_max) AS last FROM segment_node
         WHERE (:since IS NULL OR time_max >= :since) AND (:until IS NULL OR time_min <= :until)
         GROUP BY node ORDER BY node`,
      )
      .safeIntegers();
    this.#reaching = db
      .prepare<[Bounds & { id: bigint }], { first: bigint | null; last: bigint | null }>(
        `SELECT min(time_min) AS first, max(time_max) AS last FROM segment_node WHERE segment_id = :id
         AND (:since IS NULL OR time_max >= :since) AND (:until IS NULL OR time_min <= :until)`,
      )
      .safeIntegers();
    // Unlike sum(), total() does not fail where the sum is more than 64 bits hold.
    this.#lost = db
      .prepare<[Bounds], number>(
        `SELECT total(events) FROM event WHERE kind = 'lost_events' AND (time IS NULL OR
         ((:since IS NULL OR time >= :since) AND (:until IS NULL OR time <= :until)))`,
      )
      .pluck();
    this.#losses = db
      .prepare<[], LossRow>(
        `SELECT node, time, lost_from, source, events FROM event WHERE kind = 'lost_events' ORDER BY time, id`,
      )
      .safeIntegers();
    this.#counts = db.prepare<[], { kind: EventKind; count: number }>(
      'SELECT kind, count(*) AS count FROM event GROUP BY kind',
    );
    this.#statuses = db
      .prepare<[Bounds & { most: bigint }], [bigint | null, string]>(
        `SELECT time, record FROM event WHERE ${STATUSES} ORDER BY time DESC, id DESC LIMIT :most`,
      )
      .raw()
      .safeIntegers();
    this.#statusCount = db.prepare<[Bounds], number>(`SELECT count(*) FROM event WHERE ${STATUSES}`).pluck();
  }

  /** Flows are counted by whole segments: a segment that reaches over the window's end counts whole. */
  read(window: Window): NodeCoverage[] {
    const { since = null, until = null } = window;
    const nodes = new Map<string, NodeCoverage>();
    for (const row of this.#nodes.all({ since, until })) {
      const { node, flows, first, last } = typed(row, ROW_OF_NODE);
      nodes.set(node, { node, flows: Number(flows), first, last, lost: [] });
    }
    for (const row of this.#losses.all()) {
      const loss = typed(row, ROW_OF_LOSS);
      if (loss.time !== null && !inWindow(window, loss.time)) continue;
      const node = nodes.get(loss.node) ?? emptyNode(loss.node);
      nodes.set(loss.node, node);
      node.lost.push(toReport(loss));
    }
    return [...nodes.values()].sort((a, b) => (a.node < b.node ? -1 : 1));
  }

  statuses(window: Window, most: number): NodeStatuses {
    const { since = null, until = null } = window;
    const rows = this.#statuses.all({ since, until, most: BigInt(most) });
    const newest = rows.map(([time, record]) =>
      readNodeStatus(objectOf(parseHeld(record)), time ?? undefined),
    );
    return { newest, leftOut: (this.#statusCount.get({ since, until }) ?? 0) - newest.length };
  }

  /** The sum of what `read` tells. */
  extent(window: Window): Extent {
    const { since = null, until = null } = window;
    const { first, last, reaching } = this.segments.within(window);
    const span = { first, last };
    // A segment begins with the first flow of its nodes: only of one that reaches over an end of the window they are asked.
    for (const { id } of reaching) {
      const found = this.#reaching.get({ since, until, id: BigInt(id) });
      if (found?.first == null || found.last === null) continue;
      if (span.first === undefined || found.first < span.first) span.first = found.first;
      if (span.last === undefined || found.last > span.last) span.last = found.last;
    }
    return { ...span, eventsLost: this.#lost.get({ since, until }) ?? 0 };
  }

  eventCounts(): Partial<Record<EventKind, number>> {
    return Object.fromEntries(this.#counts.all().map(({ kind, count }) => [kind, count]));
  }
}

function emptyNode(node: string): NodeCoverage {
  return { node, flows: 0, first: undefined, last: undefined, lost: [] };
}

function toReport({ time, lost_from, source, events }: LossRow): LossReport {
  return { time: time ?? undefined, from: lost_from ?? undefined, source, events: Number(events) };
}
