import { describe, expect, it } from '@jest/globals';
import { record } from '../../test/support/make-flow.js';
import { Replay } from './replay.js';

const NOW = Date.UTC(2030, 0, 1);
const story = ['00', '02', '01'].map((s) => record({ uuid: s, Summary: s, time: `2026-06-01T10:00:${s}Z` }));
const capture = `${story.map((one) => JSON.stringify(one)).join('\n')}\n{"lost_events":{},"time":"2026-06-01T10:00:00Z"}\n`;

interface Told {
  flow: { time: string; uuid: string; Summary: string };
  time: string;
}

function tell(replay: Replay, milliseconds: number): Told[] {
  const lines = replay
    .advance(milliseconds, NOW)
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Told);
}

const namesOf = (told: readonly Told[]) => told.map(({ flow }) => flow.Summary);

describe('a replay', () => {
  it('tells each flow of the story in its turn, in order of time', () => {
    const replay = new Replay(capture);
    expect(namesOf(tell(replay, 1_000))).toEqual(['00']);
    expect(namesOf(tell(replay, 1_001))).toEqual(['01', '02']);
  });

  it('begins anew when the story is over, and leaves nothing out', () => {
    const replay = new Replay(capture);
    const told = Array.from({ length: 40 }, () => namesOf(tell(replay, 500))).flat();
    for (const name of ['00', '01', '02']) {
      const times = told.filter((found) => found === name).length;
      expect(times).toBeGreaterThanOrEqual(9);
      expect(times).toBeLessThanOrEqual(10);
    }
  });

  it('tells them as of now, in flow and envelope, and each under a new uuid', () => {
    const [first] = tell(new Replay(capture), 1_000);
    const [again] = tell(new Replay(capture), 1_000);
    expect(first).toMatchObject({
      time: '2030-01-01T00:00:00.000Z',
      flow: { time: '2030-01-01T00:00:00.000Z' },
    });
    expect(first?.flow.uuid).not.toBe(again?.flow.uuid);
    expect(first?.flow.uuid).not.toBe('00');
  });
});
