import type { Command } from 'commander';
import { restoreFolder } from '../backup.js';
import { folderOf, requiredDataOption, type DataOptions } from '../source-options.js';

export function define(command: Command): void {
  command
    .argument('<file>', 'what `flowatlas backup` made')
    .addOption(requiredDataOption())
    .option('--force', 'also in the place of a database, and although the backup is damaged')
    .action((file: string, { force, ...options }: DataOptions & { force?: true }) =>
      restoreFolder(file, folderOf(options), force === true),
    );
}
