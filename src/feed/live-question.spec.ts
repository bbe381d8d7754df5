import { expect, it } from '@jest/globals';
import { setImmediate } from 'node:timers/promises';
import { UnheardQuestion } from '../../test/support/unheard-question.js';

const STRETCHES = 5;

/** Reads in so many stretches each time. */
class Reading extends UnheardQuestion {
  stretches = 0;

  protected async readOn(): Promise<void> {
    for (let i = 0; i < STRETCHES; i++) {
      this.stretches++;
      await this.turn();
    }
  }
}

it('what is read for nobody waits between stretches, but not when somebody asks', async () => {
  const question = new Reading();
  let waits = 0;
  let goOn: () => void = () => undefined;
  const kept = question.keepNear(() => {
    waits++;
    return new Promise((resolve) => (goOn = resolve));
  });
  for (let i = 0; i < 10; i++) await setImmediate();
  expect({ waits, stretches: question.stretches }).toEqual({ waits: 1, stretches: 1 });

  const asked = question.refresh();
  goOn();
  await kept;
  await asked;
  expect({ waits, stretches: question.stretches }).toEqual({ waits: 1, stretches: 2 * STRETCHES });
});

it('what was read stays as it is until it was used, and what fails there fails for nobody else', async () => {
  const question = new Reading();
  let fail: (error: Error) => void = () => undefined;
  const used = question.refreshed(() => new Promise<void>((_, reject) => (fail = reject)));
  const asked = question.refresh();
  for (let i = 0; i < 2 * STRETCHES; i++) await setImmediate();
  expect(question.stretches).toBe(STRETCHES);

  fail(new Error('nobody is there any more'));
  await expect(used).rejects.toThrow('nobody is there any more');
  await asked;
  expect(question.stretches).toBe(2 * STRETCHES);
});
