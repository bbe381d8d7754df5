import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { it } from '@jest/globals';

/** Real captures lie beside the repository, and are no part of it. */
const shared = fileURLToPath(new URL('../../../shared', import.meta.url));

const capturesPresent = existsSync(`${shared}/flows`);

/** For tests that need them; where they are not there, the name says so. */
export const itWithCaptures = capturesPresent ? it : it.skip;
export const orSkipped = capturesPresent ? '' : ' (skipped: ../shared is not there)';

export function sharedPath(path: string): string {
  return `${shared}/${path}`;
}

export function readCapture(path: string): Buffer {
  return readFileSync(sharedPath(path));
}

export function readExpected(path: string): unknown {
  return capturesPresent ? (JSON.parse(readCapture(path).toString('utf8')) as unknown) : undefined;
}

/** Paths under ../shared, such as `flows/json/x.jsonl`. */
export function listCaptures(folder: string): string[] {
  if (!capturesPresent) return [];
  return readdirSync(`${shared}/${folder}`, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(shared.length + 1))
    .sort();
}
