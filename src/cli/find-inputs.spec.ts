import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolders } from '../../test/support/temporary-folder.js';
import { findInputs } from './find-inputs.js';

const newFolder = temporaryFolders();

function folderOf(files: readonly string[], links: Readonly<Record<string, string>>): string {
  const folder = newFolder();
  for (const file of files) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), '');
  }
  for (const [name, target] of Object.entries(links)) symlinkSync(target, join(folder, name));
  return folder;
}

async function found(folder: string) {
  const { inputs, notes, mistakes } = await findInputs([folder]);
  return { files: inputs.map(({ file }) => file.slice(folder.length + 1)), notes, mistakes };
}

describe('a folder that is imported', () => {
  it('gives the files that symbolic links in it lead to', async () => {
    const pods = folderOf(['a/0.log', 'b/0.log'], {});
    const folder = folderOf([], { 'a.log': join(pods, 'a/0.log'), 'b.log': join(pods, 'b/0.log') });
    expect(await found(folder)).toEqual({ files: ['a.log', 'b.log'], notes: [], mistakes: [] });
  });

  it('gives each file once, follows no link to a folder, and counts links that lead to no file', async () => {
    const links = {
      'link.log': 'a.log',
      'again.log': 'a.log',
      round: '.',
      'gone.log': 'missing',
      'loop.log': 'loop.log',
    };
    const folder = folderOf(['a.log', 'deep/b.json', 'c.pdf'], links);
    const { files, notes } = await found(folder);
    expect(files).toEqual(['a.log', 'deep/b.json']);
    expect(notes).toEqual([
      expect.stringContaining('1 files passed over, as their names'),
      expect.stringContaining('3 symbolic links passed over, as they lead to no file'),
    ]);
  });
});
