import { beforeEach, describe, expect, it } from '@jest/globals';
import { UnheardQuestion } from '../../test/support/unheard-question.js';
import { KeptNear } from './kept-near.js';

const LONGEST_BEHIND = 5_000;
const noTurn = () => Promise.resolve();

let last = 0;
let time = 0;
let fault: Error | undefined;

/** Reads all that there is, unless something is wrong. */
class Reading extends UnheardQuestion {
  protected readOn(): Promise<void> {
    if (fault !== undefined) return Promise.reject(fault);
    this.reach(last);
    return Promise.resolve();
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
    [last, time, fault] = [0, 0, undefined];
    question = new Reading();
    kept = new KeptNear(
      () => question,
      noTurn,
      () => time,
    );
  });

  it('waits for a pause while flows come thick', async () => {
    last = 1;
    expect(await tick(true)).toBe(0);
    last = 2;
    expect(await tick(true)).toBe(0);
    expect(await tick(false)).toBe(2);
  });

  it('is no longer behind than so, even if there is no pause', async () => {
    last = 1;
    await tick(true);
    time = LONGEST_BEHIND - 1;
    expect(await tick(true)).toBe(0);
    time++;
    expect(await tick(true)).toBe(1);
    last = 2;
    expect(await tick(true)).toBe(1);
  });

  it('is read again after it could not be, without news, and tells why until then', async () => {
    [last, fault] = [1, new Error('no')];
    await tick(true);
    expect(await tick(false)).toBe(0);
    expect(kept.trouble).toBe(fault);
    fault = undefined;
    expect(await tick(false)).toBe(1);
    expect(kept.trouble).toBeUndefined();
  });

  it('is read again after it could not be, and its trouble ends, also while news never stops', async () => {
    [last, fault] = [1, new Error('no')];
    await tick(true);
    await tick(false);
    fault = undefined;
    time = LONGEST_BEHIND;
    expect(await tick(true)).toBe(1);
    expect(kept.trouble).toBeUndefined();
  });

  it('is not read where there is nothing new', async () => {
    last = 1;
    await tick(true);
    await tick(false);
    last = 2;
    expect(await tick(false)).toBe(1);
  });
});
