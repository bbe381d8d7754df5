import { describe, expect, it } from '@jest/globals';
import { Patience } from './patience.js';

function missed(patience: Patience, records: number) {
  const done = { scanned: 0, learned: 0 };
  for (let i = 0; i < records; i++) {
    if (patience.scansNext()) done.scanned++;
    if (patience.learnsNext()) done.learned++;
  }
  return done;
}

describe('patience with records that are like no other', () => {
  it('ends after a thousand, and goes on with a few', () => {
    const patience = new Patience();
    expect(missed(patience, 1_000)).toEqual({ scanned: 1_000, learned: 1_000 });
    expect(missed(patience, 25_600)).toEqual({ scanned: 1_600, learned: 100 });
  });

  it('comes back with each that is like one before, however many were not', () => {
    const patience = new Patience();
    missed(patience, 100_000);
    patience.reward();
    expect(missed(patience, 4)).toEqual({ scanned: 4, learned: 4 });
    for (let i = 0; i < 250; i++) patience.reward();
    expect(missed(patience, 1_000)).toEqual({ scanned: 1_000, learned: 1_000 });
  });
});
