import { expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { Controller, Get, Module, Post } from '@nestjs/common';
import { APP_INTERCEPTOR, NestFactory } from '@nestjs/core';
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

@Controller('api/v1/flows')
class Doors {
  @Get()
  find(): void {}

  @Post()
  upload(): void {}

  @Post('query')
  query(): void {}
}

it('a question is one also where it has a body, and an upload is none', async () => {
  const courtesy = new Courtesy();
  const answer = jest.spyOn(courtesy, 'answer');
  @Module({ controllers: [Doors], providers: [{ provide: APP_INTERCEPTOR, useValue: courtesy }] })
  class Served {}
  const app = await NestFactory.create(Served, { logger: false });
  await app.listen(0, '127.0.0.1');
  const asked = async (method: string, path: string) => {
    answer.mockClear();
    await fetch(`${await app.getUrl()}${path}`, { method, headers: { connection: 'close' } });
    return answer.mock.calls.length;
  };
  try {
    expect(await asked('GET', '/api/v1/flows')).toBe(1);
    expect(await asked('POST', '/api/v1/flows/query')).toBe(1);
    expect(await asked('POST', '/api/v1/flows/query/')).toBe(1);
    expect(await asked('POST', '/api/v1/flows')).toBe(0);
  } finally {
    await app.close();
  }
});
