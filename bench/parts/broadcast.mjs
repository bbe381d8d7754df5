// Plain socket.io: asked to broadcast [{at, text}], does so at that pace, and tells its CPU seconds when asked again.
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { perMessageDeflate: false });
const live = io.of('/live');
http.listen(0, '127.0.0.1', () => process.send({ url: `http://127.0.0.1:${http.address().port}` }));

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
let before = 0;

process.on('message', async (messages) => {
  if (messages === 'cpu') {
    process.send({ cpu: cpu() - before, peak: process.resourceUsage().maxRSS * 1024 });
    return;
  }
  const events = messages.map(({ at, text }) => ({ at, event: JSON.parse(text) }));
  const [{ at: first }] = events;
  const start = performance.now();
  before = cpu();
  for (const { at, event } of events) {
    await new Promise((resolve) => setTimeout(resolve, start + at - first - performance.now()));
    live.emit('edges', event);
  }
  process.send('sent');
});
process.on('disconnect', () => process.exit());
