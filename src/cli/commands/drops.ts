import type { Command } from 'commander';
import { dropFields } from '../../drops/drops.schema.js';
import { collect } from '../collect.js';
import { printDrops } from '../drops.js';
import { parametersOf, questionOptions } from '../filter-options.js';
import { outputOption, type SourceOptions } from '../source-options.js';
import { withServer } from '../with-server.js';

export function define(command: Command): void {
  questionOptions(command)
    .addOption(outputOption())
    .option('--by <fields>', `what to group by, comma-separated: ${dropFields.join(', ')}`, collect)
    .action((options: SourceOptions & { output: 'table' | 'json' }) =>
      withServer(options, (client) => printDrops(client, parametersOf(options, 'by'), options.output)),
    );
}
