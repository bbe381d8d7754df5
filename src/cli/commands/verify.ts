import type { Command } from 'commander';
import { dataOption, folderOf, type DataOptions } from '../source-options.js';
import { verifyDatabase } from '../verify.js';

export function define(command: Command): void {
  command
    .argument('[file]', 'a backup instead of the data folder')
    .addOption(dataOption())
    .action((file: string | undefined, options: DataOptions) => {
      process.exitCode = verifyDatabase(folderOf(options), file);
    });
}
