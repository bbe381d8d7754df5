import type Database from 'better-sqlite3';
import { fromMilliseconds } from '../../domain/flow/timestamp.js';
import type { KeepLimits } from '../flow-writer.js';
import { HOUR } from './edge-counter.js';

/** Rows that one transaction removes: some milliseconds. */
const ROWS_AT_ONCE = 2_000;

/** Removes sums and drops that are too old, each by a limit of its own. */
export class OldSums {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(
    db: Database.Database,
    private readonly limits: KeepLimits,
    private readonly now: () => number,
  ) {
    this.#statements = prepare(db);
  }

  /** False when nothing is too old any more. */
  removeSome(): boolean {
    const { keepFor, keepDropsFor = keepFor, keepSumsFor = keepFor } = this.limits;
    const beyond = this.#removedBeyond();
    const drops = later(this.#before(keepDropsFor), beyond);
    const sums = later(this.#before(keepSumsFor), beyond);
    const hour = sums < 0n ? 0n : sums / HOUR;
    const { drops: removeDrops, sums: removeSums } = this.#statements;
    return removeDrops.run(drops, ROWS_AT_ONCE).changes > 0 || removeSums.run(hour, ROWS_AT_ONCE).changes > 0;
  }

  #before(keepFor: number | undefined): bigint {
    return keepFor === undefined ? 0n : fromMilliseconds(this.now() - keepFor);
  }

  /**
   * Where flows went because the size was exceeded, sums and drops of their time go with them: they would take
   * the place of flows more and more. Until then is the oldest flow that is held.
   */
  #removedBeyond(): bigint {
    const { keepFor, keepBytes } = this.limits;
    const removed = this.#statements.removed.get();
    if (keepBytes === undefined || removed == null || removed < this.#before(keepFor)) return 0n;
    return this.#statements.oldest.get() ?? removed;
  }
}

function later(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

const SUM = 'hour, source, destination, kind, source_port, destination_port';

function prepare(db: Database.Database) {
  const time = (sql: string) => db.prepare<[], bigint | null>(sql).pluck().safeIntegers();
  return {
    removed: time('SELECT removed_until FROM retention'),
    oldest: time('SELECT min(time_min) FROM segment'),
    drops: db.prepare<[bigint, number]>(
      'DELETE FROM dropped WHERE (time, seq) IN (SELECT time, seq FROM dropped WHERE time < ? LIMIT ?)',
    ),
    sums: db.prepare<[bigint, number]>(
      `DELETE FROM edge_hour WHERE (${SUM}) IN (SELECT ${SUM} FROM edge_hour WHERE hour < ? LIMIT ?)`,
    ),
  };
}
