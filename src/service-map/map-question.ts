import { FlowatlasError } from '../domain/errors.js';
import type { Filter } from '../domain/filter/filter.js';
import { always } from '../domain/filter/window.js';
import type { CoarseSums } from '../domain/service-map/coarse-sums.js';
import { Foretold } from '../domain/service-map/foretold.js';
import type { Grain } from '../domain/service-map/grain.js';
import { ServiceMap } from '../domain/service-map/service-map.js';
import type { Tally } from '../domain/service-map/tally.js';
import type { Viewer } from '../domain/viewer.js';
import { LiveQuestion, type Beginning, type Opening, type Position } from '../feed/live-question.js';
import { Versions } from '../feed/versions.js';
import { inTurns } from '../query/in-turns.js';
import type { FlowStore } from '../store/flow-store.js';
import { mapOfSums, placeSums, readMap } from './read-map.js';

/** Flows that are added up before their sums are placed: the more, the fewer sums of the same. */
const STEP = 1 << 16;
/** Edges of a map that anybody begins to listen to: 30 MB in one message, which their browser has to hold as well. */
const MOST_EDGES = 50_000;

/** The map of all flows that pass a filter, at one grain, kept up to date. */
export class MapQuestion extends LiveQuestion {
  /** What the store had removed when the map was made. */
  #removals: number | undefined;
  #map: ServiceMap;
  /** Made of sums, as long as those may stand for flows; else of tallies. */
  #isAdded = false;
  #foretold = new Foretold();
  /** Sums are placed a few at a time: until all are, what they touched is of no position. */
  #isPlacing = false;
  readonly #nodes = new Versions((id) => jsonOf(this.#map.node(id)));
  readonly #edges = new Versions((id) => jsonOf(this.#map.edge(id)));

  constructor(
    private readonly store: FlowStore,
    private readonly viewer: Viewer,
    private readonly grain: Grain,
    private readonly filter: Filter,
    private readonly mostEdges = MOST_EDGES,
  ) {
    super();
    this.#map = new ServiceMap(grain);
  }

  get map(): ServiceMap {
    return this.#map;
  }

  get parts(): number {
    return this.#edges.size;
  }

  protected async readOn(): Promise<void> {
    const { removals } = this.store.removed();
    if (removals !== this.#removals) {
      const isFirst = this.#removals === undefined;
      // What is added up does not tell what to take off of it, so it is made again of what is left.
      this.#isAdded = this.grain.isCoarse;
      await this.#rebuild(new ServiceMap(this.grain));
      this.#removals = removals;
      if (!isFirst) this.beginEpoch();
      return;
    }
    const holds = await (this.#isAdded ? this.#addSums() : this.#addTallies());
    if (holds) this.#noteTouched();
    else await this.#rebuild(this.#map.again());
  }

  /** False when a guess turned out wrong. */
  async #addSums(): Promise<boolean> {
    const last = this.store.summary().lastSeq;
    while (this.seq < last) {
      const upTo = Math.min(this.seq + STEP, last);
      const sums = await this.store.sums(this.viewer, { ...this.#everything(this.seq), upTo });
      this.#isAdded = this.#foretold.add(sums.pods);
      if (!this.#isAdded) return false;
      if (!(await this.#place(sums, upTo))) return false;
    }
    return true;
  }

  /** False when a guess turned out wrong. */
  async #place(sums: CoarseSums, upTo: number): Promise<boolean> {
    this.#isPlacing = true;
    try {
      const holds = await placeSums(sums, this.#map, { turn: this.turn });
      if (holds) this.reach(upTo);
      return holds;
    } finally {
      this.#isPlacing = false;
    }
  }

  /** False when a guess turned out wrong. */
  async #addTallies(): Promise<boolean> {
    for await (const { tallies, upTo } of this.#tallies(this.seq)) {
      if (!this.#map.apply(tallies)) return false;
      this.reach(upTo);
    }
    return true;
  }

  #tallies(afterSeq: number): AsyncIterable<{ tallies: Tally[]; upTo: number }> {
    return this.store.tallies(this.viewer, this.#everything(afterSeq));
  }

  #everything(afterSeq: number) {
    return { filter: this.filter, window: always, afterSeq, turn: this.turn };
  }

  /** `empty` may know what was learned of sums. */
  async #read(empty: ServiceMap): Promise<{ map: ServiceMap; seq: number }> {
    if (this.#isAdded) {
      const sums = await this.store.sums(this.viewer, this.#everything(0));
      this.#foretold = new Foretold();
      this.#isAdded = this.#foretold.add(sums.pods);
      if (this.#isAdded) return { map: await mapOfSums(sums, empty, { turn: this.turn }), seq: sums.upTo };
    }
    return readMap(this.grain.isCoarse ? new ServiceMap(this.grain) : empty, () => this.#tallies(0));
  }

  /** From all that is held: nodes may merge and edges turn round, so everything counts as changed. */
  async #rebuild(empty: ServiceMap): Promise<void> {
    const { map, seq } = await this.#read(empty);
    const before = this.#map;
    this.#map = map;
    this.reach(Math.max(this.seq, seq));
    this.#noteTouched();
    for (const id of before.nodeIds()) if (map.node(id) === undefined) this.#nodes.remove(id, this.seq);
    for (const id of before.edgeIds()) if (map.edge(id) === undefined) this.#edges.remove(id, this.seq);
  }

  #noteTouched(): void {
    if (this.#isPlacing) return;
    const touched = this.#map.takeTouched();
    for (const id of touched.nodes) this.#nodes.change(id, this.seq);
    for (const id of touched.edges) this.#edges.change(id, this.seq);
  }

  async open({ resume }: Beginning): Promise<Opening> {
    const { position } = this;
    if (resume?.epoch === position.epoch && resume.seq <= position.seq)
      return { position, json: `{"changes":${this.newsSince(resume)}}` };
    return this.refreshed(() => this.#snapshot());
  }

  async #snapshot(): Promise<Opening> {
    this.#noteTouched();
    const { position } = this;
    this.#refuseTooLarge();
    const nodes = await inTurns(this.#nodes.all());
    const edges = await inTurns(this.#edges.all());
    return { position, json: `{"snapshot":{"nodes":${nodes},"edges":${edges}}}` };
  }

  /** Of those that are told. */
  #refuseTooLarge(): void {
    const edges = this.#edges.size <= this.mostEdges ? 0 : this.#map.edgeIds().length;
    if (edges > this.mostEdges)
      throw tooLarge(`the map has ${edges} edges, and a live one begins with`, this.mostEdges);
  }

  /** The same of what one event would tell: after a change of epoch, of everything. */
  #refuseTooMuch(seq: number): void {
    if (this.#edges.size <= this.mostEdges) return;
    const edges = Math.min(this.#map.edgeIds().length, this.#edges.changedSince(seq));
    if (edges > this.mostEdges)
      throw tooLarge(`${edges} edges changed, and a live map tells of`, this.mostEdges);
  }

  newsSince(position: Position): string {
    const seq = this.#since(position);
    this.#refuseTooMuch(seq);
    return `{"nodes":${this.#nodes.since(seq)},"edges":${this.#edges.since(seq)}}`;
  }

  /** Edges, as what changes of a node changes of its edges. */
  waitingSince(position: Position): number {
    return this.#edges.countSince(this.#since(position));
  }

  /** Since a position of an earlier epoch, everything changed. It may be asked while more is read. */
  #since({ epoch, seq }: Position): number {
    this.#noteTouched();
    return epoch === this.epoch ? seq : -1;
  }

  protected rest(): void {
    this.#nodes.forgetTexts();
    this.#edges.forgetTexts();
  }
}

function tooLarge(what: string, most: number): FlowatlasError {
  return new FlowatlasError(
    'invalid_parameter',
    `level: ${what} at most ${most}: choose a coarser level or a filter; GET /api/v1/map tells larger maps, and folds them (max-nodes, max-edges)`,
    'level',
  );
}

function jsonOf(part: object | undefined): string | undefined {
  return part && JSON.stringify(part);
}
