import { expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import type { Response } from 'express';
import { Courtesy } from './courtesy.js';

it('what nobody waits for goes on between questions, and after a while also beside one that does not end', async () => {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const courtesy = new Courtesy();
  await courtesy.turn();

  const asked = once(server, 'request');
  get({ port: (server.address() as AddressInfo).port, agent: false }, (answer) => answer.resume());
  const [, response] = (await asked) as [IncomingMessage, ServerResponse];
  courtesy.answer(response as Response);
  let [turns, stopped] = [0, false];
  const work = (async () => {
    for (; !stopped; turns++) await courtesy.turn();
  })();
  await setTimeout(200);
  const beside = turns;
  expect(beside).toBeGreaterThan(0);
  expect(beside).toBeLessThan(20);

  const closed = once(response, 'close');
  response.end();
  await closed;
  await setTimeout(200);
  expect(turns - beside).toBeGreaterThan(beside);
  stopped = true;
  await work;
  server.close();
});
