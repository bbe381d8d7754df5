import type Database from 'better-sqlite3';
import type { Endpoint } from '../../domain/flow/flow.js';
import { readEndText, readKindText } from '../../domain/service-map/coarse.js';
import { parseHeld, typed } from './damage.js';
import type { WindowParts } from './window-parts.js';

interface End {
  endpoint: Endpoint;
  labels: string | null;
}

/** Ends and kinds of all time that are remembered. */
const MOST_KNOWN = 50_000;

/** Reads ends and kinds, as sums by hour and by minute number them. */
export class ToldParts {
  readonly #ends = new Map<number, End>();
  readonly #statements;

  constructor(db: Database.Database) {
    this.#statements = {
      end: db.prepare<[number], { told: string; labels: string | null }>(
        'SELECT told, labels FROM rollup_end WHERE id = ?',
      ),
      kind: db.prepare<[number], { told: string }>('SELECT told FROM rollup_kind WHERE id = ?'),
    };
  }

  /** What their numbers are among the parts of a window. Each is looked up once. */
  numbersIn(parts: WindowParts) {
    const ends = new Map<number, number>();
    const kinds = new Map<number, number>();
    return {
      end: (id: number) => remembered(ends, id, () => this.#end(id, parts)),
      kind: (id: number) => remembered(kinds, id, () => this.#kind(id, parts)),
    };
  }

  #end(id: number, parts: WindowParts): number {
    const { told, labels } = typed(this.#statements.end.get(id), { told: 'text', labels: 'text?' });
    let end = this.#ends.get(id);
    if (end?.labels !== labels) {
      if (this.#ends.size >= MOST_KNOWN) this.#ends.clear();
      this.#ends.set(id, (end = { endpoint: readEndText(parseHeld(told)), labels }));
    }
    return parts.endpoint(end.endpoint, labels === null ? [] : (parseHeld(labels) as string[]));
  }

  #kind(id: number, parts: WindowParts): number {
    const { told } = typed(this.#statements.kind.get(id), { told: 'text' });
    return parts.kind(readKindText(parseHeld(told))).id;
  }
}

function remembered(known: Map<number, number>, id: number, find: () => number): number {
  let number = known.get(id);
  if (number === undefined) known.set(id, (number = find()));
  return number;
}
