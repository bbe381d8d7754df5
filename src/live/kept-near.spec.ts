import { beforeEach, describe, expect, it } from '@jest/globals';
import { LiveQuestion } from '../feed/live-question.js';
import { KeptNear } from './kept-near.js';

const MOST_UNREAD = 262_144;
const noTurn = () => Promise.resolve();

let last = 0;
let fault: Error | undefined;

/** Reads all that there is, unless something is wrong. */
class Reading extends LiveQuestion {
  protected readOn(): Promise<void> {
    if (fault !== undefined) return Promise.reject(fault);
    this.reach(last);
    return Promise.resolve();
  }

  open(): never {
    throw new Error('nobody listens');
  }

  newsSince(): string {
    return '{}';
  }

  waitingSince(): number {
    return 0;
  }

  protected rest(): void {
    last = 0;
  }
}

describe('an answer that is kept for nobody', () => {
  let question: Reading;
  let kept: KeptNear;
  const tick = async (news: boolean) => {
    kept.tick(news);
    await kept.idle();
    return question.seq;
  };

  beforeEach(() => {
    [last, fault] = [0, undefined];
    question = new Reading();
    kept = new KeptNear(
      () => question,
      () => last,
      noTurn,
    );
  });

  it('waits for a pause while flows come thick', async () => {
    last = 1_000;
    expect(await tick(true)).toBe(0);
    last = 2_000;
    expect(await tick(true)).toBe(0);
    expect(await tick(false)).toBe(2_000);
  });

  it('lacks no more than so many flows, even if there is no pause', async () => {
    last = MOST_UNREAD - 1;
    expect(await tick(true)).toBe(0);
    last++;
    expect(await tick(true)).toBe(MOST_UNREAD);
    last += MOST_UNREAD - 1;
    expect(await tick(true)).toBe(MOST_UNREAD);
  });

  it('is read again after it could not be, without news, and tells why until then', async () => {
    [last, fault] = [1_000, new Error('no')];
    await tick(true);
    expect(await tick(false)).toBe(0);
    expect(kept.trouble).toBe(fault);
    fault = undefined;
    expect(await tick(false)).toBe(1_000);
    expect(kept.trouble).toBeUndefined();
  });

  it('is not read where there is nothing new', async () => {
    last = 1_000;
    await tick(true);
    await tick(false);
    last = 2_000;
    expect(await tick(false)).toBe(1_000);
  });
});
