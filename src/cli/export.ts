import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Progress } from './progress.js';
import type { Parameters, RestClient } from './rest-client.js';
import { complain, paint, safe } from './terminal.js';

/** Writes the records again; the exit code is 1 when some of them are damaged. */
export async function exportRecords(
  client: RestClient,
  parameters: Parameters,
  file: string | undefined,
): Promise<number> {
  const records = await client.stream('/api/v1/export', parameters);
  if (file === undefined || file === '-') await pipeline(records, counted(), process.stdout, { end: false });
  else await writeWhole(records, file);
  return tellSum(records, parameters, file);
}

/** A file of this name is the whole export or none. */
async function writeWhole(records: IncomingMessage, file: string): Promise<void> {
  const part = `${file}.part`;
  if (!existsSync(dirname(file))) throw new Error(`${dirname(file)} does not exist`);
  try {
    await pipeline(records, counted(), createWriteStream(part, { flush: true }));
    renameSync(part, file);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}

function counted(): Transform {
  const progress = new Progress('MB');
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      progress.update((bytes += chunk.length) / 1e6);
      done(null, chunk);
    },
    flush(done) {
      progress.stop();
      done();
    },
  });
}

function tellSum({ trailers }: IncomingMessage, parameters: Parameters, file: string | undefined): number {
  const count = (name: string) => Number(trailers[`flowatlas-${name}`] ?? 0);
  const isFiltered = Object.keys(parameters).some((name) => name !== 'since' && name !== 'until');
  const events = isFiltered
    ? 'events are left out where a filter is given'
    : `${count('events').toLocaleString('en')} events`;
  const where = file === undefined ? '' : ` to ${safe(file)}`;
  complain(paint.dim(`${count('flows').toLocaleString('en')} flows written${where}, ${events}`));
  const damaged = count('damaged');
  if (damaged === 0) return 0;
  complain(
    `${paint.red('✗')} ${damaged.toLocaleString('en')} records are damaged and left out; flowatlas verify tells which`,
  );
  return 1;
}
