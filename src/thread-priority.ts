import { readlinkSync } from 'node:fs';
import { constants, getPriority, setPriority } from 'node:os';

/** Steps of niceness: on one processor, a thread so much behind gets a tenth of it, and all where the other waits. */
const BEHIND = 10;

/**
 * Lets the thread of the event loop go first where processors are few: who reads should not have to wait for what is
 * stored. Linux has priorities of threads (setpriority(2), "C library/kernel differences"); elsewhere nothing is done.
 */
export function stayBehind(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, Math.min(getPriority(thread) + BEHIND, constants.priority.PRIORITY_LOW));
  } catch {
    // Without it, all threads are alike.
  }
}
