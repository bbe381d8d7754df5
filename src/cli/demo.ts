import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { readConfig, withoutSources } from '../config.js';
import { packageRoot } from '../version.js';
import { printDrops } from './drops.js';
import { printMap } from './map.js';
import { Replay } from './replay.js';
import { RestClient } from './rest-client.js';
import { stopOnSignal } from './serve.js';
import { paint, print } from './terminal.js';
import { throwAwayFolder } from './throw-away-folder.js';

const SAMPLE = new URL('samples/shop/flows.jsonl', packageRoot);
/** The story of ten minutes is told again in one. */
const SPEED = 10;
/** Milliseconds. */
const STEP = 500;

/** The product on a sample: a throw-away database, the map and the drops in the terminal, a live dashboard. */
export async function demo(flags: { listen?: string; log?: string }): Promise<void> {
  const { startServer } = await import('../server.js');
  const server = await startServer(
    readConfig(process.env, { ...flags, ...withoutSources, data: throwAwayFolder() }),
  );
  const client = new RestClient(server.url);
  await client.sendFlows(Readable.from(readFileSync(SAMPLE)));
  print(paint.bold('\nService map of samples/shop\n'));
  await printMap(client, {}, 'table');
  print('');
  await printDrops(client, {}, 'table');
  print(`\nlistening on ${server.url}`);
  print(
    paint.dim(
      'The sample goes on being replayed, ten times as fast: open the address to watch. Ctrl-C ends it.',
    ),
  );
  const replaying = replay(client);
  stopOnSignal(async () => {
    clearInterval(replaying);
    await server.close();
  });
}

function replay(client: RestClient): NodeJS.Timeout {
  const story = new Replay(readFileSync(SAMPLE, 'utf8'));
  return setInterval(() => {
    const records = story.advance(STEP * SPEED, Date.now());
    // The server may be closing; the next step or the end of the process takes care of that.
    if (records !== '') client.sendFlows(Readable.from(records)).catch(() => undefined);
  }, STEP);
}
