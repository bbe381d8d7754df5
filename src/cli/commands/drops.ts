import type { Command } from 'commander';
import { DEFAULT_GROUPS, dropFields, MOST_GROUPS } from '../../drops/drops.schema.js';
import { collect } from '../collect.js';
import { printDrops } from '../drops.js';
import { parametersOf, questionOptions } from '../filter-options.js';
import { outputOption, type SourceOptions } from '../source-options.js';
import { withServer } from '../with-server.js';

export function define(command: Command): void {
  questionOptions(command)
    .addOption(outputOption())
    .option('--by <fields>', `what to group by, comma-separated: ${dropFields.join(', ')}`, collect)
    .option(
      '--limit <number>',
      `so many causes, the most frequent first, at most ${MOST_GROUPS} (else ${DEFAULT_GROUPS})`,
    )
    .action((options: SourceOptions & { output: 'table' | 'json' }) =>
      withServer(options, (client) =>
        printDrops(client, parametersOf(options, 'by', 'limit'), options.output),
      ),
    );
}
