import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Recent } from './recent.js';

/** The same by a list, what was used last at its end. */
class Listed {
  list: { key: number; cost: number }[] = [];

  use(key: number): boolean {
    const found = this.list.find((held) => held.key === key);
    if (found !== undefined) this.list = [...this.list.filter((held) => held !== found), found];
    return found !== undefined;
  }

  put(key: number, cost: number, room: number): void {
    this.list = [...this.list.filter((held) => held.key !== key), { key, cost }];
    while (this.cost > room) this.list.shift();
  }

  get cost(): number {
    return this.list.reduce((sum, { cost }) => sum + cost, 0);
  }
}

describe('what is held of what was used', () => {
  it('is what was used last, within its room', () => {
    const step = fc.record({ key: fc.nat(8), cost: fc.option(fc.nat(60)) });
    fc.assert(
      fc.property(fc.array(step), fc.integer({ min: 1, max: 100 }), (steps, room) => {
        const recent = new Recent<number, string>(room);
        const listed = new Listed();
        for (const { key, cost } of steps) {
          if (cost === null) expect(recent.get(key) !== undefined).toBe(listed.use(key));
          else {
            expect(recent.put(key, `${key}`, cost)).toBe(`${key}`);
            listed.put(key, cost, room);
          }
          expect([...recent.keys()]).toEqual(listed.list.map((held) => held.key));
          expect([...recent.entries()]).toEqual(listed.list.map((held) => [held.key, `${held.key}`]));
          expect(recent.cost).toBe(listed.cost);
        }
        recent.clear();
        expect([recent.cost, ...recent.keys()]).toEqual([0]);
      }),
    );
  });
});
