import { chapters } from '../ledger/digest-words.js';
import type { LedgerDigest } from '../ledger/ledger.schema.js';
import { printCoverage } from './coverage.js';
import type { RestClient } from './rest-client.js';
import { paint, print, safe, safeJson } from './terminal.js';
import { counted } from './words.js';

export const digestOutputs = ['table', 'json', 'slack'] as const;

/** What is new, went silent, or was dropped for the first time. */
export async function printDigest(
  client: RestClient,
  parameters: Record<string, string | string[] | undefined>,
  output: (typeof digestOutputs)[number],
): Promise<void> {
  const path = '/api/v1/ledger/digest';
  if (output === 'slack') {
    print(safeJson(await client.get<object>(path, { ...parameters, format: 'slack' })));
    return;
  }
  const digest = await client.get<LedgerDigest>(path, parameters);
  if (output === 'json') {
    print(safeJson(digest));
    return;
  }
  const { since, until, acknowledged, behind, coverage } = digest;
  print(paint.dim(`since ${since}${until === null ? '' : `, newest flow ${until}`}`));
  const told = chapters(digest);
  const soFar = behind > 0 ? ' so far' : '';
  if (told.length === 0) print(`nothing new, nothing silent, nothing dropped for the first time${soFar}`);
  for (const { title, lines } of told) {
    print(`\n${paint.bold(title)}`);
    for (const line of lines) print(`  ${safe(line)}`);
  }
  if (acknowledged > 0) print(paint.dim(`\n${counted(acknowledged, 'edge')} acknowledged, not listed`));
  if (behind > 0)
    print(
      paint.yellow(`${counted(behind, 'flow')} of the last seconds not in the ledger yet: ask again in ten`),
    );
  printCoverage(coverage, false);
}
