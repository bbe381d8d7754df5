import { afterEach, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { stopOnSignal } from './serve.js';

afterEach(() => {
  jest.restoreAllMocks();
});

it('an end that fails is told in one line and by the exit code', async () => {
  const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  const before = process.listeners('SIGTERM');
  const ended = new Promise((resolve) => {
    jest.spyOn(process, 'exit').mockImplementation(((code: number) => {
      resolve(code);
    }) as never);
  });
  const signal = once(process, 'SIGTERM');
  stopOnSignal(() => Promise.reject(new Error('the disk is full\nindeed')));
  process.emit('SIGTERM');
  await signal;
  expect(await ended).toBe(1);
  expect(said.mock.calls).toHaveLength(1);
  expect(String(said.mock.calls[0]![0])).toMatch(/^cannot end as it should: the disk is full.+indeed\n$/);
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    for (const listener of process.listeners(name))
      if (!before.includes(listener)) process.off(name, listener);
});
