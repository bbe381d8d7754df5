import { statSync } from 'node:fs';
import { backUp, restore } from '../store/operations.js';
import { Progress } from './progress.js';
import { print, safe } from './terminal.js';

export async function backUpFolder(folder: string, file: string): Promise<void> {
  const progress = new Progress('pages');
  await backUp(folder, file, (done, total) => {
    progress.update(done, total);
  }).finally(() => {
    progress.stop();
  });
  print(`${safe(folder)} backed up to ${safe(file)}, ${(statSync(file).size / 1e6).toFixed(1)} MB`);
}

export async function restoreFolder(file: string, folder: string, force: boolean): Promise<void> {
  const progress = new Progress('done');
  const onProgress = (done: number, total: number) => {
    progress.update(done, total);
  };
  await restore(file, folder, { force, progress: onProgress }).finally(() => {
    progress.stop();
  });
  print(`${safe(file)} restored to ${safe(folder)}${force ? '' : ', and verified'}`);
}
