import { statSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_FILE, verifyFile } from '../store/operations.js';
import { Progress } from './progress.js';
import { complain, paint, print, safe } from './terminal.js';

const MOST_SHOWN = 1_000;

/** The exit code is 1 when something is wrong. */
export function verifyDatabase(folder: string, named: string | undefined): number {
  const place = named ?? folder;
  const isFolder = statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = named === undefined || isFolder ? join(place, DATABASE_FILE) : named;
  const progress = new Progress('flows');
  const problems: string[] = [];
  const notes: string[] = [];
  let flows = 0;
  for (const verified of verifyFile(file)) {
    problems.push(...verified.problems);
    notes.push(...verified.notes);
    flows = Math.max(flows, verified.done);
    progress.update(verified.done, verified.total);
  }
  progress.stop();
  for (const note of notes) print(paint.dim(safe(note)));
  for (const problem of problems.slice(0, MOST_SHOWN)) complain(`${paint.red('✗')} ${safe(problem)}`);
  if (problems.length > MOST_SHOWN) complain(`and ${problems.length - MOST_SHOWN} more`);
  const looked = `${flows.toLocaleString('en')} flows of ${safe(file)} looked at`;
  if (problems.length === 0) {
    print(`${looked}: everything is as it was written`);
    return 0;
  }
  complain(`${looked}: ${problems.length} problems. What is not named above stays readable`);
  return 1;
}
