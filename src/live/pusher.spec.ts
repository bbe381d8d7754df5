import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Namespace, Socket } from 'socket.io';
import { Feed } from '../feed/feed.js';
import { LiveQuestion, type Opening, type Position } from '../feed/live-question.js';
import { KeptNear } from './kept-near.js';
import { Pusher } from './pusher.js';
import { Subscriptions } from './subscriptions.js';

const LONG = 2 << 20;

/** Tells of so many characters, unless something is wrong. */
class Telling extends LiveQuestion {
  fault: Error | undefined;
  characters = 0;

  get parts(): number {
    return 0;
  }

  advance(): void {
    this.reach(this.seq + 1);
  }

  protected readOn(): Promise<void> {
    return Promise.resolve();
  }

  open(): Opening {
    return { position: this.position, json: '{}' };
  }

  newsSince({ seq }: Position): string {
    if (this.fault !== undefined) throw this.fault;
    return JSON.stringify({ since: seq, text: 'x'.repeat(this.characters) });
  }

  waitingSince(): number {
    return 0;
  }

  protected rest(): void {
    this.characters = 0;
  }
}

interface Said {
  code?: string | null;
  since?: number;
}

/** A client that reads at once, over a WebSocket. */
class Client {
  readonly troubles: Said[] = [];
  readonly frames: Buffer[] = [];
  readonly socket = {
    emit: (_: string, said: Said) => this.troubles.push(said),
    conn: {
      transport: { writable: true, socket: { extensions: 'permessage-deflate' } },
      writeBuffer: [],
      write: (_: string, { wsPreEncodedFrame }: { wsPreEncodedFrame: Buffer[] }) =>
        this.frames.push(Buffer.concat(wsPreEncodedFrame)),
    },
  } as unknown as Socket;
}

let subscriptions: Subscriptions;
let complaints: unknown[];
let pusher: Pusher;
let clients: Client[];
beforeEach(() => {
  [subscriptions, complaints] = [new Subscriptions(), []];
  clients = [new Client(), new Client()];
  const sockets = new Map(clients.map(({ socket }, i) => [String(i), socket]));
  const kept = new KeptNear(
    () => new Telling(),
    () => Promise.resolve(),
  );
  pusher = new Pusher(
    { name: '/live', sockets } as unknown as Namespace,
    kept,
    subscriptions,
    new Feed(),
    (error) => complaints.push(error),
  );
});

function listening(client: Client): Telling {
  const question = new Telling();
  subscriptions.add(client.socket, { view: 'edges', key: '', question }, question.position);
  question.advance();
  return question;
}

describe('what is new', () => {
  it('comes to the others where it cannot be told to one, who is told why once, and when it is over', async () => {
    const [first, second] = clients as [Client, Client];
    const question = listening(first);
    listening(second);
    question.fault = new RangeError('Invalid string length');
    for (let i = 0; i < 8; i++) await pusher.tick();
    expect(second.frames).toHaveLength(1);
    expect(first.frames).toHaveLength(0);
    expect(first.troubles.map(({ code }) => code)).toEqual(['internal']);
    expect(second.troubles).toEqual([]);
    expect(complaints).toEqual([question.fault]);

    question.fault = undefined;
    for (let i = 0; i < 8; i++) await pusher.tick();
    expect(first.frames).toHaveLength(1);
    expect(first.troubles.map(({ code }) => code)).toEqual(['internal', null]);
  });

  it('is compressed beside other work where it is long, and is told to nobody who has gone or paused meanwhile', async () => {
    const [first, second] = clients as [Client, Client];
    const question = listening(first);
    question.characters = LONG;
    subscriptions.add(second.socket, { view: 'edges', key: '', question }, { ...question.position, seq: 0 });
    const ticking = pusher.tick();
    let turns = 0;
    const counting = setInterval(() => turns++, 1);
    await new Promise(setImmediate);
    const [audience] = subscriptions.audiences();
    audience!.listeners.get(second.socket)!.isPaused = true;
    await ticking;
    clearInterval(counting);
    expect(turns).toBeGreaterThan(0);
    expect([first.frames.length, second.frames.length]).toEqual([1, 0]);

    audience!.listeners.get(second.socket)!.isPaused = false;
    await pusher.tick();
    expect([first.frames.length, second.frames.length]).toEqual([1, 1]);
  });
});
