import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expandGlob, isGlob } from '../sources/glob.js';

export interface FoundInput {
  /** - for standard input. */
  file: string;
  /** It was not named but found: that it holds no record is worth a word, but no failure. */
  isFound: boolean;
}

export interface FoundInputs {
  inputs: FoundInput[];
  /** What is passed over, in words. */
  notes: string[];
  /** What was named and is not there, in words. */
  mistakes: string[];
}

/** What captures and logs are called, their backups and compressed ones included. */
const CAPTURE = /\.(?:json|jsonl|ndjson|log|txt)(?:[.-]\d[\d-]*)?(?:\.(?:gz|zst|zstd))?$/i;

/** Files, globs (of a shell that left them alone), folders with everything inside, and - for standard input; each file once. */
export async function findInputs(names: readonly string[]): Promise<FoundInputs> {
  const found: FoundInputs = { inputs: [], notes: [], mistakes: [] };
  for (const name of names) await find(name, found);
  const once = new Map(found.inputs.map((input) => [input.file, input]));
  return { ...found, inputs: [...once.values()] };
}

async function find(name: string, { inputs, notes, mistakes }: FoundInputs): Promise<void> {
  const stats = name === '-' ? undefined : await stat(name).catch(() => undefined);
  if (stats?.isDirectory()) {
    const { captures, others, dangling } = await capturesIn(name);
    inputs.push(...captures.map((file) => ({ file, isFound: true })));
    if (others > 0)
      notes.push(
        `${name}: ${others} files passed over, as their names are none of captures; name them to import them`,
      );
    if (dangling > 0) notes.push(`${name}: ${dangling} symbolic links passed over, as they lead to no file`);
    if (captures.length === 0) mistakes.push(`${name}: no file with the name of a capture is in this folder`);
  } else if (name === '-' || stats !== undefined) inputs.push({ file: name, isFound: false });
  else if (!isGlob(name)) mistakes.push(`${name} does not exist`);
  else {
    const files = await expandGlob(name);
    inputs.push(...files.map((file) => ({ file, isFound: true })));
    if (files.length === 0) mistakes.push(`${name}: no file matches`);
  }
}

async function capturesIn(folder: string): Promise<{ captures: string[]; others: number; dangling: number }> {
  const entries = (await readdir(folder, { withFileTypes: true, recursive: true }))
    .map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }))
    .filter(({ path }) => !/(?:^|\/)\./.test(relative(folder, path)));
  const files = entries.filter(({ entry }) => entry.isFile()).map(({ path }) => path);
  const links = entries.filter(({ entry }) => entry.isSymbolicLink()).map(({ path }) => path);
  const linked = await filesBehind(
    links.sort(),
    new Set(await Promise.all(files.map((file) => realpath(file)))),
  );
  const all = [...files, ...linked.files].sort();
  const captures = all.filter((path) => CAPTURE.test(path));
  return { captures, others: all.length - captures.length, dangling: linked.others };
}

/** Links to files, each file once. Links to folders are not followed: they may lead round in a circle. */
async function filesBehind(
  links: readonly string[],
  known: Set<string>,
): Promise<{ files: string[]; others: number }> {
  const files: string[] = [];
  let others = 0;
  for (const link of links) {
    const stats = await stat(link).catch(() => undefined);
    if (stats?.isFile() !== true) others++;
    else {
      const target = await realpath(link);
      if (!known.has(target)) files.push(link);
      known.add(target);
    }
  }
  return { files, others };
}
