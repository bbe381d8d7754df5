import { getHeapStatistics } from 'node:v8';
import { FlowatlasError } from '../domain/errors.js';

/** Of the heap, from where V8 spends more and more time on finding room, and then ends the process. */
const NEARLY_FULL = 0.8;
/** Milliseconds in which V8 gives back what a refused answer had held. */
const GIVING_BACK = 10_000;

/** Keeps answers that are larger than there is room for, each or all at once, from ending the server. */
export class HeapGuard {
  #refusedAt = -Infinity;

  constructor(
    private readonly share = usedShare,
    private readonly elapsed: () => number = () => performance.now(),
  ) {}

  /** Called again and again by what gathers much for an answer. Throws where there is too little room to go on. */
  check(): void {
    if (this.share() < NEARLY_FULL) return;
    const now = this.elapsed();
    // One after another: what the one gives back may be enough for the others.
    if (now - this.#refusedAt < GIVING_BACK) return;
    this.#refusedAt = now;
    throw new FlowatlasError(
      'unavailable',
      'the server has no memory left for an answer this large: ask for less (a window, a filter, a coarser level), or again later',
      undefined,
      { retryAfterSeconds: 10 },
    );
  }
}

function usedShare(): number {
  const { used_heap_size, heap_size_limit } = getHeapStatistics();
  return used_heap_size / heap_size_limit;
}

/** Of this process. */
export const heapGuard = new HeapGuard();
