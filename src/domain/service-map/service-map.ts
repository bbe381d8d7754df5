import { createHash } from 'node:crypto';
import { MultiDirectedGraph } from 'graphology';
import type { Endpoint } from '../flow/flow.js';
import { identify, type Level, type NodeIdentity } from '../flow/node-identity.js';
import { formatTimestamp } from '../flow/timestamp.js';
import { counterOf, type Counters } from './counters.js';
import { EdgeState } from './edge-state.js';
import { Lore } from './lore.js';
import { NodeState } from './node-state.js';
import type { Tally } from './tally.js';

/** A node as told to clients; times are RFC 3339. */
export interface MapNode extends NodeIdentity {
  labels: string[];
  firstSeen: string;
  lastSeen: string;
  /** Dropped on all edges from and to it. */
  drops: number;
}

export interface MapEdge {
  id: string;
  /** The client's node. */
  source: string;
  /** The server's node. */
  target: string;
  protocol: string;
  port: number | null;
  verdicts: Record<string, number>;
  dropReasons: Record<string, number>;
  points: Record<string, number>;
  firstSeen: string;
  lastSeen: string;
  http?: NonNullable<ReturnType<EdgeState['http']>>;
  dns?: NonNullable<ReturnType<EdgeState['dns']>>;
  policies?: { allowedBy: string[]; deniedBy: string[] };
  oneSided?: true;
  inferred?: string[];
}

/**
 * Who talks to whom, who is kept from it: the graph of clients and servers, at one level. Tallies
 * may come in any order and any split. Every node and edge touched since the last call of
 * `takeTouched` is remembered, so that a change can be told without comparing whole maps.
 */
export class ServiceMap {
  readonly #graph = new MultiDirectedGraph<{ state: NodeState }, { state: EdgeState }>();
  readonly #lore = new Lore();
  /** Sockets whose record lacks the server's port: they belong to the pair's edge if it has only one. */
  readonly #portlessSockets = new Map<string, Counters>();
  readonly #edgeIds = new Map<string, string>();
  #touchedNodes = new Set<string>();
  #touchedEdges = new Set<string>();
  #oldest: bigint | undefined;
  #newest: bigint | undefined;

  constructor(readonly level: Level) {}

  static of(tallies: readonly Tally[], level: Level): ServiceMap {
    const map = new ServiceMap(level);
    map.#lore.learn(tallies);
    for (const tally of tallies) map.#place(tally);
    return map;
  }

  /**
   * Adds what was newly seen. False when it proves an earlier guess wrong (a pod's workload, a
   * direction): the map must then be built again from all tallies.
   */
  apply(tallies: readonly Tally[]): boolean {
    const holds = this.#lore.learn(tallies);
    for (const tally of tallies) this.#place(tally);
    return holds;
  }

  get oldest(): bigint | undefined {
    return this.#oldest;
  }

  get newest(): bigint | undefined {
    return this.#newest;
  }

  nodeIds(): string[] {
    return this.#graph.filterNodes((id) => this.#isShown(id));
  }

  edgeIds(): string[] {
    return this.#graph.filterEdges((_, { state }) => state.made);
  }

  nodes(): MapNode[] {
    return this.nodeIds()
      .sort()
      .map((id) => this.#renderNode(id));
  }

  edges(): MapEdge[] {
    return this.edgeIds()
      .sort()
      .map((id) => this.#renderEdge(id));
  }

  node(id: string): MapNode | undefined {
    return this.#graph.hasNode(id) && this.#isShown(id) ? this.#renderNode(id) : undefined;
  }

  edge(id: string): MapEdge | undefined {
    return this.#graph.hasEdge(id) && this.#edgeState(id).made ? this.#renderEdge(id) : undefined;
  }

  /** Numbers of some of the newest flows of an edge. */
  examplesOf(edge: string): readonly number[] {
    return this.#edgeState(edge).examples;
  }

  takeTouched(): { nodes: Set<string>; edges: Set<string> } {
    const touched = { nodes: this.#touchedNodes, edges: this.#touchedEdges };
    this.#touchedNodes = new Set();
    this.#touchedEdges = new Set();
    return touched;
  }

  #place(tally: Tally): void {
    const { side, guessed } = this.#lore.client(tally);
    const clientIsSource = side === 'source';
    const source = this.#node(tally, clientIsSource ? 'source' : 'destination');
    const target = this.#node(tally, clientIsSource ? 'destination' : 'source');
    const port = clientIsSource ? tally.destinationPort : tally.sourcePort;
    const counter = counterOf(tally);
    if (counter.startsWith('trace-sock') && port === 0) {
      this.#placePortlessSocket(pairKey(source, target, tally.traits.protocol), counter, tally.weight);
      return;
    }
    const edge = this.#edge(source, target, tally.traits.protocol, port);
    const wasMade = edge.made;
    edge.add(tally, guessed);
    this.#touchEdge(edge.id);
    if (!counter.startsWith('trace-sock')) this.#widen(tally);
    // A second edge of a pair takes the portless sockets away from the first.
    if (edge.made && !wasMade) this.#touchPair(source, target);
  }

  #widen({ first, last }: Tally): void {
    if (this.#oldest === undefined || first < this.#oldest) this.#oldest = first;
    if (this.#newest === undefined || last > this.#newest) this.#newest = last;
  }

  #node(tally: Tally, side: 'source' | 'destination'): string {
    const endpoint: Endpoint = tally[side];
    const workload = this.#lore.workloadNode(endpoint);
    const identity =
      this.level === 'workload' ? workload : identify(endpoint, this.level, this.#lore.workloadOfPod);
    if (!this.#graph.hasNode(identity.id)) {
      this.#graph.addNode(identity.id, { state: new NodeState(identity) });
    }
    if (!counterOf(tally).startsWith('trace-sock')) {
      this.#graph.getNodeAttribute(identity.id, 'state').add(endpoint, tally.first, tally.last);
    }
    return identity.id;
  }

  #edge(source: string, target: string, protocol: string, port: number): EdgeState {
    const id = this.#edgeId(source, target, protocol, port);
    if (this.#graph.hasEdge(id)) return this.#edgeState(id);
    const state = new EdgeState(id, protocol, port);
    this.#graph.addDirectedEdgeWithKey(id, source, target, { state });
    return state;
  }

  #edgeId(source: string, target: string, protocol: string, port: number): string {
    const key = `${pairKey(source, target, protocol)}\n${port}`;
    let id = this.#edgeIds.get(key);
    if (id === undefined) this.#edgeIds.set(key, (id = hashId(key)));
    return id;
  }

  #placePortlessSocket(pair: string, counter: string, weight: number): void {
    const counters = this.#portlessSockets.get(pair) ?? new Map<string, number>();
    counters.set(counter, (counters.get(counter) ?? 0) + weight);
    this.#portlessSockets.set(pair, counters);
    const [source = '', target = ''] = pair.split('\n');
    this.#touchPair(source, target);
  }

  #touchPair(source: string, target: string): void {
    for (const edge of this.#graph.directedEdges(source, target)) this.#touchEdge(edge);
  }

  #touchEdge(id: string): void {
    this.#touchedEdges.add(id);
    for (const node of this.#graph.extremities(id)) this.#touchedNodes.add(node);
  }

  #edgeState(id: string): EdgeState {
    return this.#graph.getEdgeAttribute(id, 'state');
  }

  #isShown(node: string): boolean {
    return this.#graph.someEdge(node, (_, { state }) => state.made);
  }

  #socketsOf(id: string): Counters | undefined {
    const source = this.#graph.source(id);
    const target = this.#graph.target(id);
    const { protocol } = this.#edgeState(id);
    const sockets = this.#portlessSockets.get(pairKey(source, target, protocol));
    if (sockets === undefined) return undefined;
    const rivals = this.#graph.filterDirectedEdges(
      source,
      target,
      (_, { state }) => state.made && state.protocol === protocol,
    );
    return rivals.length === 1 ? sockets : undefined;
  }

  #renderEdge(id: string): MapEdge {
    const state = this.#edgeState(id);
    const points = state.points(this.#socketsOf(id));
    const { verdicts, dropReasons, oneSided } = state.headline(points);
    const http = state.http();
    const dns = state.dns();
    const policies = state.policies();
    return {
      id,
      source: this.#graph.source(id),
      target: this.#graph.target(id),
      protocol: state.protocol || 'unknown',
      port: state.port === 0 ? null : state.port,
      verdicts,
      dropReasons,
      points: Object.fromEntries([...points].sort(([a], [b]) => (a < b ? -1 : 1))),
      firstSeen: formatTimestamp(state.first),
      lastSeen: formatTimestamp(state.last),
      ...(http && { http }),
      ...(dns && { dns }),
      ...(policies && { policies }),
      ...(oneSided && { oneSided }),
      ...(state.inferredDirection && { inferred: ['direction'] }),
    };
  }

  #renderNode(id: string): MapNode {
    const { identity, labels, first, last } = this.#graph.getNodeAttribute(id, 'state');
    return {
      ...identity,
      labels: [...labels],
      firstSeen: formatTimestamp(first),
      lastSeen: formatTimestamp(last),
      drops: this.#dropsOf(id),
    };
  }

  #dropsOf(node: string): number {
    return this.#graph.reduceEdges(
      node,
      (sum: number, edge, { state }) =>
        state.made
          ? sum + (state.headline(state.points(this.#socketsOf(edge))).verdicts['dropped'] ?? 0)
          : sum,
      0,
    );
  }
}

function pairKey(source: string, target: string, protocol: string): string {
  return `${source}\n${target}\n${protocol}`;
}

/** Short enough for a URL; the same edge has the same id in every map and after every restart. */
function hashId(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 20);
}
