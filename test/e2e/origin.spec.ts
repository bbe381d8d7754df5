import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { flowLines } from '../support/run-flows.js';
import { closeLiveClients, LiveClient } from '../support/run-live.js';
import { ask, open, statusOf, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

const ALLOWED = 'https://flows.example.com';
const evil = { origin: 'https://evil.example' };
const path = '/socket.io/?EIO=4&transport';

let server: Server;

beforeAll(async () => {
  server = await startServer({ flags: ['--origin', ALLOWED] });
});
afterAll(async () => {
  closeLiveClients();
  await cleanUp();
});

/** The status of a handshake, 101 where it is taken. */
async function handshake(headers: Readonly<Record<string, string>>): Promise<[number, string]> {
  const { outgoing, answer } = open(server, `${path}=websocket`, {
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    },
  });
  const taken = new Promise<[number, string]>((resolve) => {
    outgoing.on('upgrade', (_, socket) => {
      socket.destroy();
      resolve([101, '']);
    });
  });
  outgoing.end();
  return Promise.race([taken, answer.then(({ status, text }): [number, string] => [status, text])]);
}

const own = () => ({ origin: server.url });

describe('a page of another server', () => {
  it('is refused by a word that says what to do, and stores nothing', async () => {
    const body = flowLines('evil', 3);
    const { status, body: answer } = await ask<ErrorBody>(server, '/api/v1/flows', {
      method: 'POST',
      headers: { ...evil, 'content-type': 'text/plain' },
      body,
    });
    expect(status).toBe(403);
    expect(answer.error.code).toBe('forbidden');
    expect(answer.error.message).toMatch(/"https:\/\/evil\.example" may neither store.*--origin/);
    expect((await statusOf(server)).flows).toBe(0);
  });

  it('may not watch, by a WebSocket or without one', async () => {
    const [status, text] = await handshake(evil);
    expect(status).toBe(403);
    expect((JSON.parse(text) as ErrorBody).error).toMatchObject({ code: 'forbidden' });
    const polled = await ask<ErrorBody>(server, `${path}=polling`, { headers: evil });
    expect([polled.status, polled.body.error.code]).toEqual([403, 'forbidden']);
  });

  it('may not by a name that it has made to lead here', async () => {
    const headers = { host: 'evil.example', origin: 'http://evil.example' };
    expect((await ask(server, '/api/v1/status', { headers })).status).toBe(403);
    expect((await ask(server, '/', { headers })).status).toBe(403);
    expect((await handshake(headers))[0]).toBe(403);
  });
});

describe('what stays allowed', () => {
  it('is the server’s own page, and one that was named', async () => {
    for (const headers of [own(), { origin: ALLOWED }, { origin: ALLOWED, host: 'flows.example.com' }]) {
      expect((await handshake(headers))[0]).toBe(101);
      expect((await ask(server, `${path}=polling`, { headers })).status).toBe(200);
      const posted = await ask(server, '/api/v1/flows', {
        method: 'POST',
        headers,
        body: flowLines('own', 1),
      });
      expect(posted.status).toBe(200);
    }
  });

  it('are programs', async () => {
    const client = new LiveClient(server);
    expect(await client.subscribe()).toMatchObject({ epoch: expect.any(String) });
  });

  it('are all names where the server listens to others, and no other pages', async () => {
    const other = await startServer({ listen: '0.0.0.0:0' });
    const host = 'flows.example.com';
    const post = (origin: string) =>
      ask(other, '/api/v1/flows', {
        method: 'POST',
        headers: { host, origin },
        body: flowLines('ingress', 1),
      });
    expect((await ask(other, '/api/v1/status', { headers: { host } })).status).toBe(200);
    expect((await post(`https://${host}`)).status).toBe(200);
    expect((await post(evil.origin)).status).toBe(403);
  });
});
