import { describe, expect, it } from '@jest/globals';
import { RowFile } from './row-file.js';

describe('rows that wait', () => {
  it.each([0, 1, 100, 300_000])('come back in their order: %i of them', async (count) => {
    const shelf = new RowFile();
    const row = (index: number) => `${index}\tgrün\t${'x'.repeat(50)}`;
    for (let index = 0; index < count; index++) shelf.put(row(index));
    let index = 0;
    for await (const found of shelf.rows())
      if (found !== row(index++)) throw new Error(`row ${index} differs`);
    expect(index).toBe(count);
  });
});
