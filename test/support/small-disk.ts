import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, type Server } from './run-server.js';

/** A data folder whose disk can be filled, and freed again, while a server runs on it. */
interface SmallDisk {
  data: string;
  fill(server: Server): void;
  free(server: Server): void;
  /** Also while a server still runs on it. */
  remove(): void;
}

function succeeds(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** A file system in memory of 16 MiB; undefined where this process may not mount one. */
function tmpfs(): SmallDisk | undefined {
  const data = temporaryFolder();
  if (!succeeds('mount', '-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', data)) return undefined;
  const ballast = join(data, 'ballast');
  return {
    data,
    fill: () => {
      fillUp(ballast);
    },
    free: () => {
      rmSync(ballast);
    },
    remove: () => succeeds('umount', '--lazy', data),
  };
}

function fillUp(file: string): void {
  const handle = openSync(file, 'w');
  try {
    for (;;) writeSync(handle, Buffer.alloc(4096));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  } finally {
    closeSync(handle);
  }
}

/** Files of the server may not grow, by a limit of its process; undefined where there is no prlimit. */
function limitedFiles(): SmallDisk | undefined {
  if (!succeeds('prlimit', '--version')) return undefined;
  const data = temporaryFolder();
  const limit = (server: Server, bytes: string) => {
    if (!succeeds('prlimit', '--pid', String(server.child.pid), `--fsize=${bytes}:unlimited`))
      throw new Error('the limit was not set');
  };
  return {
    data,
    fill: (server) => {
      limit(server, String(statSync(join(data, 'flowatlas.db-wal')).size));
    },
    free: (server) => {
      limit(server, 'unlimited');
    },
    remove: () => undefined,
  };
}

export const smallDisks = {
  'a file system without room': tmpfs,
  'files that may not grow': limitedFiles,
};
