import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty folder that goes with the process, however that ends but for `kill -9`. */
export function throwAwayFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flowatlas-'));
  // The writing thread may still put a file there while its process ends.
  process.once('exit', () => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });
  return folder;
}
