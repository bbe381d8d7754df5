import { Option, type Command } from 'commander';
import { LEVELS } from '../domain/flow/node-identity.js';
import { collect } from './collect.js';

/** What the nodes of a map are. */
export function grainOptions(command: Command): Command {
  return command
    .addOption(new Option('--level <level>', `${LEVELS.join(', ')} or label:KEY (else workload)`))
    .option(
      '--expand <nodes>',
      'show what is in these nodes, comma-separated: ids, or their ends (payments)',
      collect,
    )
    .option(
      '--collapse <nodes>',
      'show these nodes of a coarser level for all in them (kube-system)',
      collect,
    );
}
