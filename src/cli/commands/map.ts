import type { Command } from 'commander';
import { hubKinds } from '../../domain/service-map/fold/hubs.js';
import { collect } from '../collect.js';
import { filterOptions, parametersOf, questionOptions } from '../filter-options.js';
import { grainOptions } from '../grain-options.js';
import { diffMaps } from '../map-diff/map-diff.js';
import { diffOptions, type DiffOptions } from '../map-diff/options.js';
import { mapOutputs, printMap } from '../map.js';
import type { Parameters } from '../rest-client.js';
import { outputOption, sourceOptions, type SourceOptions } from '../source-options.js';
import { withServer } from '../with-server.js';

interface MapOptions extends SourceOptions {
  maxNodes?: string;
  maxEdges?: string;
  output: (typeof mapOutputs)[number];
}

export function define(command: Command): void {
  grainOptions(questionOptions(command))
    .enablePositionalOptions()
    .option(
      '--fold <hubs>',
      `do not draw these one by one, comma-separated: ${Object.keys(hubKinds).join(', ')}`,
      collect,
    )
    .option('--max-nodes <number>', 'draw so many nodes at most, the rest as groups')
    .option('--max-edges <number>', 'draw so many edges at most, the rest is counted')
    .addOption(outputOption(mapOutputs))
    .action((options: MapOptions) =>
      withServer(options, (client) => printMap(client, mapParameters(options), options.output)),
    );
  defineDiff(command.command('diff'));
}

function defineDiff(command: Command): void {
  diffOptions(filterOptions(sourceOptions(command)))
    .description('what changed in the service map between two windows, or two files')
    .showHelpAfterError('(flowatlas map diff --help tells more)')
    .action(async (before: string | undefined, after: string | undefined, options: DiffOptions) => {
      const parameters = parametersOf(options, 'level', 'expand', 'collapse');
      process.exitCode = await diffMaps([before, after], options, parameters);
    });
}

function mapParameters(options: MapOptions): Parameters {
  return {
    ...parametersOf(options, 'level', 'expand', 'collapse', 'fold'),
    'max-nodes': options.maxNodes,
    'max-edges': options.maxEdges,
  };
}
