import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { answerClientErrors } from './client-errors.js';

let server: Server;
beforeEach(async () => {
  server = createServer((_, response) => {
    response.write('a part');
  });
  answerClientErrors(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  server.close();
});

/** Everything that comes until the server ends the connection, each text sent when something came of the one before. */
async function told(...texts: string[]): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => {
    received += text;
    const next = texts.shift();
    if (next !== undefined) socket.write(next);
  });
  // What comes behind the end of the connection resets it.
  socket.on('error', () => undefined);
  socket.write(texts.shift()!);
  await once(socket, 'close');
  return received;
}

it('what cannot be read is answered in the form of errors', async () => {
  const answer = await told('no HTTP\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 400 .*"code":"invalid_parameter"/s);
});

it('an answer on its way is cut off by what cannot be read, and has no second head in it', async () => {
  const answer = await told('GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'no HTTP\r\n\r\n');
  expect(answer).toContain('a part');
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1);
});
