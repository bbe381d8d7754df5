import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import type { Socket } from 'socket.io';
import { newFlow, record } from '../../test/support/make-flow.js';
import { DropQuestions } from '../drops/drop-questions.js';
import { Feed } from '../feed/feed.js';
import { Courtesy } from '../http/courtesy.js';
import { MapQuestions } from '../service-map/map-questions.js';
import { MemoryFlowStore } from '../store/memory/flow-store.js';
import { MemoryFlowWriter } from '../store/memory/flow-writer.js';
import { Memory } from '../store/memory/memory.js';
import type { Metrics } from '../telemetry/metrics.js';
import { SelfSent } from './json-encoder.js';
import { LiveGateway } from './live.gateway.js';
import { LiveQuestions } from './live-questions.js';

const MOST_SUBSCRIPTIONS = 16;

interface Answer {
  subscription?: string;
  error?: { code: string; message: string };
}

/** A client that reads at once. */
class Client {
  readonly #sent: string[] = [];
  readonly socket = {
    connected: true,
    conn: {
      transport: { writable: true },
      writeBuffer: [],
      write: (packet: string) => this.#sent.push(packet),
    },
  } as unknown as Socket;

  constructor(private readonly gateway: LiveGateway) {}

  /** Asks for the map of a namespace. */
  async subscribe(namespace: string): Promise<Answer> {
    const body = { view: 'edges', filter: { namespace } };
    const answer = await this.gateway.subscribe(this.socket, body);
    if (!(answer instanceof SelfSent)) return answer;
    answer.send('');
    const [told] = JSON.parse(this.#sent.at(-1)!) as [Answer];
    return told;
  }

  async fill(): Promise<void> {
    for (let i = 0; i < MOST_SUBSCRIPTIONS; i++) await this.subscribe(`held-${i}`);
  }
}

let store: MemoryFlowStore;
let gateway: LiveGateway;
beforeEach(async () => {
  const memory = new Memory();
  const writer = new MemoryFlowWriter(memory, () => 1_780_308_000_000);
  writer.append(newFlow(JSON.stringify(record())));
  await writer.commit();
  store = new MemoryFlowStore(memory);
  const questions = new LiveQuestions(new MapQuestions(store), new DropQuestions(store), store);
  gateway = new LiveGateway(questions, new Feed(), { liveClients: 0 } as Metrics, new Courtesy());
});

describe('a client that has as many subscriptions as it may', () => {
  let client: Client;
  beforeEach(async () => {
    client = new Client(gateway);
    await client.fill();
  });

  it('begins anew what it holds, and no other', async () => {
    const { subscription } = await new Client(gateway).subscribe('held-3');
    expect(await client.subscribe('held-3')).toMatchObject({ subscription });
    expect(await client.subscribe('another')).toEqual({
      error: { code: 'invalid_parameter', message: 'at most 16 subscriptions a connection' },
    });
  });

  it('is refused before anything is made, and puts no question of others out', async () => {
    const before = await new Client(gateway).subscribe('of others');
    const reading = jest.spyOn(store, 'sums');
    for (let i = 0; i < 64; i++) await client.subscribe(`another-${i}`);
    expect(reading).not.toHaveBeenCalled();
    expect(await new Client(gateway).subscribe('of others')).toEqual(before);
  });
});

it('a tick that fails is told by the log and ends nothing', async () => {
  const told = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
  const fault = new Error('out of luck');
  const namespace = {
    get sockets(): never {
      throw fault;
    },
  };
  Object.assign(gateway, { namespace });
  gateway.onApplicationBootstrap();
  await setTimeout(600);
  await gateway.onModuleDestroy();
  expect(told).toHaveBeenCalledWith('cannot push changes: out of luck', fault.stack);
  told.mockRestore();
});
