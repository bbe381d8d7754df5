// Plain socket.io: told [{at, text}], says where it listens and answers `subscribe` with nothing; asked once more,
// broadcasts them at that pace, and says when all was handed over.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Server } from 'socket.io';

/** Milliseconds. It does not wait for who is slow, so their answers to its pings come late. */
const PATIENCE = 600_000;

const http = createServer();
const live = new Server(http, { perMessageDeflate: false, pingTimeout: PATIENCE }).of('/live');
process.on('disconnect', () => process.exit());
process.send('ready');

const [messages] = await once(process, 'message');
const events = messages.map(({ at, text }) => ({ at, event: JSON.parse(text) }));
const [{ at: first, event }] = events;
const nothing = { epoch: '', seq: event.prev, snapshot: { nodes: [], edges: [] } };
live.on('connection', (socket) =>
  socket.on('subscribe', (_, answer) => answer({ ...nothing, subscription: event.subscription })),
);
await once(http.listen(0, '127.0.0.1'), 'listening');
process.send({ url: `http://127.0.0.1:${http.address().port}` });

await once(process, 'message');
const start = performance.now();
for (const { at, event } of events) {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, start + at - first - performance.now())));
  live.emit('edges', event);
}
process.send({ peak: process.resourceUsage().maxRSS * 1024 });
