import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { generatedTraffic } from '../support/run-flows.js';
import { ndjson, open, statusOf, store } from '../support/run-rest.js';
import { cleanUp, startServer, until, type Server } from '../support/run-server.js';

const FLOWS = 5_000;
let server: Server;

beforeAll(async () => {
  server = await startServer();
  await store(server, generatedTraffic(FLOWS));
});
afterAll(cleanUp);

/** Asks, takes the first bytes of the answer, and is gone. */
async function hangUp(path: string, accept: string): Promise<void> {
  const { outgoing } = open(server, path, { headers: { accept } });
  outgoing.on('error', () => undefined).end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(200);
  await once(response, 'data');
  response.destroy();
}

describe('a client that hangs up in the middle of an answer', () => {
  it.each([
    ['/api/v1/flows', 'application/x-ndjson'],
    ['/api/v1/flows?order=asc', 'text/csv'],
    ['/api/v1/export', 'application/x-ndjson'],
    ['/api/v1/flows?limit=2000', 'application/json'],
    ['/api/v1/map?level=namespace', 'application/json'],
  ])('is nothing to the server, though many do: %s as %s', async (path, accept) => {
    for (let round = 0; round < 2; round++)
      await Promise.all(Array.from({ length: 5 }, () => hangUp(path, accept)));
    expect((await statusOf(server)).flows).toBe(FLOWS);
  });

  it('is gone before its answer began', async () => {
    for (let i = 0; i < 20; i++) {
      const { outgoing } = open(server, '/api/v1/flows', { headers: { accept: 'application/x-ndjson' } });
      outgoing.on('error', () => undefined);
      await new Promise<void>((resolve) => outgoing.end(resolve));
      outgoing.destroy();
    }
    expect((await ndjson(server)).length).toBe(FLOWS);
  });

  it('leaves no word in the log, and nothing behind', async () => {
    const { text } = await until(
      async () => ({ text: await metricsOf(server) }),
      ({ text: metrics }) => openSockets(metrics) <= 4,
    );
    expect(openSockets(text)).toBeLessThanOrEqual(4);
    const { code, stderr, stdout } = await server.stop();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toMatch(/error/i);
  });
});

async function metricsOf(at: Server): Promise<string> {
  return (await fetch(new URL('/metrics', at.url))).text();
}

/** Connections that the process has open: its two pipes and that of who asks are among them. */
function openSockets(metrics: string): number {
  return Number(/^nodejs_active_handles\{type="Socket"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);
}
