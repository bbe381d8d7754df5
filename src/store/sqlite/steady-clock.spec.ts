import { describe, expect, it } from '@jest/globals';
import { SteadyClock } from './steady-clock.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;

/** A clock that somebody sets, over time that passes. */
function clockOf() {
  let elapsed = 5_000;
  let shift = 1_750_000_000_000;
  const steady = new SteadyClock(
    () => elapsed + shift,
    () => elapsed,
  );
  return {
    steady,
    real: () => elapsed + shift,
    pass: (milliseconds: number) => (elapsed += milliseconds),
    set: (milliseconds: number) => (shift += milliseconds),
  };
}

describe('a steady clock', () => {
  it('is the clock while time passes, for however long nobody asks', () => {
    const { steady, real, pass } = clockOf();
    for (const passed of [0, MINUTE, 3 * YEAR]) {
      pass(passed);
      expect(steady.now()).toBe(real());
      expect(steady.doubted).toBe(0);
    }
  });

  it('follows a clock that is set back, or forward by less than an hour', () => {
    const { steady, real, set } = clockOf();
    for (const moved of [-10 * YEAR, 59 * MINUTE, -1]) {
      set(moved);
      expect(steady.now()).toBe(real());
    }
  });

  it('goes on as before when the clock jumps forward, and believes it when it stays so for an hour', () => {
    const { steady, real, pass, set } = clockOf();
    const before = steady.now();
    set(10 * YEAR);
    expect(steady.now()).toBe(before);
    pass(59 * MINUTE);
    expect(steady.now()).toBe(before + 59 * MINUTE);
    expect(steady.doubted).toBe(10 * YEAR);
    pass(MINUTE);
    expect(steady.now()).toBe(real());
    expect(steady.doubted).toBe(0);
  });

  it('forgets a jump that was taken back: a later one is doubted for as long', () => {
    const { steady, pass, set } = clockOf();
    set(YEAR);
    steady.now();
    pass(50 * MINUTE);
    set(-YEAR);
    steady.now();
    set(YEAR);
    steady.now();
    pass(50 * MINUTE);
    expect(steady.doubted).toBe(YEAR);
  });
});
