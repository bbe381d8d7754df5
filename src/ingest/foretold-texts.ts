import { ByteArena } from './byte-arena.js';
import { NONE } from './byte-numbers.js';

/** An endpoint looks different from its own node and from others, and changes when its labels do. */
const MOST_ALIKE = 6;

/**
 * Texts by the number of what foretells them: an address the text of its endpoint, a node's name
 * that of its labels. Where the record then holds exactly this text, it need not be parsed again; a
 * wrong guess costs a comparison. All that is asked for each record lies in arrays of numbers.
 */
export class ForetoldTexts<V> {
  readonly #texts = new ByteArena();
  /** By what foretells: the text that came last. */
  #first: number[] = [];
  /** By text: where it lies, and the one before it. */
  #starts: number[] = [];
  #lengths: number[] = [];
  #next: number[] = [];
  #values: V[] = [];

  /** The number of the text of `foretelling` that stands at `at`. */
  find(foretelling: number, view: DataView, at: number, end: number): number {
    let text = this.#first[foretelling] ?? NONE;
    while (
      text !== NONE &&
      !this.#texts.standsAt(this.#starts[text] ?? 0, this.lengthOf(text), view, at, end)
    ) {
      text = this.#next[text] ?? NONE;
    }
    return text;
  }

  lengthOf(text: number): number {
    return this.#lengths[text] ?? 0;
  }

  valueOf(text: number): V | undefined {
    return this.#values[text];
  }

  add(foretelling: number, view: DataView, from: number, to: number, value: V): number {
    const text = this.#values.push(value) - 1;
    this.#starts.push(this.#texts.add(view, from, to));
    this.#lengths.push(to - from);
    while (this.#first.length <= foretelling) this.#first.push(NONE);
    this.#next.push(this.#first[foretelling] ?? NONE);
    this.#first[foretelling] = text;
    this.#forgetOldest(text);
    return text;
  }

  #forgetOldest(latest: number): void {
    let text = latest;
    for (let alike = 1; alike < MOST_ALIKE && text !== NONE; alike++) text = this.#next[text] ?? NONE;
    if (text !== NONE) this.#next[text] = NONE;
  }

  clear(): void {
    this.#texts.clear();
    this.#first = [];
    this.#starts = [];
    this.#lengths = [];
    this.#next = [];
    this.#values = [];
  }
}
