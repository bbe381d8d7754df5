import type Database from 'better-sqlite3';
import type { Endpoint } from '../../domain/flow/flow.js';
import { identify } from '../../domain/flow/node-identity.js';
import type {
  Ledger,
  LedgerEntry,
  LedgerList,
  LedgerQuery,
  PostedDigest,
} from '../../domain/ledger/ledger.js';
import { readEndText } from '../../domain/service-map/coarse.js';
import { canSee, type Viewer } from '../../domain/viewer.js';
import { parseHeld, typed } from './damage.js';

interface Row {
  edge: string;
  source: string;
  destination: string;
  protocol: string;
  port: bigint;
  first: bigint;
  last: bigint;
  firstAllowed: bigint | null;
  lastAllowed: bigint | null;
  firstDropped: bigint | null;
  lastDropped: bigint | null;
  note: string | null;
  at: bigint | null;
}

const ROW = {
  edge: 'text',
  source: 'text',
  destination: 'text',
  protocol: 'text',
  port: 'bigint',
  first: 'bigint',
  last: 'bigint',
  firstAllowed: 'bigint?',
  lastAllowed: 'bigint?',
  firstDropped: 'bigint?',
  lastDropped: 'bigint?',
  note: 'text?',
  at: 'bigint?',
} as const;

/** An edge on a list, and how many are on it. */
interface Listed {
  edge: string;
  isSeen: number;
  found: number;
  acknowledged: number;
}

const LISTED = { edge: 'text', isSeen: 'count', found: 'count', acknowledged: 'count' } as const;

interface Question {
  since?: bigint;
  until?: bigint;
  /** The stretch of their last flow, of edges that went silent in this one. */
  lastSince?: bigint;
  lastUntil?: bigint;
  most: number;
  /** JSON; null for all. */
  namespaces: string | null;
}

/**
 * Which rows may belong to a list, along an index where there is one, and which edges do, of all their rows. There is
 * none on `last`: it would change with every flow that is stored, for a question of once a day, and going through the
 * rows takes a tenth of a microsecond each.
 */
const LISTS = {
  all: { rows: 'true', edges: 'true', at: 'min(first)' },
  fresh: {
    rows: 'first >= :since AND first < :until',
    edges: 'min(first) >= :since AND min(first) < :until',
    at: 'min(first)',
  },
  newlyDropped: {
    rows: 'first_dropped >= :since AND first_dropped < :until',
    edges: 'min(first) < :since AND min(first_dropped) >= :since AND min(first_dropped) < :until',
    at: 'min(first_dropped)',
  },
  silent: {
    rows: 'last >= :lastSince AND last < :lastUntil',
    edges: `min(first) < :since AND max(last) >= :lastSince AND max(last) < :lastUntil
      AND NOT coalesce(min(first_dropped) >= :since AND min(first_dropped) < :until, false)`,
    at: 'max(last)',
  },
} as const;

const toldBy = (end: string) => `(SELECT told FROM rollup_end WHERE id = ledger.${end})`;

/** Ends of one node may differ in scope: a pod that Hubble told, and an end that was joined to it. */
const IN_SCOPE = `(:namespaces IS NULL OR is_visible(${toldBy('source')}, ${toldBy('destination')}, :namespaces))`;

/** The newest on a list, those that somebody acknowledged at its end, and how many there are beyond. */
function select({ rows, edges, at }: (typeof LISTS)[keyof typeof LISTS], isSeen: string): string {
  const candidates = rows === 'true' ? rows : `edge IN (SELECT edge FROM ledger WHERE ${rows})`;
  return `
    SELECT edge, is_seen AS isSeen, count(*) OVER () AS found, sum(is_seen) OVER () AS acknowledged
    FROM (
      SELECT edge, ${at} AS on_list, ${isSeen} AS is_seen FROM ledger
      WHERE ${candidates} AND ${IN_SCOPE}
      GROUP BY edge HAVING ${edges}
    )
    ORDER BY is_seen, on_list DESC, edge LIMIT :most`;
}

/** Any of the ends is the same node. */
const ONE = `
  SELECT edge, ${toldBy('source')} AS source, ${toldBy('destination')} AS destination, protocol, port,
         min(first) AS first, max(last) AS last,
         min(first_allowed) AS firstAllowed, max(last_allowed) AS lastAllowed,
         min(first_dropped) AS firstDropped, max(last_dropped) AS lastDropped, note, at
  FROM ledger LEFT JOIN acknowledgement USING (edge) WHERE edge = :edge AND ${IN_SCOPE} GROUP BY edge`;

/** Reads who was ever seen to speak with whom. Several ends may be one node of the map. */
export class LedgerReader {
  readonly #lists;
  readonly #one;
  readonly #upTo;
  readonly #posted;

  constructor(db: Database.Database) {
    db.function('is_visible', { deterministic: true }, isVisible);
    const prepare = (list: keyof typeof LISTS, isSeen = 'edge IN (SELECT edge FROM acknowledgement)') =>
      db.prepare<[Question], Listed>(select(LISTS[list], isSeen));
    this.#lists = {
      // It has those, too.
      all: prepare('all', 'false'),
      fresh: prepare('fresh'),
      newlyDropped: prepare('newlyDropped'),
      silent: prepare('silent'),
    };
    this.#one = db.prepare<[{ edge: string; namespaces: string | null }], Row>(ONE).safeIntegers();
    this.#posted = db
      .prepare<[], { at: bigint; until: bigint }>('SELECT at, until FROM digest')
      .safeIntegers();
    this.#upTo = db.prepare<[], { upTo: number }>('SELECT last_seq AS upTo FROM rollup');
  }

  read(viewer: Viewer, { list, most }: LedgerQuery): Ledger {
    // Asked first: what is added meanwhile is told as missing, never the other way round.
    const { upTo } = typed(this.#upTo.get(), { upTo: 'count' });
    const namespaces = namesOf(viewer);
    const rows = this.#lists[list.name]
      .all({ ...stretchOf(list), most, namespaces })
      .map((row) => typed(row, LISTED));
    const { found, acknowledged } = rows[0] ?? { found: 0, acknowledged: 0 };
    const entries = rows.flatMap(({ edge, isSeen }) => (isSeen === 1 ? [] : (this.edge(viewer, edge) ?? [])));
    return { entries, leftOut: found - acknowledged - entries.length, acknowledged, upTo };
  }

  posted(): PostedDigest | undefined {
    const row = this.#posted.get();
    if (row === undefined) return undefined;
    const { at, until } = typed(row, { at: 'bigint', until: 'bigint' });
    return { at: Number(at), until };
  }

  edge(viewer: Viewer, edge: string): LedgerEntry | undefined {
    const row = this.#one.get({ edge, namespaces: namesOf(viewer) });
    return row && entryOf(typed(row, ROW));
  }
}

function namesOf({ namespaces }: Viewer): string | null {
  return namespaces === 'all' ? null : JSON.stringify(namespaces);
}

function isVisible(source: unknown, destination: unknown, namespaces: unknown): number {
  const viewer = { name: '', namespaces: parseHeld(String(namespaces)) as string[] };
  return canSee(viewer, endOf(String(source)), endOf(String(destination))) ? 1 : 0;
}

function stretchOf(list: LedgerList): Partial<Question> {
  if (list.name === 'all') return {};
  const { since, until, silentFor } = list;
  const [lastSince, lastUntil] = [clamped(since - silentFor), clamped(until - silentFor)];
  return { since: clamped(since), until: clamped(until), lastSince, lastUntil };
}

function endOf(told: string): Endpoint {
  return readEndText(parseHeld(told));
}

function entryOf(row: Row): LedgerEntry {
  const [source, target] = [row.source, row.destination].map((told) =>
    identify(endOf(told), 'workload', () => undefined),
  );
  if (source === undefined || target === undefined) throw new Error('an edge has two ends');
  const { edge, protocol, first, last, note, at } = row;
  return {
    id: edge,
    source,
    target,
    protocol,
    port: Number(row.port),
    first,
    last,
    firstAllowed: row.firstAllowed ?? undefined,
    lastAllowed: row.lastAllowed ?? undefined,
    firstDropped: row.firstDropped ?? undefined,
    lastDropped: row.lastDropped ?? undefined,
    acknowledged: note === null || at === null ? undefined : { note, at: Number(at) },
  };
}

/** A column has 64 bits. */
function clamped(time: bigint): bigint {
  return time < FIRST ? FIRST : time > LAST ? LAST : time;
}

const FIRST = -(1n << 63n);
const LAST = (1n << 63n) - 1n;
