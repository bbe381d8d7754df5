import { randomUUID } from 'node:crypto';
import type { Filter } from '../domain/filter/filter.js';
import { always } from '../domain/filter/window.js';
import { ServiceMap, type MapEdge, type MapNode } from '../domain/service-map/service-map.js';
import type { Tally } from '../domain/service-map/tally.js';
import type { Viewer } from '../domain/viewer.js';
import type { FlowStore } from '../store/flow-store.js';
import { readMap } from './read-map.js';
import type { Level } from './service-map.schema.js';

interface Change {
  nodes: { upsert: MapNode[]; remove: string[] };
  edges: { upsert: MapEdge[]; remove: string[] };
}

/**
 * The answer to one question, kept up to date: the map of all flows that pass a filter, at one
 * level. It remembers at which flow each node and edge last changed, so it can tell anybody what
 * changed since any flow, and needs nothing for those who listen.
 */
export class MapQuestion {
  /** Of this object, as long as it lives. */
  readonly id = randomUUID();
  /** A position is only good within one: it ends with a restart, and when flows were removed. */
  #epoch: string = randomUUID();
  /** What the store had removed when the map was made. */
  #removals: number | undefined;
  #map: ServiceMap;
  /** The last stored flow that the map includes. */
  #seq = 0;
  readonly #nodes = new Map<string, number>();
  readonly #edges = new Map<string, number>();
  readonly #removedNodes = new Map<string, number>();
  readonly #removedEdges = new Map<string, number>();
  #refreshing: Promise<void> | undefined;

  constructor(
    private readonly store: FlowStore,
    private readonly viewer: Viewer,
    readonly level: Level,
    private readonly filter: Filter,
  ) {
    this.#map = new ServiceMap(level);
  }

  get epoch(): string {
    return this.#epoch;
  }

  get seq(): number {
    return this.#seq;
  }

  get map(): ServiceMap {
    return this.#map;
  }

  /** Reads on until nothing more is on disk. Those who ask while it reads wait for a reading of their own. */
  async refresh(): Promise<void> {
    while (this.#refreshing !== undefined) await this.#refreshing;
    this.#refreshing = this.#readOn().finally(() => {
      this.#refreshing = undefined;
    });
    await this.#refreshing;
  }

  async #readOn(): Promise<void> {
    const { removals } = this.store.removed();
    this.#removals ??= removals;
    if (removals !== this.#removals) {
      // Sums do not tell what to take off of them, so they are made again of what is left.
      await this.#rebuild(new ServiceMap(this.level));
      this.#removals = removals;
      this.#epoch = randomUUID();
      return;
    }
    for await (const { tallies, upTo } of this.#tallies(this.#seq)) {
      if (!this.#map.apply(tallies)) {
        await this.#rebuild(this.#map.again());
        return;
      }
      this.#seq = upTo;
    }
    this.#noteTouched();
  }

  #tallies(afterSeq: number): AsyncIterable<{ tallies: Tally[]; upTo: number }> {
    return this.store.tallies(this.viewer, { filter: this.filter, window: always, afterSeq });
  }

  /** From all that is held: nodes may merge and edges turn round, so everything counts as changed. */
  async #rebuild(empty: ServiceMap): Promise<void> {
    const { map, seq } = await readMap(empty, () => this.#tallies(0));
    const before = this.#map;
    this.#map = map;
    this.#seq = Math.max(this.#seq, seq);
    this.#noteTouched();
    for (const id of before.nodeIds()) if (this.#map.node(id) === undefined) this.#removeNode(id);
    for (const id of before.edgeIds()) if (this.#map.edge(id) === undefined) this.#removeEdge(id);
  }

  #noteTouched(): void {
    const touched = this.#map.takeTouched();
    for (const id of touched.nodes) {
      this.#nodes.set(id, this.#seq);
      this.#removedNodes.delete(id);
    }
    for (const id of touched.edges) {
      this.#edges.set(id, this.#seq);
      this.#removedEdges.delete(id);
    }
  }

  #removeNode(id: string): void {
    this.#nodes.delete(id);
    this.#removedNodes.set(id, this.#seq);
  }

  #removeEdge(id: string): void {
    this.#edges.delete(id);
    this.#removedEdges.set(id, this.#seq);
  }

  /** Since a position of an earlier epoch, everything changed. */
  changesSince(position: number, epoch = this.#epoch): Change {
    // It may be asked while more is read.
    this.#noteTouched();
    const seq = epoch === this.#epoch ? position : -1;
    return {
      nodes: {
        upsert: newerThan(this.#nodes, seq).flatMap((id) => this.#map.node(id) ?? []),
        remove: newerThan(this.#removedNodes, seq),
      },
      edges: {
        upsert: newerThan(this.#edges, seq).flatMap((id) => this.#map.edge(id) ?? []),
        remove: newerThan(this.#removedEdges, seq),
      },
    };
  }
}

function newerThan(versions: ReadonlyMap<string, number>, seq: number): string[] {
  const ids: string[] = [];
  for (const [id, version] of versions) if (version > seq) ids.push(id);
  return ids;
}
