import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Server } from 'socket.io';
import { io, type ManagerOptions } from 'socket.io-client';
import { WebSocket } from 'ws';
import { uncompressed } from '../../test/support/run-live.js';
import { Json, jsonParser, SelfSent } from './json-encoder.js';
import { SharedMessage } from './shared-message.js';
import { WebSockets } from './web-sockets.js';

const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function opened(): Promise<{ url: string; server: Server }> {
  const http = createServer();
  const server = new Server(http, {
    perMessageDeflate: false,
    wsEngine: WebSockets,
    parser: jsonParser,
  });
  await once(http.listen(0, '127.0.0.1'), 'listening');
  closing.push(() => server.close());
  return { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, server };
}

/** What one client is told when it connects, and the bytes that its WebSocket received. */
async function toldTo(
  url: string,
  options: Partial<ManagerOptions>,
): Promise<{ told: string[]; bytes: number | undefined }> {
  const socket = io(`${url}/live`, { forceNew: true, ...options });
  closing.push(() => socket.close());
  const told: string[] = [];
  socket.on('said', (text: string) => told.push(text));
  await new Promise<void>((resolve) => socket.on('end', resolve));
  const { ws } = socket.io.engine.transport as { ws?: { _socket: { bytesRead: number } } };
  return { told, bytes: ws?._socket.bytesRead };
}

/** With their frames, lengths on both sides of where the head of a frame grows, and where messages are compressed. */
const envelope = '42/live,["said",""]'.length;
const lengths = [0, 125, 126, 1_023, 1_024, 65_535, 65_536, 300_000].map((bytes) =>
  Math.max(0, bytes - envelope),
);
const texts = lengths.map((length) => 'Zürich–'.repeat(length / 7 + 1).slice(0, length));

function say(server: Server): void {
  const shared = texts.map((text) => SharedMessage.event('/live', 'said', new Json(JSON.stringify(text))));
  server.of('/live').on('connection', (client) => {
    for (const message of shared) message.sendTo(client);
    client.emit('said', 'for this one alone');
    SharedMessage.event('/live', 'end', {}).sendTo(client);
  });
}

describe('a message for many', () => {
  it.each([
    ['over a WebSocket', { transports: ['websocket'] }],
    ['without compression', { transports: ['websocket'], ...uncompressed }],
    ['over polling', { transports: ['polling'] }],
    ['over what polling is upgraded to', {}],
  ])('comes whole and in order %s', async (_, options: Partial<ManagerOptions>) => {
    const { url, server } = await opened();
    say(server);
    const { told } = await toldTo(url, options);
    expect(told).toEqual([...texts, 'for this one alone']);
  });

  it.each([
    ['over a WebSocket', { transports: ['websocket'] }],
    ['without compression', { transports: ['websocket'], ...uncompressed }],
    ['over polling', { transports: ['polling'] }],
    ['over what polling is upgraded to', {}],
  ])(
    'answers each what it asked, behind a head of its own, %s',
    async (_, options: Partial<ManagerOptions>) => {
      const { url, server } = await opened();
      const shared = texts.map((text) => new SharedMessage(JSON.stringify([text])));
      server.of('/live').on('connection', (client) =>
        client.on('ask', (which: number, answer: (sent: SelfSent) => void) => {
          answer(
            new SelfSent((head) => {
              shared[which]!.answer(client, head);
            }),
          );
        }),
      );
      const clients = [1, 2].map(() => io(`${url}/live`, { forceNew: true, ...options }));
      clients.forEach((client) => closing.push(() => client.close()));
      await clients[0]!.emitWithAck('ask', 0);
      const asked = clients.flatMap((client) => texts.map((__, i) => client.emitWithAck('ask', i)));
      expect(await Promise.all(asked)).toEqual([...texts, ...texts]);
    },
  );

  it('is compressed for who can read that', async () => {
    const { url, server } = await opened();
    say(server);
    const whole = Buffer.byteLength(texts.join(''));
    const compressed = await toldTo(url, { transports: ['websocket'] });
    expect(compressed.bytes).toBeLessThan(whole / 10);
    const plain = await toldTo(url, { transports: ['websocket'], ...uncompressed });
    expect(plain.bytes).toBeGreaterThan(whole);
  });

  it('is not compressed for who wants a smaller window than the others', async () => {
    const { url, server } = await opened();
    say(server);
    const client = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`, {
      perMessageDeflate: { serverMaxWindowBits: 9 },
    });
    closing.push(() => {
      client.terminate();
    });
    const told: string[] = [];
    client.on('message', (data: Buffer) => told.push(data.toString()));
    await once(client, 'message');
    client.send('40/live,');
    while (!told.at(-1)!.includes('"end"')) await once(client, 'message');
    expect(client.extensions).toBe('');
    expect(told.slice(2, -2)).toEqual(texts.map((text) => `42/live,["said",${JSON.stringify(text)}]`));
  });
});
