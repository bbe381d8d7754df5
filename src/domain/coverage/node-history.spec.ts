import { describe, expect, it } from '@jest/globals';
import { allFields } from './fields.js';
import { MOST_NODES, NodeHistories, NodeHistory } from './node-history.js';
import { wholeMinutes, type NodeMinute } from './node-minute.js';

const MINUTE = 60_000_000_000n;

/** Flows of a node from one second to another, counted from 1970. */
function told(node: string | undefined, from: number, to = from, more: Partial<NodeMinute> = {}): NodeMinute {
  const [first, last] = [BigInt(from) * 1_000_000_000n, BigInt(to) * 1_000_000_000n];
  const none = { ahead: 0, aheadMost: 0, late: 0, lateMost: 0 };
  return { node, flows: 1, first, last, ...none, fields: allFields, ...more };
}

function historyOf(...minutes: NodeMinute[]): NodeHistory {
  const history = new NodeHistory();
  for (const minute of minutes) history.add(minute);
  history.end();
  return history;
}

describe('a node is silent', () => {
  it('in whole minutes between its first and last, and in no part of one', () => {
    const history = historyOf(told('n', 10), told('n', 119), told('n', 240), told('n', 541, 550));
    expect(history.longestSilences()).toEqual([
      { from: 2, to: 3 },
      { from: 5, to: 8 },
    ]);
    expect(history).toMatchObject({ flows: 4, minutes: 4, silences: 2, silentMinutes: 6 });
  });

  it('not where its flows are only known to lie between two minutes', () => {
    const history = historyOf(told('n', 10, 3_000), told('n', 120), told('n', 3_130));
    expect(history.longestSilences()).toEqual([{ from: 51, to: 51 }]);
  });

  it('of more often than is listed, and then the longest are', () => {
    const starts = Array.from({ length: 300 }, (_, i) => (i * i * 60) / 2 + 600 * i);
    const history = historyOf(...starts.map((start) => told('n', start)));
    expect(history.silences).toBe(299);
    expect(history.longestSilences()).toHaveLength(100);
    expect(history.longestSilences()[0]?.from).toBe(Math.floor((starts[199] ?? 0) / 60) + 1);
    const gaps = starts
      .slice(1)
      .map((start, i) => Math.floor(start / 60) - Math.floor((starts[i] ?? 0) / 60) - 1);
    expect(history.silentMinutes).toBe(gaps.reduce((sum, gap) => sum + gap, 0));
  });
});

describe('a node fell silent', () => {
  const silent = (...minutes: NodeMinute[]) => {
    const histories = new NodeHistories();
    histories.add(minutes);
    histories.end();
    return [...histories.nodes].filter(([, history]) => histories.fellSilent(history)).map(([name]) => name);
  };

  it('when others went on for a whole minute', () => {
    expect(silent(told('a', 0), told('b', 30), told('b', 119))).toEqual([]);
    expect(silent(told('a', 0), told('b', 30), told('b', 120))).toEqual(['a']);
    expect(silent(told('a', 0), told(undefined, 120))).toEqual(['a']);
  });

  it('but not against a clock that is ahead', () => {
    expect(silent(told('a', 0), told('b', 600, 600, { ahead: 1, aheadMost: 600_000 }))).toEqual([]);
  });
});

describe('minutes of a node', () => {
  it('are one where several blocks tell of it, also for the fields that its flows lack', () => {
    const few = (fields: number, at: number) => told('n', at, at, { flows: 10, fields });
    const history = historyOf(few(allFields & ~2, 0), few(allFields & ~6, 59), few(2, 60), few(4, 61));
    expect(history.minutes).toBe(2);
    expect(history.masked.get('uuid')).toBe(1);
    expect(history.masked.get('verdict')).toBeUndefined();
    // Together they are enough flows to miss what most have.
    expect(history.masked.get('workloads')).toBe(1);
  });

  it('sum up what was astray', () => {
    const late = (at: number, flows: number, most: number) =>
      told('n', at, at + 1, { late: flows, lateMost: most });
    expect(historyOf(late(0, 2, 11_000), told('n', 30), late(60, 1, 12_000)).late).toEqual({
      flows: 3,
      most: 12_000,
      first: 0n,
      last: 61_000_000_000n,
    });
    expect(historyOf(told('n', 0)).late).toBeUndefined();
  });
});

describe('nodes beyond those that are told apart', () => {
  it('are counted together', () => {
    const histories = new NodeHistories();
    histories.add(Array.from({ length: MOST_NODES + 7 }, (_, i) => told(`n${i}`, i)));
    histories.add([told('n0', 9_999), told(undefined, 9_999, 9_999, { flows: 5 })]);
    expect(histories.nodes.size).toBe(MOST_NODES);
    expect(histories.others.flows).toBe(12);
    expect(histories.nodes.get('n0')?.flows).toBe(2);
  });
});

describe('the minutes that a window touches', () => {
  it('are whole ones, also before 1970', () => {
    expect(wholeMinutes({ since: MINUTE + 1n, until: 2n * MINUTE })).toEqual({
      since: MINUTE,
      until: 3n * MINUTE - 1n,
    });
    expect(wholeMinutes({ since: -1n, until: -MINUTE })).toEqual({ since: -MINUTE, until: -1n });
    expect(wholeMinutes({ since: undefined, until: undefined })).toEqual({
      since: undefined,
      until: undefined,
    });
  });
});
