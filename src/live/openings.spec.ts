import { describe, expect, it, jest } from '@jest/globals';
import { LiveQuestion, type Beginning, type Opening } from '../feed/live-question.js';
import { Openings } from './openings.js';

/** How often it was opened. */
class Counted extends LiveQuestion {
  opened = 0;

  get parts(): number {
    return 0;
  }

  advance(): void {
    this.reach(this.seq + 1);
  }

  protected readOn(): Promise<void> {
    return Promise.resolve();
  }

  open({ resume }: Beginning): Opening {
    this.opened++;
    return { position: this.position, json: JSON.stringify({ since: resume?.seq ?? null }) };
  }

  newsSince(): string {
    return '{}';
  }

  waitingSince(): number {
    return 0;
  }

  protected rest(): void {
    this.opened = 0;
  }
}

describe('what listeners begin with', () => {
  it('is written once for all who come from the same place to the same place', async () => {
    const openings = new Openings();
    const question = new Counted();
    const first = await openings.of(question, {});
    expect(await openings.of(question, {})).toBe(first);
    expect(question.opened).toBe(1);

    const resumed = await openings.of(question, { resume: { epoch: 'e', seq: 0 } });
    expect(resumed).not.toBe(first);
    question.advance();
    const later = await openings.of(question, {});
    expect(later.position.seq).toBe(1);
    expect(question.opened).toBe(3);
    expect(await openings.of(new Counted(), {})).not.toBe(later);
  });

  it('is not kept for long', async () => {
    jest.useFakeTimers();
    try {
      const openings = new Openings();
      const question = new Counted();
      await openings.of(question, {});
      jest.advanceTimersByTime(10_000);
      await openings.of(question, {});
      expect(question.opened).toBe(2);
    } finally {
      jest.useRealTimers();
    }
  });
});
