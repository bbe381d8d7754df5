import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { filterWords, flowTexts } from '../../test/support/arbitrary-flows.js';
import { newFlow, pod, record, words } from '../../test/support/make-flow.js';
import { openSqlite } from '../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../test/support/temporary-folder.js';
import { everything, type Filter } from '../domain/filter/filter.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { always } from '../domain/filter/window.js';
import type { Level } from '../domain/flow/node-identity.js';
import { Grain } from '../domain/service-map/grain.js';
import { ServiceMap, type MapEdge, type MapNode } from '../domain/service-map/service-map.js';
import type { Tally } from '../domain/service-map/tally.js';
import { everyone } from '../domain/viewer.js';
import type { FlowStore } from '../store/flow-store.js';
import { Memory } from '../store/memory/memory.js';
import { MemoryFlowStore } from '../store/memory/flow-store.js';
import { MemoryFlowWriter } from '../store/memory/flow-writer.js';
import { MapQuestion } from './map-question.js';

const newFolder = temporaryFolders();
const now = () => 1_780_308_000_000;

const stores = {
  memory: () => {
    const memory = new Memory();
    const [store, writer] = [new MemoryFlowStore(memory), new MemoryFlowWriter(memory, now)];
    return { store, writer, close: () => writer.close() };
  },
  sqlite: () => openSqlite(newFolder(), now),
};
type Kind = keyof typeof stores;

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function opened(kind: Kind) {
  const { store, writer, close } = stores[kind]();
  closing.push(close);
  const append = async (texts: readonly string[]) => {
    for (const text of texts) writer.append(newFlow(text));
    await writer.commit();
  };
  return { store, append, writer };
}

interface Change {
  nodes: { upsert: MapNode[]; remove: string[] };
  edges: { upsert: MapEdge[]; remove: string[] };
}

function changesSince(question: MapQuestion, seq: number, epoch = question.epoch): Change {
  return JSON.parse(question.newsSince({ epoch, seq })) as Change;
}

/** What a client holds that was told the map once and then only changes. */
class Client {
  readonly nodes = new Map<string, MapNode>();
  readonly edges = new Map<string, MapEdge>();
  seq = 0;

  apply({ nodes, edges }: Change, seq: number): void {
    for (const node of nodes.upsert) this.nodes.set(node.id, node);
    for (const edge of edges.upsert) this.edges.set(edge.id, edge);
    for (const id of nodes.remove) this.nodes.delete(id);
    for (const id of edges.remove) this.edges.delete(id);
    this.seq = seq;
  }
}

function sorted<T extends { id: string }>(list: Iterable<T>): T[] {
  return [...list].sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function mapOf(store: FlowStore, level: Level, filter: Filter) {
  const all: Tally[] = [];
  for await (const { tallies } of store.tallies(everyone, { filter, window: always })) all.push(...tallies);
  const map = ServiceMap.of(all, level);
  return { nodes: map.nodes(), edges: map.edges() };
}

async function expectClientsToFollow(
  kind: Kind,
  arrivals: readonly string[][],
  level: Level,
  filter: Filter,
): Promise<void> {
  const { store, append } = opened(kind);
  const question = new MapQuestion(store, everyone, new Grain(level), filter);
  const clients: Client[] = [];
  for (const [round, texts] of arrivals.entries()) {
    await append(texts);
    await question.refresh();
    const whole = await mapOf(store, level, filter);
    expect({ nodes: question.map.nodes(), edges: question.map.edges() }).toEqual(whole);
    clients.push(new Client());
    // One client is told every time; the one of each round again only in some later round.
    for (const [born, client] of clients.entries()) {
      if (born > 0 && born !== round && (round - born) % 3 !== 0) continue;
      client.apply(changesSince(question, client.seq), question.seq);
      expect(sorted(client.nodes.values())).toEqual(whole.nodes);
      expect(sorted(client.edges.values())).toEqual(whole.edges);
    }
  }
}

const level = fc.constantFrom<Level>('cluster', 'namespace', 'workload', 'pod');
const arrivals = fc.array(flowTexts(5), { minLength: 2, maxLength: 6 });

describe.each(['memory', 'sqlite'] as const)('a map that is kept up to date, of flows in %s', (kind) => {
  it('and its changes since any earlier position are the map that is made anew', () =>
    fc.assert(
      fc.asyncProperty(arrivals, level, (rounds, at) => expectClientsToFollow(kind, rounds, at, everything)),
      { numRuns: 80 },
    ));

  it('is so for any filter', () =>
    fc.assert(
      fc.asyncProperty(arrivals, level, filterWords, (rounds, at, filter) =>
        expectClientsToFollow(kind, rounds, at, parseFilter(words(filter))),
      ),
      { numRuns: 40 },
    ));

  it('is built again when a workload or a direction is learned, and says what went away', async () => {
    const text = (fields: Record<string, unknown>) => JSON.stringify(record(fields));
    const ports = (source_port: number, destination_port: number) => ({
      l4: { TCP: { source_port, destination_port } },
    });
    const arrived = [
      [text({ source: pod('shop/cart-0') }), text({ is_reply: undefined, ...ports(8_000, 9_000) })],
      [text({ source: pod('shop/cart-0', 'basket') })],
      [text({ ...ports(1, 9_000), uuid: 'opening' })],
      [text({ uuid: 'again' })],
    ];
    await expectClientsToFollow(kind, arrived, 'workload', everything);

    const { store, append } = opened(kind);
    const question = new MapQuestion(store, everyone, new Grain('workload'), everything);
    await append(arrived[0]!);
    await question.refresh();
    const before = question.seq;
    await append(arrived[1]!);
    await question.refresh();
    expect(changesSince(question, before).nodes.remove).toEqual(['c/shop/cart']);
    expect(changesSince(question, before).nodes.upsert.map(({ id }) => id)).toContain('c/shop/basket');
  });

  it('tells that an edge lost its sockets when a second edge of the pair comes up', async () => {
    const text = (fields: Record<string, unknown>) => JSON.stringify(record(fields));
    const socket = { verdict: 'TRACED', Type: 'SOCK', event_type: { type: 7 }, is_reply: undefined };
    const second = { l4: { TCP: { destination_port: 443 } } };
    await expectClientsToFollow(
      kind,
      [
        [text({}), text({ ...socket, l4: { TCP: { source_port: 5 } } }), text({ ...socket, ...second })],
        [text(second)],
      ],
      'workload',
      everything,
    );
  });

  it('is made again when flows were removed, and whoever was told earlier is told everything', async () => {
    const { store, append, writer } = opened(kind);
    const question = new MapQuestion(store, everyone, new Grain('workload'), everything);
    const at = (time: string, name: string) =>
      JSON.stringify(record({ time, destination: pod(`shop/${name}`, name), uuid: `${name} ${time}` }));
    await append([at('2026-05-01T10:00:00Z', 'gone'), at('2026-05-01T10:00:00Z', 'stays')]);
    await question.refresh();
    const client = new Client();
    client.apply(changesSince(question, 0), question.seq);
    await append([at('2026-06-01T09:00:00Z', 'stays')]);
    await question.refresh();
    const { epoch, seq } = question;

    await writer.trim({ keepFor: 7 * 86_400_000 });
    await question.refresh();
    expect(question.epoch).not.toBe(epoch);
    expect(question.seq).toBe(seq);
    const whole = await mapOf(store, 'workload', everything);
    expect({ nodes: question.map.nodes(), edges: question.map.edges() }).toEqual(whole);
    expect(whole.edges).toHaveLength(1);
    expect(changesSince(question, client.seq, epoch).nodes.remove).toEqual(['c/shop/gone']);
    client.apply(changesSince(question, client.seq, epoch), question.seq);
    expect(sorted(client.nodes.values())).toEqual(whole.nodes);
    expect(sorted(client.edges.values())).toEqual(whole.edges);

    const none = { upsert: [], remove: [] };
    expect(changesSince(question, question.seq)).toEqual({ nodes: none, edges: none });
    const renewed = question.epoch;
    await question.refresh();
    expect(question.epoch).toBe(renewed);
  });

  it('begins whole, unless it is too large for one message: then it says what to do', async () => {
    const { store, append } = opened(kind);
    const question = new MapQuestion(store, everyone, new Grain('workload'), everything, 2);
    const to = (name: string) => JSON.stringify(record({ destination: pod(`pay/${name}-0`, name) }));
    await append([to('api'), to('db')]);
    const { json, position } = await question.open({});
    const whole = await mapOf(store, 'workload', everything);
    const { snapshot } = JSON.parse(json) as { snapshot: typeof whole };
    expect({ nodes: sorted(snapshot.nodes), edges: sorted(snapshot.edges) }).toEqual(whole);
    expect(position).toEqual({ epoch: question.epoch, seq: 2 });

    await append([to('mail')]);
    await expect(question.open({})).rejects.toThrow(
      'level: the map has 3 edges, and a live one begins with at most 2',
    );
    // Who held it before is told what changed.
    const resumed = await question.open({ resume: position });
    expect(JSON.parse(resumed.json)).toMatchObject({ changes: { edges: { upsert: [{}] } } });
    // After a change of epoch that would be everything.
    expect(changesSince(question, 2).edges.upsert).toHaveLength(1);
    expect(() => question.newsSince({ epoch: 'earlier', seq: 2 })).toThrow(
      'level: 3 edges changed, and a live map tells of at most 2',
    );
  });

  it('has no changes since the position that it has', async () => {
    const { store, append } = opened(kind);
    const question = new MapQuestion(store, everyone, new Grain('workload'), everything);
    await append([JSON.stringify(record())]);
    await question.refresh();
    const none = { upsert: [], remove: [] };
    expect(changesSince(question, question.seq)).toEqual({ nodes: none, edges: none });
    expect(changesSince(question, 0).edges.upsert).toHaveLength(1);
  });

  it('misses nothing for who is told while many sums are placed, a few at a time', async () => {
    const { store, append } = opened(kind);
    const question = new MapQuestion(store, everyone, new Grain('workload'), everything);
    const client = new Client();
    const round = (nth: number) =>
      Array.from({ length: 1_100 }, (_, i) => {
        const uuid = `5b1f0a1e-000${nth}-4000-8000-${String(i).padStart(12, '0')}`;
        const l4 = { TCP: { source_port: 41_000, destination_port: 1_000 + i } };
        return JSON.stringify(record({ uuid, l4, destination: pod('pay/api-0', 'api') }));
      });
    for (const nth of [1, 2]) {
      await append(round(nth));
      const reading = { isDone: false };
      const refreshing = question.refresh().finally(() => (reading.isDone = true));
      while (!reading.isDone) {
        client.apply(changesSince(question, client.seq), question.seq);
        await setImmediate();
      }
      await refreshing;
      client.apply(changesSince(question, client.seq), question.seq);
      expect(sorted(client.edges.values())).toEqual(question.map.edges());
      expect(question.map.edges()).toHaveLength(1_100);
    }
  });

  it('includes, when a refresh is done, what was on disk when it was asked for', async () => {
    const { store, append } = opened(kind);
    const question = new MapQuestion(store, everyone, new Grain('workload'), everything);
    const first = question.refresh();
    await append([JSON.stringify(record())]);
    await Promise.all([first, question.refresh(), question.refresh()]);
    expect(question.map.edges()).toHaveLength(1);
    expect(question.seq).toBe(1);
  });

  it('has a name of its own, so that positions of another life are not mistaken', () => {
    const { store } = opened(kind);
    const epochs = [1, 2].map(
      () => new MapQuestion(store, everyone, new Grain('workload'), everything).epoch,
    );
    expect(new Set(epochs).size).toBe(2);
  });
});
