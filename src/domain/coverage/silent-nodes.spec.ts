import { describe, expect, it } from '@jest/globals';
import { always } from '../filter/window.js';
import { silentNodes } from './silent-nodes.js';

const minute = 60_000_000_000n;
const ten = 1_780_308_000_000_000_000n;
const at = (minutes: number) => ten + (BigInt(Math.round(minutes * 60)) * minute) / 60n;
const heard = (...minutes: number[]) => minutes.map((last, i) => ({ node: `n${i}`, last: at(last) }));
const names = (found: readonly { node: string }[]) => found.map(({ node }) => node);

describe('silent nodes', () => {
  it('are those that were not heard for a whole minute, while others were', () => {
    expect(names(silentNodes(heard(10.5, 9.1, 8.9, 2), always))).toEqual(['n2', 'n3']);
    expect(silentNodes(heard(10), always)).toEqual([]);
    expect(silentNodes([], always)).toEqual([]);
  });

  it('are told also where they fell silent before the window, unless that is long ago', () => {
    const window = { since: at(95), until: at(100) };
    expect(names(silentNodes(heard(99.9, 90, 36, 34), window))).toEqual(['n1', 'n2']);
  });

  it('are not told of a window in which nobody was heard', () => {
    expect(silentNodes(heard(90, 20), { since: at(95), until: undefined })).toEqual([]);
  });
});
