// Builds what is older than its sources, so that `npm start` is quick when nothing changed.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const builds = [
  {
    script: 'build:server',
    sources: ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'],
    result: 'dist/cli/flowatlas.js',
  },
  {
    script: 'build:dashboard',
    sources: ['dashboard', 'src', 'package-lock.json'],
    result: 'dist/dashboard/index.html',
  },
];

for (const { script, sources, result } of builds) {
  if (Math.max(...sources.map(newest)) <= modified(result)) continue;
  process.stderr.write(`flowatlas: ${script.replace(':', ' of the ')}\n`);
  const { status } = spawnSync('npm', ['run', '--silent', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
}

/** Milliseconds; 0 when it does not exist. */
function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newest(path) {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return modified(path);
  return Math.max(...readdirSync(path).map((name) => newest(join(path, name))), modified(path));
}
