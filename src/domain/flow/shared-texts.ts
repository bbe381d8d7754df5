/** Texts that are remembered: those of large clusters. Full, all are forgotten. */
const MOST = 20_000;

/** Of a text that comes again, one is enough: parsed anew, it would be held anew each time. */
export class SharedTexts {
  readonly #known = new Map<string, string>();

  of(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= MOST) this.#known.clear();
    this.#known.set(text, text);
    return text;
  }

  /** In the place of what is in the list. */
  share(list: unknown): void {
    if (!Array.isArray(list)) return;
    for (const [i, text] of list.entries()) if (typeof text === 'string') list[i] = this.of(text);
  }
}
