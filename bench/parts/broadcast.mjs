// Plain socket.io: asked to broadcast [{at, text}], does so at that pace, and says when all was handed over.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { perMessageDeflate: false });
const live = io.of('/live');
http.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${http.address().port}` }));

process.on('message', async (messages) => {
  const events = messages.map(({ at, text }) => ({ at, event: JSON.parse(text) }));
  const first = events[0]?.at;
  const start = performance.now();
  for (const { at, event } of events) {
    await new Promise((resolve) => setTimeout(resolve, start + at - first - performance.now()));
    live.emit('edges', event);
  }
  process.send({ peak: process.resourceUsage().maxRSS * 1024 });
});
process.on('disconnect', () => process.exit());
