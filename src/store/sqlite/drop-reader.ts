import type { Dropped, DropsOfWindow } from '../../domain/service-map/dropped.js';
import type { Tally } from '../../domain/service-map/tally.js';
import type { DropQuery } from '../queries.js';
import type { KeptDrops } from './kept-drops.js';
import { overlaps } from './matching-rows.js';
import { Pace } from './pace.js';
import type { RetentionReader } from './retention-reader.js';
import type { SegmentList } from './segment-list.js';
import type { SegmentVisits } from './segment-visits.js';
import { WindowDrops } from './window-drops.js';

/** How often drops are read again because flows were removed meanwhile. */
const TRIES = 4;

/** Reads the drops of windows: of flows that are held, and what is kept of others. */
export class DropReader {
  constructor(
    private readonly list: SegmentList,
    private readonly visits: SegmentVisits,
    private readonly kept: KeptDrops,
    private readonly retention: RetentionReader,
  ) {}

  /** What is removed while it is read would be missed, or told twice: then it is read anew. */
  async read(query: DropQuery): Promise<DropsOfWindow> {
    const { filter, window, signal } = query;
    for (let tries = 1; ; tries++) {
      const { flows } = this.retention.removed();
      const held = await this.#held(query);
      const kept = filter.isEmpty && flows > 0 ? await this.kept.read(window, signal) : undefined;
      const isSteady = this.retention.removed().flows === flows;
      if (isSteady || tries === TRIES || signal?.aborted === true)
        return { ...held, removed: kept?.flows === 0 ? undefined : kept };
    }
  }

  async #held(query: DropQuery): Promise<Dropped> {
    const { window, signal } = query;
    const drops = new WindowDrops(query);
    const tallies: Tally[] = [];
    const pace = new Pace();
    for (const info of this.list.infos().filter((info) => overlaps(info, window))) {
      for (let row = 0, end; row < info.flows; row = end) {
        if (signal?.aborted === true) return drops.take(tallies);
        end = Math.min(row + pace.rows, info.flows);
        tallies.push(...this.visits.visit(info, (stretch) => drops.read(stretch), row, end));
        await pace.pause();
      }
    }
    return drops.take(tallies);
  }
}
