import type { Filter } from '../domain/filter/filter.js';
import { always } from '../domain/filter/window.js';
import { ServiceMap } from '../domain/service-map/service-map.js';
import type { Tally } from '../domain/service-map/tally.js';
import type { Viewer } from '../domain/viewer.js';
import { LiveQuestion, type Beginning, type Opening, type Position } from '../feed/live-question.js';
import { Versions } from '../feed/versions.js';
import type { FlowStore } from '../store/flow-store.js';
import { readMap } from './read-map.js';
import type { Level } from './service-map.schema.js';

/** The map of all flows that pass a filter, at one level, kept up to date. */
export class MapQuestion extends LiveQuestion {
  /** What the store had removed when the map was made. */
  #removals: number | undefined;
  #map: ServiceMap;
  readonly #nodes = new Versions((id) => jsonOf(this.#map.node(id)));
  readonly #edges = new Versions((id) => jsonOf(this.#map.edge(id)));

  constructor(
    private readonly store: FlowStore,
    private readonly viewer: Viewer,
    readonly level: Level,
    private readonly filter: Filter,
  ) {
    super();
    this.#map = new ServiceMap(level);
  }

  get map(): ServiceMap {
    return this.#map;
  }

  protected async readOn(): Promise<void> {
    const { removals } = this.store.removed();
    this.#removals ??= removals;
    if (removals !== this.#removals) {
      // Sums do not tell what to take off of them, so they are made again of what is left.
      await this.#rebuild(new ServiceMap(this.level));
      this.#removals = removals;
      this.beginEpoch();
      return;
    }
    for await (const { tallies, upTo } of this.#tallies(this.seq)) {
      if (!this.#map.apply(tallies)) {
        await this.#rebuild(this.#map.again());
        return;
      }
      this.reach(upTo);
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
    this.reach(Math.max(this.seq, seq));
    this.#noteTouched();
    for (const id of before.nodeIds()) if (map.node(id) === undefined) this.#nodes.remove(id, this.seq);
    for (const id of before.edgeIds()) if (map.edge(id) === undefined) this.#edges.remove(id, this.seq);
  }

  #noteTouched(): void {
    const touched = this.#map.takeTouched();
    for (const id of touched.nodes) this.#nodes.change(id, this.seq);
    for (const id of touched.edges) this.#edges.change(id, this.seq);
  }

  open({ resume }: Beginning): Opening {
    const { position } = this;
    if (resume?.epoch === position.epoch && resume.seq <= position.seq)
      return { position, json: `{"changes":${this.newsSince(resume)}}` };
    this.#noteTouched();
    const snapshot = `{"nodes":${this.#nodes.all()},"edges":${this.#edges.all()}}`;
    return { position, json: `{"snapshot":${snapshot}}` };
  }

  newsSince(position: Position): string {
    const seq = this.#since(position);
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

function jsonOf(part: object | undefined): string | undefined {
  return part && JSON.stringify(part);
}
