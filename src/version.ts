import { readFileSync } from 'node:fs';

/** The root of the installed package: from `dist` and from `src` it is one folder up. */
export const packageRoot = new URL('..', import.meta.url);

export const version = (
  JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8')) as { version: string }
).version;
