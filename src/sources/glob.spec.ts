import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolders } from '../../test/support/temporary-folder.js';
import { baseOf, expandGlob, splitPatterns } from './glob.js';

const newFolder = temporaryFolders();

describe('a list of patterns', () => {
  it('is split at commas, but for those inside of braces', () => {
    expect(splitPatterns('/a/*.{log,json},/b , ,/c/{x,{y,z}}/*')).toEqual([
      '/a/*.{log,json}',
      '/b',
      '/c/{x,{y,z}}/*',
    ]);
    expect(splitPatterns('')).toEqual([]);
    expect(splitPatterns('a},b')).toEqual(['a}', 'b']);
  });
});

describe('a glob', () => {
  it('finds files and links to files in order, no folders and nothing hidden', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'd.log'));
    mkdirSync(join(folder, 'deep/er'), { recursive: true });
    for (const name of ['b.log', 'a.log', '.c.log', 'e.txt', 'deep/f.log', 'deep/er/g.log']) {
      writeFileSync(join(folder, name), '');
    }
    symlinkSync('a.log', join(folder, 'link.log'));
    symlinkSync('..', join(folder, 'deep/round'));
    const found = async (pattern: string) =>
      (await expandGlob(join(folder, pattern))).map((path) => path.slice(folder.length + 1));
    expect(await found('*.log')).toEqual(['a.log', 'b.log', 'link.log']);
    expect(await found('**/*.log')).toEqual(expect.arrayContaining(['a.log', 'deep/er/g.log', 'deep/f.log']));
    expect(await found('{deep,other}/[ef].log')).toEqual(['deep/f.log']);
    expect(await found('none/*.log')).toEqual([]);
  });

  it('is searched from the folder before its first wildcard', () => {
    expect(baseOf('/a/b/*.log')).toBe('/a/b');
    expect(baseOf('/a/b/c.log')).toBe('/a/b');
    expect(baseOf('/*/x.log')).toBe('/');
    expect(baseOf('/a/{b,c}/d/*.log')).toBe('/a');
  });
});
