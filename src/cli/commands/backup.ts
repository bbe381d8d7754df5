import type { Command } from 'commander';
import { backUpFolder } from '../backup.js';
import { dataOption, folderOf, type DataOptions } from '../source-options.js';

export function define(command: Command): void {
  command
    .argument('<file>', 'the file to make')
    .addOption(dataOption())
    .action((file: string, options: DataOptions) => backUpFolder(folderOf(options), file));
}
