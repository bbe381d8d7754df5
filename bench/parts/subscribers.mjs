// Clients of /live, each with a socket of its own: --url URL --clients N [--level LEVEL], or --plain to read only.
// Says when all have begun; asked for {seq, commits}, answers when all are there with what they hold.
import { io } from 'socket.io-client';
import { LiveMap } from '../../dist/live/live-client.js';
import { digestOf, now } from '../lib/live-maps.mjs';
import { readOptions } from '../lib/options.mjs';

const {
  url,
  clients: count,
  level,
  plain,
} = readOptions({ url: '', clients: 1, level: 'workload', plain: false });

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
    this.socket = io(`${url}/live`, { transports: ['websocket'], forceNew: true });
    this.socket.on('connect', () => {
      this.socket.io.engine.on('packet', ({ type, data }) => {
        if (type !== 'message' || !data.startsWith('2/live,["edges"')) return;
        this.bytes += data.length;
        this.received++;
        if (keepsTexts) this.texts.push({ at: now(), text: data.slice(data.indexOf('{'), -1) });
      });
    });
    this.socket.on('edges', () => undefined);
    if (plain) return;
    this.map = new LiveMap(
      this.socket,
      { level },
      { onChange: () => this.events.push([now(), this.map.seq]) },
    );
  }

  get hasBegun() {
    return plain ? this.socket.connected : this.map.seq !== undefined;
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

const subscribers = Array.from({ length: count }, (_, i) => new Subscriber(!plain && i === 0));
await until(() => subscribers.every(({ hasBegun }) => hasBegun));

process.on('message', async ({ seq, commits, messages }) => {
  await until(() =>
    subscribers.every(({ map, received }) => (plain ? received === messages : map.seq >= seq)),
  );
  const bytes = subscribers.reduce((sum, subscriber) => sum + subscriber.bytes, 0);
  const received = subscribers.reduce((sum, subscriber) => sum + subscriber.received, 0);
  process.send(plain ? { bytes, received } : { bytes, received, ...held(commits) });
});
process.on('disconnect', () => process.exit());
process.send('ready');

function held(commits) {
  const digests = {};
  for (const { map } of subscribers) {
    const digest = digestOf({ nodes: map.nodes.values(), edges: map.edges.values() });
    digests[digest] = (digests[digest] ?? 0) + 1;
  }
  const latencies = subscribers.flatMap((subscriber) => subscriber.latencies(commits));
  return { digests, latencies, texts: subscribers[0].texts };
}
