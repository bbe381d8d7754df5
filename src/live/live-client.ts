/**
 * Keeps a live view of a Flowatlas server in sync, in a browser or in Node.js. It depends on nothing but the socket
 * that it is given: `io('http://127.0.0.1:8787/live')` of socket.io-client. docs/live.md shows how it is used.
 */
import type { Socket } from 'socket.io-client';
import type { DropGroup } from '../drops/drops.schema.js';
import type { FlowRecord } from '../flows/flows.schema.js';
import type { MapEdge, MapNode } from '../service-map/service-map.schema.js';
import type {
  Change,
  ClientToServerEvents,
  DropsChange,
  DropsEvent,
  DropsQuestion,
  DropsSubscribed,
  EdgesEvent,
  EdgesQuestion,
  EdgesSubscribed,
  FlowsEvent,
  FlowsNews,
  FlowsQuestion,
  FlowsSubscribed,
  LiveError,
  LivePosition,
  LiveQuestion,
  MapChange,
  MapSnapshot,
  ServerToClientEvents,
  TroubleEvent,
  WaitingEvent,
} from './live-events.js';

export type LiveSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

export interface LiveOptions {
  /** Called when what the view holds has changed. `at` is when the server told it; null for what it began with. */
  onChange?: (at: string | null) => void;
  /** Called with what the server refuses, and with null when it answers. */
  onError?: (error: LiveError['error'] | null) => void;
}

/** Milliseconds. */
const ACK_TIMEOUT = 20_000;
const RETRY_AFTER = 2_000;

type Answer = LivePosition & { subscription: string };
type Event = { subscription: string; seq: number; prev: number; at: string };

interface Held {
  subscription: string | undefined;
}

/** Two views of one socket that ask the same question share a subscription, which ends with the last of them. */
const heldBy = new WeakMap<Socket, Set<Held>>();

/** One subscription: begun when the socket connects, and begun again where it was left after a gap or a cut. */
abstract class LiveView<Q extends LiveQuestion, A extends Answer, E extends Event> {
  readonly #socket: Socket;
  readonly #held: Held = { subscription: undefined };
  #position: LivePosition | undefined;
  /** Which asking is the last: answers to others come too late. */
  #round = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #isPaused = false;
  #isClosed = false;
  #waiting = 0;
  #trouble: TroubleEvent | undefined;
  readonly #handlers: (() => void)[] = [];

  constructor(
    socket: LiveSocket,
    readonly question: Q,
    private readonly options: LiveOptions = {},
  ) {
    this.#socket = socket;
    heldBy.set(socket, (heldBy.get(socket) ?? new Set()).add(this.#held));
    this.#on('connect', () => {
      this.#subscribe();
    });
    this.#on('disconnect', () => {
      this.#forget();
    });
    this.#on(question.view, (event: E) => {
      this.#hear(event);
    });
    this.#on('waiting', ({ subscription, count }: WaitingEvent) => {
      if (this.#isPaused && subscription === this.#held.subscription) this.#setWaiting(count);
    });
    this.#on('trouble', (event: TroubleEvent) => {
      this.#hearTrouble(event);
    });
    if (socket.connected) this.#subscribe();
  }

  #on(name: string, handler: (event: never) => void): void {
    const listener = handler as (event: unknown) => void;
    this.#socket.on(name, listener);
    this.#handlers.push(() => this.#socket.off(name, listener));
  }

  /** The number of the last stored flow that the view tells of; undefined before it begins. */
  get seq(): number | undefined {
    return this.#position?.seq;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** How many edges, flows or groups of drops wait while it is paused. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Why nothing comes, where the server says so. */
  get trouble(): TroubleEvent | undefined {
    return this.#trouble;
  }

  /** Nothing changes until `resume`; the server counts what waits. */
  pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#send('pause');
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#setWaiting(0);
    if (this.#held.subscription === undefined) this.#subscribe();
    else this.#send('resume');
  }

  close(): void {
    this.#isClosed = true;
    for (const off of this.#handlers) off();
    heldBy.get(this.#socket)?.delete(this.#held);
    this.#leave(this.#held.subscription);
    this.#forget();
  }

  /** Takes over what a subscription begins with. */
  protected abstract begin(answer: A): void;

  protected abstract apply(event: E): void;

  #send(request: 'unsubscribe' | 'pause' | 'resume', subscription = this.#held.subscription): void {
    if (subscription !== undefined && this.#socket.connected) this.#socket.emit(request, { subscription });
  }

  #leave(subscription: string | undefined): void {
    const others = [...(heldBy.get(this.#socket) ?? [])];
    if (!others.some((held) => held.subscription === subscription)) this.#send('unsubscribe', subscription);
  }

  #forget(): void {
    this.#round++;
    this.#held.subscription = undefined;
    clearTimeout(this.#retry);
  }

  #subscribe(): void {
    this.#forget();
    // What it holds must not change; it catches up when it is resumed.
    if (this.#isPaused && this.#position !== undefined) return;
    const round = this.#round;
    const request = { ...this.question, ...(this.#position && { resume: this.#position }) };
    this.#socket
      .timeout(ACK_TIMEOUT)
      .emitWithAck('subscribe', request)
      .then((answer: A | LiveError) => {
        if (round !== this.#round) this.#abandon(answer);
        else if ('error' in answer) this.#refused(answer);
        else this.#accept(answer);
      })
      .catch(() => {
        if (round === this.#round) this.#subscribeLater();
      });
  }

  #abandon(answer: A | LiveError): void {
    if (this.#isClosed && 'subscription' in answer) this.#leave(answer.subscription);
  }

  #accept(answer: A): void {
    const { subscription, epoch, seq } = answer;
    this.#held.subscription = subscription;
    this.#position = { epoch, seq };
    this.begin(answer);
    if (this.#isPaused) this.#send('pause');
    this.options.onError?.(null);
    this.options.onChange?.(null);
  }

  /** Another try makes sense where only the position can be what is wrong, or where the server is in trouble. */
  #refused({ error }: LiveError): void {
    const isPassing = ['unavailable', 'damaged', 'internal'].includes(error.code);
    if (isPassing || this.#position !== undefined) this.#subscribeLater();
    if (!isPassing) this.#position = undefined;
    this.options.onError?.(error);
  }

  #subscribeLater(): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      if (this.#socket.connected) this.#subscribe();
    }, RETRY_AFTER);
  }

  #hear(event: E): void {
    if (event.subscription !== this.#held.subscription || this.#position === undefined) return;
    if (event.prev !== this.#position.seq) {
      this.#subscribe();
      return;
    }
    this.#position = { ...this.#position, seq: event.seq };
    this.apply(event);
    this.options.onChange?.(event.at);
  }

  #setWaiting(count: number): void {
    if (count === this.#waiting) return;
    this.#waiting = count;
    this.options.onChange?.(null);
  }

  #hearTrouble(event: TroubleEvent): void {
    if (event.subscription !== undefined && event.subscription !== this.#held.subscription) return;
    this.#trouble = event.code === null ? undefined : event;
    this.options.onChange?.(null);
  }
}

/** A service map as a client holds it. Maps are replaced and never changed: whoever holds one holds that moment. */
export interface HeldMap {
  readonly nodes: ReadonlyMap<string, MapNode>;
  readonly edges: ReadonlyMap<string, MapEdge>;
}

export class LiveMap extends LiveView<EdgesQuestion, EdgesSubscribed, EdgesEvent> implements HeldMap {
  #map: HeldMap = { nodes: new Map(), edges: new Map() };

  constructor(socket: LiveSocket, question: Omit<EdgesQuestion, 'view'> = {}, options?: LiveOptions) {
    super(socket, { view: 'edges', ...question }, options);
  }

  get nodes(): HeldMap['nodes'] {
    return this.#map.nodes;
  }

  get edges(): HeldMap['edges'] {
    return this.#map.edges;
  }

  protected begin({ snapshot, changes }: EdgesSubscribed): void {
    if (snapshot !== undefined) this.#map = heldMap(snapshot);
    if (changes !== undefined) this.apply(changes);
  }

  protected apply({ nodes, edges }: MapChange): void {
    this.#map = { nodes: changed(this.nodes, nodes), edges: changed(this.edges, edges) };
  }
}

/** From a snapshot, or from what `GET /api/v1/map` says. */
export function heldMap({ nodes, edges }: MapSnapshot): HeldMap {
  return { nodes: byId(nodes), edges: byId(edges) };
}

/** The newest flows, in order of arrival. */
export class LiveFlows extends LiveView<FlowsQuestion, FlowsSubscribed, FlowsEvent> {
  #records: readonly FlowRecord[] = [];
  #skipped = 0;
  #hasUnknownGap = false;

  constructor(
    socket: LiveSocket,
    question: Omit<FlowsQuestion, 'view'> = {},
    options?: LiveOptions,
    /** Older ones are let go. */
    private readonly most = 1_000,
  ) {
    super(socket, { view: 'flows', ...question }, options);
  }

  get records(): readonly FlowRecord[] {
    return this.#records;
  }

  /** Flows that matched and were not told, as they were too many. */
  get skipped(): number {
    return this.#skipped;
  }

  /** The server was started anew meanwhile: what came until then is not known. */
  get hasUnknownGap(): boolean {
    return this.#hasUnknownGap;
  }

  protected begin(answer: FlowsSubscribed): void {
    // What is held already comes again with `last`.
    if (answer.skipped === null && this.question.last !== undefined) this.#records = [];
    this.apply(answer);
  }

  protected apply({ records, skipped }: FlowsNews): void {
    this.#records = [...this.#records, ...records].slice(-this.most);
    if (skipped === null) this.#hasUnknownGap = true;
    else this.#skipped += skipped;
  }
}

/** Drops by cause. */
export class LiveDrops extends LiveView<DropsQuestion, DropsSubscribed, DropsEvent> {
  #groups: ReadonlyMap<string, DropGroup> = new Map();
  #drops = 0;
  #groupsLeftOut = 0;

  constructor(socket: LiveSocket, question: Omit<DropsQuestion, 'view'> = {}, options?: LiveOptions) {
    super(socket, { view: 'drops', ...question }, options);
  }

  /** By id. */
  get groups(): ReadonlyMap<string, DropGroup> {
    return this.#groups;
  }

  /** All drops that pass the filter. */
  get drops(): number {
    return this.#drops;
  }

  get groupsLeftOut(): number {
    return this.#groupsLeftOut;
  }

  protected begin({ snapshot, changes }: DropsSubscribed): void {
    if (snapshot !== undefined) {
      this.#groups = new Map();
      this.apply({ ...snapshot, groups: { upsert: snapshot.groups, remove: [] } });
    }
    if (changes !== undefined) this.apply(changes);
  }

  protected apply({ groups, drops, groupsLeftOut }: DropsChange): void {
    this.#groups = changed(this.#groups, groups);
    this.#drops = drops;
    this.#groupsLeftOut = groupsLeftOut;
  }
}

function byId<T extends { id: string }>(items: readonly T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

/** Values are absolute, so applying a change twice does no harm. */
function changed<T extends { id: string }>(
  held: ReadonlyMap<string, T>,
  { upsert, remove }: Change<T>,
): ReadonlyMap<string, T> {
  if (upsert.length === 0 && remove.length === 0) return held;
  const next = new Map(held);
  for (const id of remove) next.delete(id);
  for (const item of upsert) next.set(item.id, item);
  return next;
}
