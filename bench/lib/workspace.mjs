import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endProcesses } from './process.mjs';

/** A folder for captures and databases, taken away afterwards, also after a failure or Ctrl-C. */
export async function withWorkspace(use) {
  const folder = await mkdtemp(join(tmpdir(), 'flowatlas-bench-'));
  const interrupted = new Promise((_, reject) => {
    process.once('SIGINT', () => reject(new Error('interrupted')));
    process.once('SIGTERM', () => reject(new Error('interrupted')));
  });
  try {
    return await Promise.race([use(folder), interrupted]);
  } finally {
    await endProcesses();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A benchmark: what it throws is told in one line. */
export async function main(work) {
  try {
    await work();
    process.exit(0);
  } catch (error) {
    console.error(`bench: ${error.message}`);
    process.exit(1);
  }
}

/** What goes on, on the terminal only, over and over on one line. */
export function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}
