import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../config.js';
import { expandGlob, isGlob } from '../sources/glob.js';
import { wordsOf } from './words.js';

/**
 * What a server would tell once it runs of what it is to fetch, a line each. Nothing of it keeps it from starting: what
 * is not there may come later.
 */
export async function sourceWarnings({ follow, dropFolder }: Config): Promise<string[]> {
  const followed = await Promise.all(follow.map(warningOfPattern));
  const folder = dropFolder === undefined ? undefined : await warningOfDropFolder(dropFolder);
  return [...followed, folder].filter((warning) => warning !== undefined);
}

async function warningOfPattern(pattern: string): Promise<string | undefined> {
  const fault = await faultOf(pattern);
  return fault === undefined ? undefined : `--follow: ${fault}; it is followed as soon as it is there`;
}

async function faultOf(pattern: string): Promise<string | undefined> {
  if (isGlob(pattern))
    return (await expandGlob(pattern)).length === 0 ? `no file matches ${pattern}` : undefined;
  return access(pattern, constants.R_OK).then(() => undefined, wordsOf);
}

async function warningOfDropFolder(folder: string): Promise<string | undefined> {
  const stats = await stat(folder).catch(() => undefined);
  if (stats?.isDirectory() === false) return `--drop-folder: ${folder} is no folder`;
  const whole = constants.R_OK | constants.W_OK | constants.X_OK;
  if (stats !== undefined)
    return access(folder, whole).then(
      () => undefined,
      (error: unknown) => `--drop-folder: ${wordsOf(error)}`,
    );
  const parent = await nearestOf(folder);
  return access(parent, constants.W_OK | constants.X_OK).then(
    () => `--drop-folder: ${folder} does not exist; the server makes it`,
    (error: unknown) => `--drop-folder: ${folder} does not exist and cannot be made, as ${wordsOf(error)}`,
  );
}

/** What of a path is there. */
async function nearestOf(path: string): Promise<string> {
  const parent = dirname(path);
  const isThere = await stat(parent).then(
    () => true,
    () => false,
  );
  return isThere || parent === path ? parent : nearestOf(parent);
}
