import type { Steps } from '../domain/steps.js';

/**
 * At which flow each part of an answer changed last, and its JSON, which is written when somebody is first told of it
 * and once for all.
 */
export class Versions {
  readonly #changed = new Map<string, number>();
  readonly #removed = new Map<string, number>();
  readonly #texts = new Map<string, string>();

  /** `render` gives the JSON of a part; undefined where it is not told. */
  constructor(private readonly render: (id: string) => string | undefined) {}

  change(id: string, seq: number): void {
    this.#changed.set(id, seq);
    this.#removed.delete(id);
    this.#texts.delete(id);
  }

  remove(id: string, seq: number): void {
    this.#changed.delete(id);
    this.#texts.delete(id);
    this.#removed.set(id, seq);
  }

  /** How many parts there are, also of those that are not told. */
  get size(): number {
    return this.#changed.size;
  }

  /** JSON of a list of all parts. None may change before this is done. */
  *all(): Steps<string> {
    const texts: string[] = [];
    for (const id of this.#changed.keys()) {
      const text = this.#textOf(id);
      if (text !== undefined) texts.push(text);
      yield;
    }
    return `[${texts.join(',')}]`;
  }

  /** JSON of what changed behind a flow. */
  since(seq: number): string {
    const upsert = newerThan(this.#changed, seq)
      .map((id) => this.#textOf(id))
      .filter((text) => text !== undefined)
      .join(',');
    return `{"upsert":[${upsert}],"remove":${JSON.stringify(newerThan(this.#removed, seq))}}`;
  }

  /** Of those that are not removed. */
  changedSince(seq: number): number {
    return newerThan(this.#changed, seq).length;
  }

  countSince(seq: number): number {
    return this.changedSince(seq) + newerThan(this.#removed, seq).length;
  }

  /** They are written again when they are asked for. */
  forgetTexts(): void {
    this.#texts.clear();
  }

  #textOf(id: string): string | undefined {
    const known = this.#texts.get(id);
    if (known !== undefined) return known;
    const text = this.render(id);
    if (text !== undefined) this.#texts.set(id, text);
    return text;
  }
}

function newerThan(versions: ReadonlyMap<string, number>, seq: number): string[] {
  const ids: string[] = [];
  for (const [id, version] of versions) if (version > seq) ids.push(id);
  return ids;
}
