// Clients of /live, each with a socket of its own: --url URL --clients N [--level LEVEL] [--paused] [--uncompressed].
// Says when all have begun; asked for {seq, commits}, answers when all are there with what they hold.
import { io } from 'socket.io-client';
import { LiveMap } from '../../dist/live/live-client.js';
import { digestOf, now } from '../lib/live-maps.mjs';
import { readOptions } from '../lib/options.mjs';

const {
  url,
  clients: count,
  level,
  paused,
  uncompressed,
} = readOptions({ url: '', clients: 1, level: 'workload', paused: false, uncompressed: false });

/** Looked at so often, in milliseconds. */
const PAUSE = 20;
const until = async (isSo) => {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, PAUSE));
};

class Subscriber {
  bytes = 0;
  /** Of events: when they came, and up to which flow. */
  events = [];
  /** What was received, where it is kept. */
  texts = [];
  received = 0;

  constructor(keepsTexts) {
    const offers = uncompressed ? { perMessageDeflate: false } : {};
    const socket = io(`${url}/live`, { transports: ['websocket'], forceNew: true, ...offers });
    socket.on('connect', () => {
      socket.io.engine.on('packet', ({ type, data }) => {
        if (type !== 'message' || !data.startsWith('2/live,["edges"')) return;
        this.bytes += data.length;
        this.received++;
        if (keepsTexts) this.texts.push({ at: now(), text: data.slice(data.indexOf('{'), -1) });
      });
    });
    this.map = new LiveMap(socket, { level }, { onChange: () => this.events.push([now(), this.map.seq]) });
    if (paused) this.map.pause();
  }

  /** From each commit to the moment in which this client held it, in milliseconds. */
  latencies(commits) {
    let event = 0;
    return commits.map(([time, seq]) => {
      while (this.events[event][1] < seq) event++;
      return Math.round(this.events[event][0] - time);
    });
  }
}

const subscribers = Array.from({ length: count }, (_, i) => new Subscriber(i === 0));
await until(() => subscribers.every(({ map }) => map.seq !== undefined));

process.on('message', async ({ seq, commits }) => {
  await until(() => subscribers.every(({ map }) => map.seq >= seq));
  const digests = {};
  for (const { map } of subscribers) {
    const digest = digestOf({ nodes: map.nodes.values(), edges: map.edges.values() });
    digests[digest] = (digests[digest] ?? 0) + 1;
  }
  process.send({
    digests,
    bytes: subscribers.reduce((sum, { bytes }) => sum + bytes, 0),
    received: subscribers.reduce((sum, { received }) => sum + received, 0),
    latencies: subscribers.flatMap((subscriber) => subscriber.latencies(commits)),
    texts: subscribers[0].texts,
  });
});
process.on('disconnect', () => process.exit());
process.send('ready');
