import { MultiDirectedGraph } from 'graphology';
import type { Endpoint, Flow, Side } from '../flow/flow.js';
import { identify, shownAs, type MapLevel, type NodeIdentity } from '../flow/node-identity.js';
import type { LatencySummary } from '../latencies.js';
import { atOnce, type Steps } from '../steps.js';
import { sortedById } from './by-id.js';
import type { LabelledEnd } from './coarse-sums.js';
import type { TcpSummary } from './connections.js';
import { counterOf } from './counter.js';
import { lookAt, renderEdge, renderNode, spanOf, type Sight, type Span } from './drawing.js';
import { edgeId } from './edge-id.js';
import { EdgeState, type Ends } from './edge-state.js';
import { Grain } from './grain.js';
import type { L7Summary } from './l7-summary.js';
import { Lore } from './lore.js';
import { NodeState, type NameConfidence } from './node-state.js';
import { PortNumbers } from './port-numbers.js';
import type { Tally } from './tally.js';

/** A node as told to clients; times are RFC 3339. */
export interface MapNode extends NodeIdentity {
  /** Of nodes with a DNS name. */
  nameConfidence?: NameConfidence;
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
  http?: Http;
  dns?: Dns;
  latency?: LatencySummary;
  tcp?: TcpSummary;
  /** Of the flows that trace events told. */
  encrypted?: { flows: number; of: number };
  /** Policy verdicts by kind of authentication. */
  auth?: Record<string, number>;
  policies?: { allowedBy: string[]; deniedBy: string[] };
  oneSided?: true;
  inferred?: string[];
}

/** What is told of a map at one moment, by ids. */
export interface DrawnMap {
  nodes: MapNode[];
  edges: MapEdge[];
  /** Undefined where there is none. */
  span: Span | undefined;
}

type Http = NonNullable<ReturnType<L7Summary['http']>>;
type Dns = NonNullable<ReturnType<L7Summary['dns']>>;

/**
 * Who talks to whom, who is kept from it: the graph of clients and servers, at one grain. Tallies
 * may come in any order and any split. Every node and edge touched since the last call of
 * `takeTouched` is remembered, so that a change can be told without comparing whole maps.
 */
export class ServiceMap {
  readonly #graph = new MultiDirectedGraph<{ state: NodeState }, { state: EdgeState }>();
  readonly #grain: Grain;
  readonly #lore: Lore;
  readonly #ports = new PortNumbers();
  readonly #endpoints = new WeakMap<Endpoint, { node: NodeState; learned: boolean }>();
  #touched = new Set<EdgeState>();
  #holds = true;
  #labelsApart = false;

  constructor(grain: Grain | MapLevel, lore = new Lore()) {
    this.#grain = Grain.of(grain);
    this.#lore = lore;
  }

  /** With the ends of coarse tallies apart. */
  static of(tallies: Iterable<Tally>, grain: Grain | MapLevel, ends?: readonly LabelledEnd[]): ServiceMap {
    const map = new ServiceMap(grain);
    const all = [...tallies];
    map.#lore.learn(all);
    if (ends !== undefined) map.labelEnds(ends);
    for (const tally of all) map.#place(tally);
    return map;
  }

  /**
   * Adds what was newly seen. False when it proves an earlier guess wrong (a pod's workload, a
   * direction): the map must then be built `again` from all tallies, and places nothing any more.
   */
  apply(tallies: readonly Tally[]): boolean {
    this.#holds = this.#lore.learn(tallies) && this.#holds;
    if (this.#holds) for (const tally of tallies) this.#place(tally);
    return this.#holds;
  }

  /** From now on labels of nodes are those of the ends alone that are named here; of coarse tallies they are nobody's. */
  labelEnds(ends: readonly LabelledEnd[]): void {
    this.#labelsApart = true;
    for (const { endpoint, labels } of ends)
      if (labels !== undefined) this.#node(endpoint, false).learn(labels);
  }

  /** An empty map that knows what this one has learned, so it guesses less. */
  again(): ServiceMap {
    return new ServiceMap(this.#grain, this.#lore.again());
  }

  nodeIds(): string[] {
    return this.#graph.filterNodes((id) => this.#isShown(id));
  }

  edgeIds(): string[] {
    return this.#graph.filterEdges((_, { state }) => state.made);
  }

  /** All that is told of it. Nothing may be added before this is done. */
  *draw(): Steps<DrawnMap> {
    const made: EdgeState[] = [];
    for (const { attributes } of this.#graph.edgeEntries()) {
      if (attributes.state.made) made.push(attributes.state);
      yield;
    }
    const sights = new Map<NodeState, Sight>();
    const edges: MapEdge[] = [];
    for (const edge of yield* sortedById(made)) {
      edges.push(renderEdge(edge));
      lookAt(sights, edge);
      yield;
    }
    const nodes: MapNode[] = [];
    for (const [node, sight] of sights) {
      nodes.push(renderNode(node, sight));
      yield;
    }
    return { nodes: yield* sortedById(nodes), edges, span: spanOf(sights.values()) };
  }

  nodes(): MapNode[] {
    return atOnce(this.draw()).nodes;
  }

  edges(): MapEdge[] {
    return atOnce(this.draw()).edges;
  }

  /** A node lives as long as its edges do; without one it is not shown. */
  node(id: string): MapNode | undefined {
    if (!this.#graph.hasNode(id)) return undefined;
    const sights = new Map<NodeState, Sight>();
    this.#graph.forEachEdge(id, (_, { state }) => {
      if (state.made) lookAt(sights, state);
    });
    const state = this.#graph.getNodeAttribute(id, 'state');
    const sight = sights.get(state);
    return sight && renderNode(state, sight);
  }

  edge(id: string): MapEdge | undefined {
    const state = this.#madeEdge(id);
    return state && renderEdge(state);
  }

  /** Which flows lie between the nodes of an edge, either way: all that the edge is made of are among them. */
  isBetween({ source, target }: MapEdge): (flow: Pick<Flow, Side>) => boolean {
    const known = new WeakMap<Endpoint, string>();
    const idOf = (endpoint: Endpoint): string => {
      let id = known.get(endpoint);
      if (id === undefined) known.set(endpoint, (id = this.#told(endpoint).id));
      return id;
    };
    return (flow) => {
      const from = idOf(flow.source);
      if (from !== source && from !== target) return false;
      const to = idOf(flow.destination);
      return (from === source && to === target) || (from === target && to === source);
    };
  }

  /** Whether a tally of flows between the nodes of an edge adds to this one. */
  isOf({ source, target, protocol, port }: MapEdge, tally: Tally): boolean {
    const isForward = this.#lore.client(tally).side === 'source';
    const [client, server] = isForward
      ? [tally.source, tally.destination]
      : [tally.destination, tally.source];
    return (
      (tally.traits.protocol || 'unknown') === protocol &&
      (isForward ? tally.destinationPort : tally.sourcePort) === (port ?? 0) &&
      this.#told(client).id === source &&
      this.#told(server).id === target
    );
  }

  /** Times of the first and the last flow of an edge. */
  spanOf(edge: string): Span {
    const { first, last } = this.#edgeState(edge);
    return { oldest: first, newest: last };
  }

  takeTouched(): { nodes: Set<string>; edges: Set<string> } {
    const nodes = new Set<string>();
    const edges = new Set<string>();
    for (const { id, ends } of this.#touched) {
      edges.add(id);
      nodes.add(ends.source.identity.id).add(ends.target.identity.id);
    }
    this.#touched = new Set();
    return { nodes, edges };
  }

  #place(tally: Tally): void {
    const { side, guessed } = this.#lore.client(tally);
    const clientIsSource = side === 'source';
    const counter = counterOf(tally);
    const seen = !counter.isSocket;
    const source = this.#node(clientIsSource ? tally.source : tally.destination, seen);
    const target = this.#node(clientIsSource ? tally.destination : tally.source, seen);
    const port = clientIsSource ? tally.destinationPort : tally.sourcePort;
    const pair = source.pairWith(target);
    const { protocol } = tally.traits;
    if (!seen && port === 0) {
      pair.addSockets(protocol, counter, tally.weight);
      this.#touchAll(pair.edgesWithSockets());
      return;
    }
    const number = this.#ports.of(protocol, port);
    const edge = pair.edge(number) ?? this.#addEdge({ source, target, pair }, number, protocol, port);
    const wasMade = edge.made;
    edge.add(tally, counter, guessed);
    this.#touched.add(edge);
    // A second edge of a pair takes the portless sockets away from the first.
    if (edge.made && !wasMade) this.#touchAll(pair.edgesWithSockets());
  }

  #touchAll(edges: Iterable<EdgeState>): void {
    for (const edge of edges) this.#touched.add(edge);
  }

  /** Sockets tell nothing of the node itself. */
  #node(endpoint: Endpoint, seen: boolean): NodeState {
    let known = this.#endpoints.get(endpoint);
    if (known === undefined) {
      this.#endpoints.set(endpoint, (known = { node: this.#newNode(endpoint), learned: false }));
      known.node.meet(endpoint);
    }
    if (seen && !known.learned && !this.#labelsApart) {
      known.learned = true;
      // A masked record has no labels; that says nothing about the others'.
      const { labels } = shownAs(endpoint);
      if (labels.length > 0) known.node.learn(labels);
    }
    return known.node;
  }

  #newNode(endpoint: Endpoint): NodeState {
    const identity = this.#identityOf(endpoint);
    if (!this.#graph.hasNode(identity.id)) {
      this.#graph.addNode(identity.id, { state: new NodeState(identity) });
    }
    return this.#graph.getNodeAttribute(identity.id, 'state');
  }

  #identityOf(endpoint: Endpoint): NodeIdentity {
    const lore = this.#lore;
    return this.#grain.nodeOf(endpoint, (level) =>
      level === 'workload' ? lore.workloadNode(endpoint) : identify(endpoint, level, lore.workloadOfPod),
    );
  }

  /** The same without noting that anything was asked. */
  #told(endpoint: Endpoint): NodeIdentity {
    return this.#grain.nodeOf(endpoint, (level) => identify(endpoint, level, this.#lore.workloadOfPod));
  }

  #addEdge(ends: Ends, number: number, protocol: string, port: number): EdgeState {
    const source = ends.source.identity.id;
    const target = ends.target.identity.id;
    const id = edgeId(source, target, protocol, port);
    const state = new EdgeState(id, protocol, port, ends);
    ends.pair.add(number, state);
    this.#graph.addDirectedEdgeWithKey(id, source, target, { state });
    return state;
  }

  #edgeState(id: string): EdgeState {
    return this.#graph.getEdgeAttribute(id, 'state');
  }

  #isShown(node: string): boolean {
    return this.#graph.someEdge(node, (_, { state }) => state.made);
  }

  #madeEdge(id: string): EdgeState | undefined {
    const state = this.#graph.hasEdge(id) ? this.#edgeState(id) : undefined;
    return state?.made ? state : undefined;
  }
}
