import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { generatedTraffic } from '../support/run-flows.js';
import { ask, cpuSeconds, open, store } from '../support/run-rest.js';
import { cleanUp, sleep, startServer, until, type Server } from '../support/run-server.js';

// Enough that to judge each takes more than a second.
const FLOWS = 30_000;
/** Matches nothing, and can only be told from the records themselves. */
const COSTLY = `cel-expression=${encodeURIComponent('_flow.source.labels.exists(l, l.contains("none of it"))')}`;
let server: Server;

beforeAll(async () => {
  server = await startServer();
  await store(server, generatedTraffic(FLOWS));
  await calm();
});
afterAll(cleanUp);

/** What the server has worked by the time that it works no more, in seconds. */
async function calm(): Promise<number> {
  let before = NaN;
  return until(
    async () => {
      await sleep(100);
      const now = await cpuSeconds(server);
      const idle = now - before < 0.03;
      before = now;
      return idle ? now : NaN;
    },
    (now) => !Number.isNaN(now),
  );
}

async function cost(use: () => Promise<unknown>): Promise<number> {
  const before = await cpuSeconds(server);
  await use();
  return (await calm()) - before;
}

// Sums end between whole blocks of flows, of which there are too few here: the laws of stores have them.
describe('a question whose client has gone is not read to its end', () => {
  it.each([
    '/api/v1/flows',
    '/api/v1/flows/count',
    '/api/v1/map?level=pod',
    '/api/v1/drops',
    '/api/v1/export',
    '/api/v1/edges/none',
  ])('%s', async (path) => {
    const question = `${path}${path.includes('?') ? '&' : '?'}${COSTLY}`;
    const whole = await cost(async () => {
      expect((await ask(server, question)).status).toBe(path.includes('/edges/') ? 404 : 200);
    });
    const calledOff = await cost(async () => {
      const { outgoing } = open(server, question);
      outgoing.on('error', () => undefined).end();
      await once(outgoing, 'finish');
      // It has begun to read.
      await sleep(50);
      outgoing.destroy();
    });
    expect(calledOff).toBeLessThan(whole * 0.75);
  });
});
