import { expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Response } from 'express';
import { hangUp } from './hang-up.js';

it.each([
  ['has gone before the answer was whole', true],
  ['took the whole answer', false],
])('a question is called off when whoever asked %s: %j', async (_, leaves) => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const asked = once(server, 'request');
  const answered = new Promise<IncomingMessage>((resolve) => {
    get({ port: (server.address() as AddressInfo).port, agent: false }, resolve);
  });
  const [, response] = (await asked) as [unknown, Response];
  const signal = hangUp(response);
  const closed = once(response, 'close');
  response.write('a part\n');
  const answer = await answered;
  answer.on('error', () => undefined);
  if (leaves) answer.destroy();
  else {
    answer.resume();
    response.end('the rest');
  }
  await closed;
  expect(signal.aborted).toBe(leaves);
  server.close();
});
