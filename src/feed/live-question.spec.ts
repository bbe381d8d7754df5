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
