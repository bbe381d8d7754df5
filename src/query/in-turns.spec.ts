import { expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import type { Steps } from '../domain/steps.js';
import { inTurns } from './in-turns.js';

/** So many steps of a millisecond each. */
function* working(steps: number, done: { steps: number }): Steps<string> {
  while (done.steps < steps) {
    const begun = performance.now();
    while (performance.now() - begun < 1);
    done.steps++;
    yield;
  }
  return 'what came of it';
}

it('others have their turn while long work goes on', async () => {
  const done = { steps: 0 };
  const work = inTurns(working(100, done));
  let turns = 0;
  for (; done.steps < 100; turns++) await setImmediate();
  expect(await work).toBe('what came of it');
  expect(turns).toBeGreaterThan(5);
});

it('work that is called off ends with the next turn', async () => {
  const done = { steps: 0 };
  const controller = new AbortController();
  const work = inTurns(working(1_000, done), controller.signal);
  await setImmediate();
  controller.abort();
  await expect(work).rejects.toThrow(controller.signal.reason as Error);
  expect(done.steps).toBeLessThan(500);
});
