import type { Command } from 'commander';
import { digestOutputs, printDigest } from '../ledger.js';
import { outputOption, sourceOptions, type SourceOptions } from '../source-options.js';
import { withServer } from '../with-server.js';

interface LedgerOptions extends SourceOptions {
  since?: string;
  silentFor?: string;
  output: (typeof digestOutputs)[number];
}

export function define(command: Command): void {
  sourceOptions(command)
    .option('--since <time>', 'what came since then, such as 24h or 2026-06-01T10:00:00Z (else 24h)')
    .option('--silent-for <duration>', 'without a flow for so long, an edge went silent (else 6h)')
    .addOption(outputOption(digestOutputs))
    .action((options: LedgerOptions) => {
      const parameters = { since: options.since, 'silent-for': options.silentFor };
      return withServer(options, (client) => printDigest(client, parameters, options.output));
    });
}
