import type { Command } from 'commander';
import { outputOption, sourceOptions, type SourceOptions } from '../source-options.js';
import { printStatus } from '../status.js';
import { withServer } from '../with-server.js';

export function define(command: Command): void {
  sourceOptions(command)
    .addOption(outputOption())
    .action((options: SourceOptions & { output: 'table' | 'json' }) =>
      withServer(options, (client) => printStatus(client, options.output)),
    );
}
