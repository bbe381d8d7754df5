import { io, type ManagerOptions, type Socket } from 'socket.io-client';
import type { DropGroup } from '../../src/drops/drops.schema.js';
import type {
  DropsChange,
  DropsEvent,
  DropsQuestion,
  DropsSubscribed,
  EdgesEvent,
  EdgesQuestion,
  EdgesSubscribed,
  FlowsEvent,
  FlowsQuestion,
  FlowsSubscribed,
  LiveError,
  LivePosition,
  MapChange,
  MapSnapshot,
  TroubleEvent,
  WaitingEvent,
} from '../../src/live/live-events.js';
import type { MapEdge, MapNode } from '../../src/service-map/service-map.schema.js';

/** Messages come as long as they are. The types know of no client that offers nothing. */
export const uncompressed = { perMessageDeflate: false } as unknown as Partial<ManagerOptions>;

const open = new Set<LiveClient>();

type Asked<Q> = Omit<Q, 'view'> & { resume?: LivePosition };

/** A client as anybody would write it: holds the map from a snapshot and what changed since. */
export class LiveClient {
  readonly socket: Socket;
  nodes = new Map<string, MapNode>();
  edges = new Map<string, MapEdge>();
  position: LivePosition | undefined;
  subscription: string | undefined;
  #dropsSeq = 0;
  /** Every message, with the moment in which it came. */
  readonly events: (EdgesEvent & { received: number })[] = [];
  drops = new Map<string, DropGroup>();
  dropSums = { drops: 0, groupsLeftOut: 0 };
  readonly flows: FlowsEvent[] = [];
  readonly waiting: WaitingEvent[] = [];
  readonly troubles: TroubleEvent[] = [];
  /** Messages whose `prev` is not the position held. */
  gaps = 0;

  constructor(server: { readonly url: string }, options: Partial<ManagerOptions> = {}) {
    this.socket = io(`${server.url}/live`, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      ...options,
    });
    open.add(this);
    this.socket.on('flows', (event: FlowsEvent) => this.flows.push(event));
    this.socket.on('waiting', (event: WaitingEvent) => this.waiting.push(event));
    this.socket.on('trouble', (event: TroubleEvent) => this.troubles.push(event));
    this.socket.on('drops', (event: DropsEvent) => {
      if (event.prev !== this.#dropsSeq) this.gaps++;
      this.#applyDrops(event, event.seq);
    });
    this.socket.on('edges', (event: EdgesEvent) => {
      this.events.push({ ...event, received: Date.now() });
      if (event.subscription !== this.subscription || this.position === undefined) return;
      if (event.prev !== this.position.seq) this.gaps++;
      this.position = { ...this.position, seq: event.seq };
      this.#apply(event);
    });
  }

  /** Any answer, good or bad. */
  async request<A = EdgesSubscribed>(event: string, body: unknown): Promise<A | LiveError> {
    return (await this.socket.timeout(20_000).emitWithAck(event, body)) as A | LiveError;
  }

  async #demand<A extends object>(event: string, body: unknown): Promise<A> {
    const answer = await this.request<A>(event, body);
    if ('error' in answer) throw new Error(answer.error.message);
    return answer;
  }

  async subscribe(request: Asked<EdgesQuestion> = {}): Promise<EdgesSubscribed> {
    const answer = await this.#demand<EdgesSubscribed>('subscribe', { view: 'edges', ...request });
    if (answer.snapshot !== undefined) this.#start(answer.snapshot);
    if (answer.changes !== undefined) this.#apply(answer.changes);
    this.subscription = answer.subscription;
    this.position = { epoch: answer.epoch, seq: answer.seq };
    return answer;
  }

  async subscribeFlows(request: Asked<FlowsQuestion> = {}): Promise<FlowsSubscribed> {
    return this.#demand('subscribe', { view: 'flows', ...request });
  }

  async subscribeDrops(request: Asked<DropsQuestion> = {}): Promise<DropsSubscribed> {
    const answer = await this.#demand<DropsSubscribed>('subscribe', { view: 'drops', ...request });
    const { snapshot, changes, seq } = answer;
    if (snapshot !== undefined) {
      this.drops.clear();
      this.#applyDrops({ ...snapshot, groups: { upsert: snapshot.groups, remove: [] } }, seq);
    }
    if (changes !== undefined) this.#applyDrops(changes, seq);
    return answer;
  }

  /** Cuts the connection without a goodbye. */
  async cut(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.socket.once('disconnect', () => {
        resolve();
      });
      this.socket.io.engine.close();
    });
    this.subscription = undefined;
  }

  async connect(): Promise<void> {
    if (this.socket.connected) return;
    await new Promise<void>((resolve, reject) => {
      this.socket.once('connect', resolve);
      this.socket.once('connect_error', reject);
      this.socket.connect();
    });
  }

  /** The map held, in an order that can be compared. */
  map(): MapSnapshot {
    return sorted({ nodes: [...this.nodes.values()], edges: [...this.edges.values()] });
  }

  close(): void {
    this.socket.disconnect();
    open.delete(this);
  }

  #start({ nodes, edges }: MapSnapshot): void {
    this.nodes = new Map(nodes.map((node) => [node.id, node]));
    this.edges = new Map(edges.map((edge) => [edge.id, edge]));
  }

  #applyDrops({ groups, drops, groupsLeftOut }: DropsChange, seq: number): void {
    for (const id of groups.remove) this.drops.delete(id);
    for (const group of groups.upsert) this.drops.set(group.id, group);
    this.dropSums = { drops, groupsLeftOut };
    this.#dropsSeq = seq;
  }

  #apply({ nodes, edges }: MapChange): void {
    for (const id of nodes.remove) this.nodes.delete(id);
    for (const id of edges.remove) this.edges.delete(id);
    for (const node of nodes.upsert) this.nodes.set(node.id, node);
    for (const edge of edges.upsert) this.edges.set(edge.id, edge);
  }
}

/** For `afterAll`. */
export function closeLiveClients(): void {
  for (const client of open) client.close();
}

export function sorted({ nodes, edges }: MapSnapshot): MapSnapshot {
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return { nodes: [...nodes].sort(byId), edges: [...edges].sort(byId) };
}
