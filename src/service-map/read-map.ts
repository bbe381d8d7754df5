import { setImmediate } from 'node:timers/promises';
import type { CoarseSums } from '../domain/service-map/coarse-sums.js';
import type { ServiceMap } from '../domain/service-map/service-map.js';
import type { Tally } from '../domain/service-map/tally.js';
import { heapGuard } from '../query/heap-guard.js';

type Tallies = AsyncIterable<{ tallies: Tally[]; upTo: number }>;

/**
 * The map of all that `read` gives, and the number of its last flow, 0 for none. Where a guess turns out wrong, it
 * is read again with what was learned, unless it is called off: keeping the tallies instead would take as much memory as the flows of a window
 * want, and placing them at once as long.
 */
export async function readMap(
  empty: ServiceMap,
  read: () => Tallies,
  signal?: AbortSignal,
): Promise<{ map: ServiceMap; seq: number }> {
  for (let map = empty; ; map = map.again()) {
    let holds = true;
    let seq = 0;
    for await (const { tallies, upTo } of read()) {
      holds = map.apply(tallies);
      seq = upTo;
      heapGuard.check();
    }
    if (holds || signal?.aborted === true) return { map, seq };
  }
}

/** Sums that are placed at a stretch: one to two milliseconds. */
const SLICE = 1_000;

/** How sums are placed. */
interface Placing {
  signal?: AbortSignal | undefined;
  /** Between two stretches, instead of a turn of the event loop. */
  turn?: () => Promise<void>;
}

/** The map of sums, at a level that they can tell. */
export async function mapOfSums(sums: CoarseSums, empty: ServiceMap, how: Placing): Promise<ServiceMap> {
  for (let map = empty; ; map = map.again()) if (await placeSums(sums, map, how)) return map;
}

/** Adds sums to a map, unless it is called off. False when a guess turned out wrong. */
export async function placeSums(
  { tallies, ends }: CoarseSums,
  map: ServiceMap,
  { signal, turn = setImmediate }: Placing,
): Promise<boolean> {
  map.labelEnds(ends);
  for (const slice of slicesOf(tallies)) {
    if (signal?.aborted === true) return true;
    if (!map.apply(slice)) return false;
    if (slice.length === SLICE) await turn();
  }
  return true;
}

function* slicesOf(tallies: Iterable<Tally>): Generator<Tally[]> {
  let slice: Tally[] = [];
  for (const tally of tallies) {
    slice.push(tally);
    if (slice.length < SLICE) continue;
    yield slice;
    slice = [];
  }
  if (slice.length > 0) yield slice;
}
