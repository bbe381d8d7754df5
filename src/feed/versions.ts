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

  /** JSON of a list of all parts. */
  all(): string {
    return `[${this.#textsOf(this.#changed.keys()).join(',')}]`;
  }

  /** JSON of what changed behind a flow. */
  since(seq: number): string {
    const upsert = this.#textsOf(newerThan(this.#changed, seq)).join(',');
    return `{"upsert":[${upsert}],"remove":${JSON.stringify(newerThan(this.#removed, seq))}}`;
  }

  countSince(seq: number): number {
    return newerThan(this.#changed, seq).length + newerThan(this.#removed, seq).length;
  }

  /** They are written again when they are asked for. */
  forgetTexts(): void {
    this.#texts.clear();
  }

  #textsOf(ids: Iterable<string>): string[] {
    const texts: string[] = [];
    for (const id of ids) {
      let text = this.#texts.get(id);
      if (text === undefined) {
        text = this.render(id);
        if (text === undefined) continue;
        this.#texts.set(id, text);
      }
      texts.push(text);
    }
    return texts;
  }
}

function newerThan(versions: ReadonlyMap<string, number>, seq: number): string[] {
  const ids: string[] = [];
  for (const [id, version] of versions) if (version > seq) ids.push(id);
  return ids;
}
