import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { atOnce } from '../steps.js';
import { sortedById } from './by-id.js';

/** Of few letters, so that many begin alike and some are the beginning of others. */
const id = fc
  .array(fc.constantFrom('\u0000', 'a', 'b', 'é', '\ud83d', '\uffff'), { maxLength: 12 })
  .map((letters) => letters.join(''));

it('many items are sorted by their ids as by sort, whatever they are called', () => {
  const many = fc.array(id, { minLength: 600, maxLength: 900, size: 'max' });
  fc.assert(
    fc.property(many, fc.constantFrom('', 'namespace/'.repeat(30)), (ids, common) => {
      const items = ids.map((one, number) => ({ id: common + one, number }));
      const sorted = items.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
      expect(atOnce(sortedById(items))).toEqual(sorted);
    }),
    { numRuns: 50 },
  );
});
