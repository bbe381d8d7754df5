import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Guesses, HabitLearner } from './guesses.js';
import { Habits, readHabits, writeHabits } from './habits.js';

const told = fc.record({
  source: fc.nat(3),
  destination: fc.nat(3),
  subject: fc.nat(2).map((n) => n * 2),
  context: fc.nat(2),
  value: fc.oneof(fc.nat(5), fc.constant(0xffff_fff0)),
});
type Told = typeof told extends fc.Arbitrary<infer T> ? T : never;

/** As a segment does it: what is written, and the habits that it brings along. */
function write(segment: readonly Told[], habits: Habits, learner: HabitLearner): number[] {
  const guesses = new Guesses().begin(habits, habits.size);
  const written = segment.map(({ source, destination, subject, context, value }) => {
    guesses.among(source, destination, subject, context);
    guesses.teach(learner, value, source, destination, subject);
    return guesses.write(value);
  });
  return written;
}

/** One for all, as whoever reads has it. */
const guesses = new Guesses();

function read(segment: readonly Told[], written: readonly number[], habits: Habits, known: number): number[] {
  guesses.begin(habits, known);
  return segment.map(({ source, destination, subject, context }, i) =>
    guesses.among(source, destination, subject, context).read(written[i] ?? 0),
  );
}

describe('guesses', () => {
  it('are the same for who reads as for who writes, also when more habits are known by then', () => {
    fc.assert(
      fc.property(fc.array(fc.array(told, { maxLength: 80 }), { maxLength: 6 }), (segments) => {
        const habits = new Habits();
        const learner = new HabitLearner(habits);
        const written = segments.map((segment) => {
          const known = habits.size;
          const numbers = write(segment, habits, learner);
          learner.takeNew();
          return { known, numbers };
        });
        for (const [i, segment] of segments.entries()) {
          const { known, numbers } = written[i] ?? { known: 0, numbers: [] };
          expect(read(segment, numbers, habits, known)).toEqual(segment.map(({ value }) => value));
        }
      }),
    );
  });

  it('are by the end that mostly tells, and by its habit in a segment that has not seen it', () => {
    const habits = new Habits();
    const learner = new HabitLearner(habits);
    // The destination tells; sources come and go.
    const flows = Array.from({ length: 400 }, (_, i) => ({
      source: i,
      destination: i % 8,
      subject: 0,
      context: 1,
      value: 100 + (i % 8),
    }));
    const first = write(flows, habits, learner);
    expect(first.filter((number) => number > 1)).toHaveLength(8);
    write(
      flows.slice(0, 8).map((flow) => ({ ...flow, destination: flow.destination + 50 })),
      habits,
      learner,
    );
    expect(learner.takeNew().map(({ endpoint }) => endpoint)).toEqual([50, 51, 52, 53, 54, 55, 56, 57]);
    const later = flows.slice(0, 8).map((flow) => ({ ...flow, destination: flow.destination + 50 }));
    expect(write(later, habits, learner).filter((number) => number > 1)).toEqual([]);
  });
});

describe('habits', () => {
  const habit = fc.record({ subject: fc.nat(4), endpoint: fc.nat(500), value: fc.nat() });

  it('are found by subject and endpoint, the first of them, among as many as are known', () => {
    fc.assert(
      fc.property(fc.array(habit, { maxLength: 1_000 }), (list) => {
        const habits = new Habits();
        for (const each of list) habits.add(each);
        expect(habits.size).toBe(list.length);
        for (const known of [0, list.length >> 1, list.length]) {
          for (const { subject, endpoint } of list.slice(0, 50)) {
            const first = list.findIndex((one) => one.subject === subject && one.endpoint === endpoint);
            const expected = first < known ? (list[first]?.value ?? 0) + 1 : 0;
            expect(habits.find(subject, endpoint, known)).toBe(expected);
          }
        }
        expect(habits.find(9, 9, list.length)).toBe(0);
      }),
    );
  });

  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(habit, { maxLength: 50 }), (list) => {
        const sorted = list.toSorted((a, b) => a.subject - b.subject || a.endpoint - b.endpoint);
        expect(readHabits(writeHabits(sorted), sorted.length)).toEqual(sorted);
      }),
    );
  });
});
