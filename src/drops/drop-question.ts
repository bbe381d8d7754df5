import type { Filter } from '../domain/filter/filter.js';
import { always } from '../domain/filter/window.js';
import type { Endpoint } from '../domain/flow/flow.js';
import { unforetoldPod, type Dropped, type UnforetoldPod } from '../domain/service-map/dropped.js';
import { tallyOf } from '../domain/service-map/tally.js';
import type { Viewer } from '../domain/viewer.js';
import { LiveQuestion, type Beginning, type Opening, type Position } from '../feed/live-question.js';
import { Versions } from '../feed/versions.js';
import { withRawMembers } from '../http/raw-json.js';
import type { FlowStore } from '../store/flow-store.js';
import type { HeldFlow } from '../store/queries.js';
import { groupId, groupsJson, sumsOf } from './drop-answer.js';
import { DropGroups, type DropCause } from './drop-groups.js';
import type { DropField } from './drops.schema.js';

/** A group as it is told. */
interface Told {
  cause: DropCause;
  json: string;
}

/** The drops among all flows that pass a filter, by cause and kept up to date: the most frequent groups. */
export class DropQuestion extends LiveQuestion {
  #groups: DropGroups;
  /** What the store had removed when they were grouped, and the last flow that was. */
  #removals: number | undefined;
  #readUpTo = 0;
  #told = new Map<string, Told>();
  #sums = sumsOf([], 0);
  readonly #versions = new Versions((id) => this.#told.get(id)?.json);

  constructor(
    private readonly store: FlowStore,
    private readonly viewer: Viewer,
    private readonly filter: Filter,
    private readonly by: readonly DropField[],
    private readonly limit: number,
  ) {
    super();
    this.#groups = new DropGroups(by);
  }

  get parts(): number {
    return this.#groups.size;
  }

  protected async readOn(): Promise<void> {
    const { removals } = this.store.removed();
    const isFirst = this.#removals === undefined;
    const isLess = !isFirst && removals !== this.#removals;
    const before = this.#readUpTo;
    if (isLess) await this.#rebuild(new DropGroups(this.by));
    else if (!(await this.#readNews())) await this.#rebuild(this.#groups.again());
    if (isFirst || isLess || this.#readUpTo !== before) await this.#tell();
    this.#removals = removals;
    if (isLess) this.beginEpoch();
  }

  /** False when what was grouped before must be grouped again. */
  async #readNews(): Promise<boolean> {
    const groups = this.#groups;
    for await (const { dropped, upTo } of this.#read(this.#readUpTo)) {
      groups.add(dropped);
      this.#readUpTo = upTo;
    }
    return groups.holds;
  }

  async #rebuild(empty: DropGroups): Promise<void> {
    for (let groups = empty; ; groups = groups.again()) {
      let reached = 0;
      for await (const { dropped, upTo } of this.#read(0)) {
        groups.add(dropped);
        reached = upTo;
      }
      if (!groups.holds) continue;
      this.#groups = groups;
      this.#readUpTo = Math.max(this.#readUpTo, reached);
      return;
    }
  }

  async *#read(afterSeq: number): AsyncGenerator<{ dropped: Dropped; upTo: number }> {
    const query = { filter: this.filter, window: always, afterSeq };
    for await (const { items, upTo } of this.store.scan(this.viewer, query, sightOf)) {
      const seen = items.filter((sight) => sight !== undefined);
      const tallies = seen.flatMap((sight) => sight.tallies);
      const unforetold = seen.flatMap((sight) => sight.unforetold);
      yield { dropped: { tallies, unforetold }, upTo };
    }
  }

  /** Takes over what is new, all at once: examples are read from disk before. */
  async #tell(): Promise<void> {
    const seq = this.#readUpTo;
    const causes = this.#groups.causes();
    const before = this.#told;
    const told = await this.#toldOf(causes.slice(0, this.limit));
    this.#told = told;
    for (const [id, group] of told) if (before.get(id) !== group) this.#versions.change(id, seq);
    for (const id of before.keys()) if (!told.has(id)) this.#versions.remove(id, seq);
    this.#sums = sumsOf(causes, told.size);
    this.reach(Math.max(this.seq, seq));
  }

  /** By id and in this order; what is as it was told before is the same. */
  async #toldOf(causes: readonly DropCause[]): Promise<Map<string, Told>> {
    const told = new Map<string, Told>();
    const changed: DropCause[] = [];
    for (const cause of causes) {
      const id = groupId(cause);
      const before = this.#told.get(id);
      const isSame = before !== undefined && isEqual(before.cause, cause);
      told.set(id, isSame ? before : { cause, json: '' });
      if (!isSame) changed.push(cause);
    }
    const texts = await groupsJson(this.store, this.viewer, changed);
    for (const [i, cause] of changed.entries()) told.set(groupId(cause), { cause, json: texts[i] ?? '' });
    return told;
  }

  open({ resume }: Beginning): Opening {
    const { position } = this;
    if (resume?.epoch === position.epoch && resume.seq <= position.seq)
      return { position, json: `{"changes":${this.newsSince(resume)}}` };
    const head = { by: this.by, ...this.#sums };
    const groups = [...this.#told.values()].map(({ json }) => json).join(',');
    return { position, json: `{"snapshot":${withRawMembers(head, `{"groups":[${groups}]}`)}}` };
  }

  newsSince(position: Position): string {
    return withRawMembers(this.#sums, `{"groups":${this.#versions.since(this.#since(position))}}`);
  }

  waitingSince(position: Position): number {
    return this.#versions.countSince(this.#since(position));
  }

  #since({ epoch, seq }: Position): number {
    return epoch === this.epoch ? seq : -1;
  }

  protected rest(): void {
    this.#versions.forgetTexts();
  }
}

/** What a flow tells of drops; most tell nothing. */
function sightOf(flow: HeldFlow): Dropped | undefined {
  const unforetold = [flow.source, flow.destination].flatMap((end) => podOf(end) ?? []);
  const tallies = flow.traits.verdict === 'DROPPED' ? [tallyOf(flow, flow.seq)] : [];
  return tallies.length + unforetold.length === 0 ? undefined : { tallies, unforetold };
}

const judged = new WeakMap<Endpoint, UnforetoldPod | undefined>();

/** Readers share endpoints between flows, so each is judged once. */
function podOf(endpoint: Endpoint): UnforetoldPod | undefined {
  if (!judged.has(endpoint)) judged.set(endpoint, unforetoldPod(endpoint));
  return judged.get(endpoint);
}

function isEqual(a: DropCause, b: DropCause): boolean {
  const isSeenAlike = a.lastSeq === b.lastSeq && a.first === b.first && a.last === b.last;
  return (
    isSeenAlike && a.count === b.count && a.reason === b.reason && String(a.deniedBy) === String(b.deniedBy)
  );
}
