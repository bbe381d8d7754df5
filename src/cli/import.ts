import { Transform } from 'node:stream';
import { SingleBar } from 'cli-progress';
import type { IngestReport, Rejection } from '../ingest/ingest.schema.js';
import { openInput, type Input } from './input.js';
import { RestError, type RestClient } from './rest-client.js';
import { complain, paint, print, safe } from './terminal.js';
import { withServer, type SourceOptions } from './with-server.js';

const MOST_ERRORS_SHOWN = 5;

/** Stores files one after another. The exit code is 1 when one of them could not be stored or held no record. */
export async function importFiles(files: readonly string[], options: SourceOptions): Promise<number> {
  return withServer(
    options,
    async (client) => {
      let failed = 0;
      for (const file of files) if (!(await importFile(client, file))) failed++;
      return failed === 0 ? 0 : 1;
    },
    'writes',
  );
}

async function importFile(client: RestClient, file: string): Promise<boolean> {
  try {
    const input = openInput(file);
    const report = await sendWithProgress(client, input);
    print(`${safe(input.name)}: ${describe(report)}`);
    printErrors(report.errors, report.rejected);
    return true;
  } catch (error) {
    complain(
      `${paint.red('✗')} ${safe(file)}: ${error instanceof Error ? safe(error.message) : 'cannot be sent'}`,
    );
    if (error instanceof RestError) printErrors(errorsOf(error.body), 0);
    return false;
  }
}

async function sendWithProgress(client: RestClient, { stream, bytes }: Input): Promise<IngestReport> {
  if (!process.stderr.isTTY || bytes === 0) return client.sendFlows(stream);
  const bar = new SingleBar({
    format: '{bar} {percentage} % | {value}/{total} MB | {eta_formatted} left',
    hideCursor: true,
  });
  let sent = 0;
  bar.start(Math.round(bytes / 1e6), 0);
  const count = new Transform({
    transform(chunk: Buffer, _, done) {
      bar.update(Math.round((sent += chunk.length) / 1e6));
      done(null, chunk);
    },
  });
  stream.on('error', (error) => count.destroy(error));
  try {
    return await client.sendFlows(stream.pipe(count));
  } finally {
    bar.stop();
  }
}

function describe(report: IngestReport): string {
  const parts = [`${report.stored.toLocaleString('en')} flows stored`];
  if (report.duplicates > 0) parts.push(`${report.duplicates.toLocaleString('en')} already known`);
  if (report.lostEvents > 0) parts.push(paint.yellow(`${report.lostEvents} reports of lost events`));
  for (const [kind, count] of Object.entries(report.otherEvents)) parts.push(`${count} ${kind}`);
  if (report.rejected > 0) parts.push(paint.yellow(`${report.rejected} lines rejected`));
  if (report.from !== null) parts.push(paint.dim(`${report.from} to ${report.to ?? ''}`));
  return parts.join(', ');
}

function printErrors(errors: readonly Rejection[], rejected: number): void {
  const shown = errors.slice(0, MOST_ERRORS_SHOWN);
  for (const { line, reason } of shown) complain(paint.dim(`  line ${line}: ${safe(reason)}`));
  if (rejected > shown.length) complain(paint.dim(`  and ${rejected - shown.length} more`));
}

function errorsOf(body: unknown): Rejection[] {
  return (body as { error?: { errors?: Rejection[] } } | undefined)?.error?.errors ?? [];
}
