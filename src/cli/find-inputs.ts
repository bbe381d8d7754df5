import { readdir, stat } from 'node:fs/promises';
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
    const { captures, others } = await capturesIn(name);
    inputs.push(...captures.map((file) => ({ file, isFound: true })));
    if (others > 0)
      notes.push(
        `${name}: ${others} files passed over, as their names are none of captures; name them to import them`,
      );
    if (captures.length === 0) mistakes.push(`${name}: no file with the name of a capture is in this folder`);
  } else if (name === '-' || stats !== undefined) inputs.push({ file: name, isFound: false });
  else if (!isGlob(name)) mistakes.push(`${name} does not exist`);
  else {
    const files = await expandGlob(name);
    inputs.push(...files.map((file) => ({ file, isFound: true })));
    if (files.length === 0) mistakes.push(`${name}: no file matches`);
  }
}

async function capturesIn(folder: string): Promise<{ captures: string[]; others: number }> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !/(?:^|\/)\./.test(relative(folder, path)))
    .sort();
  const captures = files.filter((path) => CAPTURE.test(path));
  return { captures, others: files.length - captures.length };
}
