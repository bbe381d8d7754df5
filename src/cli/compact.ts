import { compact } from '../store/operations.js';
import { Progress } from './progress.js';
import { print, safe } from './terminal.js';

export async function compactFolder(folder: string): Promise<void> {
  const progress = new Progress('done');
  const { blocksBefore, blocks, bytesBefore, bytes } = await compact(folder, (done, total) => {
    progress.update(done, total);
  }).finally(() => {
    progress.stop();
  });
  const megabytes = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  print(
    `${safe(folder)}: ${blocksBefore.toLocaleString('en')} blocks are ${blocks.toLocaleString('en')} now, ${megabytes(bytesBefore)} are ${megabytes(bytes)}`,
  );
}
