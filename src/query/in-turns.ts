import { setImmediate } from 'node:timers/promises';
import type { Steps } from '../domain/steps.js';
import { heapGuard } from './heap-guard.js';

/** Milliseconds of the event loop that are taken at a stretch. */
const LONGEST = 5;

/** Steps of microseconds that are taken without a look at the clock. */
const STEPS = 16;

/** Work between two turns of others. */
export class Stretch {
  #begun = performance.now();

  get isOver(): boolean {
    return performance.now() - this.#begun >= LONGEST;
  }

  async giveWay(): Promise<void> {
    await setImmediate();
    this.#begun = performance.now();
  }
}

/**
 * Between stretches of work others have their turn. Throws the reason of the signal once that has called it off, and
 * where there is no memory to go on.
 */
export async function inTurns<T>(steps: Steps<T>, signal?: AbortSignal): Promise<T> {
  const stretch = new Stretch();
  for (let step = 1; ; step++) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (step % STEPS !== 0 || !stretch.isOver) continue;
    await stretch.giveWay();
    signal?.throwIfAborted();
    heapGuard.check();
  }
}
