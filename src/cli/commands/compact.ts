import type { Command } from 'commander';
import { compactFolder } from '../compact.js';
import { dataOption, folderOf, type DataOptions } from '../source-options.js';

export function define(command: Command): void {
  command.addOption(dataOption()).action((options: DataOptions) => compactFolder(folderOf(options)));
}
