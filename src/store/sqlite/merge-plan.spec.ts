import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { groupsOf, runOf, type Candidate } from './merge-plan.js';

function candidates(flows: readonly number[], change: (all: Candidate[]) => void = () => undefined) {
  let firstSeq = 1;
  const all = flows.map((count, i): Candidate => {
    const place = { id: i + 1, generation: 1, firstSeq, flows: count, timeMin: 0n, timeMax: 0n };
    firstSeq += count;
    return { ...place, stretch: 0, textBytes: count, isDamaged: false };
  });
  change(all);
  return all;
}

const flowsOf = (run: readonly Candidate[] | undefined) => run?.map(({ flows }) => flows);
const times = <T>(count: number, value: T) => new Array<T>(count).fill(value);

describe('segments that fit into one', () => {
  it('are neighbours of one generation and of one time, none of them damaged, not too many flows or texts', () => {
    const groups = (flows: readonly number[], change?: (all: Candidate[]) => void) =>
      groupsOf(candidates(flows, change)).map(flowsOf);
    expect(groups([])).toEqual([]);
    expect(groups([8_192, 8_000, 192, 1])).toEqual([[8_192], [8_000, 192], [1]]);
    expect(groups([5, 6, 7])).toEqual([[5, 6, 7]]);
    expect(groups([5, 6, 7], (all) => (all[1]!.generation = 2))).toEqual([[5], [6], [7]]);
    expect(groups([5, 6, 7], (all) => (all[1]!.firstSeq = 7))).toEqual([[5], [6], [7]]);
    expect(groups([5, 6, 7], (all) => (all[2]!.stretch = 1))).toEqual([[5, 6], [7]]);
    expect(groups([5, 6, 7], (all) => (all[1]!.isDamaged = true))).toEqual([[5], [6], [7]]);
    expect(groups([5, 6, 7], (all) => (all[2]!.textBytes = 9 << 20))).toEqual([[5, 6], [7]]);
  });
});

describe('what of a group is merged', () => {
  it('is many small ones while more may come, so that none is written again and again', () => {
    const run = (flows: readonly number[]) => flowsOf(runOf(candidates(flows), false));
    expect(run(times(7, 3))).toBeUndefined();
    expect(run(times(8, 3))).toEqual(times(8, 3));
    expect(run([5_000, ...times(7, 3), 500])).toBeUndefined();
    expect(run([5_000, ...times(8, 3), 500])).toEqual(times(8, 3));
    expect(run([8, ...times(7, 1)])).toBeUndefined();
    expect(run([...times(7, 8), ...times(8, 1)])).toEqual([...times(7, 8), ...times(8, 1)]);
    expect(run(times(200, 3))).toHaveLength(128);
  });

  it('is all that is left when no more can come', () => {
    const run = (flows: readonly number[]) => flowsOf(runOf(candidates(flows), true));
    expect(run([3])).toBeUndefined();
    expect(run([5_000, 3])).toEqual([5_000, 3]);
    expect(run([5_000, ...times(8, 3), 500])).toEqual(times(8, 3));
  });

  it('writes each flow again five times at most, and leaves few, however they come', () => {
    const flows = fc
      .constantFrom(1, 40, 400, 8_192)
      .chain((max) => fc.array(fc.integer({ min: 1, max }), { maxLength: 200, size: 'max' }));
    fc.assert(
      fc.property(flows, (committed) => {
        let held: Candidate[] = [];
        const written = committed.map(() => 0);
        const idsOf = new Map(candidates(committed).map((one) => [one, [one.id]]));
        const mergeAll = (isEnd: boolean) => {
          for (;;) {
            const groups = groupsOf(held);
            const run = groups
              .map((group, i) => runOf(group, isEnd || i < groups.length - 1))
              .find((found) => found !== undefined);
            const [first] = run ?? [];
            if (run === undefined || first === undefined) return;
            const all = run.reduce((sum, next) => sum + next.flows, 0);
            const ids = run.flatMap((next) => idsOf.get(next) ?? []);
            for (const id of ids) written[id - 1]! += 1;
            const merged = { ...first, flows: all, textBytes: all };
            idsOf.set(merged, ids);
            held = held.flatMap((next) => (next === first ? [merged] : run.includes(next) ? [] : [next]));
          }
        };
        for (const next of [...idsOf.keys()]) {
          held = [...held, next];
          mergeAll(false);
        }
        expect((groupsOf(held).at(-1) ?? []).length).toBeLessThan(80);
        mergeAll(true);
        expect(groupsOf(held)).toHaveLength(held.length);
        expect(Math.max(0, ...written)).toBeLessThanOrEqual(5);
        expect(held.flatMap((one) => idsOf.get(one))).toEqual(committed.map((_, i) => i + 1));
      }),
      { numRuns: 20 },
    );
  });
});
