import type { ServiceMap } from '../domain/service-map/service-map.js';
import type { Tally } from '../domain/service-map/tally.js';

type Tallies = AsyncIterable<{ tallies: Tally[]; upTo: number }>;

/**
 * The map of all that `read` gives, and the number of its last flow, 0 for none. Where a guess turns out wrong, it
 * is read again with what was learned: keeping the tallies instead would take as much memory as the flows of a window
 * want, and placing them at once as long.
 */
export async function readMap(
  empty: ServiceMap,
  read: () => Tallies,
): Promise<{ map: ServiceMap; seq: number }> {
  for (let map = empty; ; map = map.again()) {
    let holds = true;
    let seq = 0;
    for await (const { tallies, upTo } of read()) {
      holds = map.apply(tallies);
      seq = upTo;
    }
    if (holds) return { map, seq };
  }
}
