import type { Command } from 'commander';
import { exportRecords } from '../export.js';
import { parametersOf, questionOptions } from '../filter-options.js';
import type { SourceOptions } from '../source-options.js';
import { withServer } from '../with-server.js';

export function define(command: Command): void {
  questionOptions(command)
    .option('-o, --output <file>', 'write this file instead of standard output')
    .action(({ output, ...options }: SourceOptions & { output?: string }) =>
      withServer(options, async (client) => {
        process.exitCode = await exportRecords(client, parametersOf(options), output);
      }),
    );
}
