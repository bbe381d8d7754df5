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
  /** Bytes that it may have where it lies. */
  #rooms: number[] = [];
  #next: number[] = [];
  #values: V[] = [];
  /** Forgotten texts: numbers to be given again, once the record is read that may still mean them. */
  #forgotten: number[] = [];
  #free: number[] = [];

  /** Of texts. */
  get bytes(): number {
    return this.#texts.length;
  }

  /** How many there are. */
  get size(): number {
    return this.#values.length;
  }

  /** Between two records: no number is meant any more. */
  reuse(): void {
    for (let text = this.#forgotten.pop(); text !== undefined; text = this.#forgotten.pop())
      this.#free.push(text);
  }

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
    const text = this.#place(view, from, to);
    this.#values[text] = value;
    this.#lengths[text] = to - from;
    while (this.#first.length <= foretelling) this.#first.push(NONE);
    this.#next[text] = this.#first[foretelling] ?? NONE;
    this.#first[foretelling] = text;
    this.#forgetOldest(text);
    return text;
  }

  /** In the place of a forgotten text where there is room, else behind all others. */
  #place(view: DataView, from: number, to: number): number {
    const free = this.#free.at(-1);
    if (free !== undefined && to - from <= (this.#rooms[free] ?? 0)) {
      this.#free.pop();
      this.#texts.replace(this.#starts[free] ?? 0, view, from, to);
      return free;
    }
    this.#starts.push(this.#texts.add(view, from, to));
    return this.#rooms.push(to - from) - 1;
  }

  #forgetOldest(latest: number): void {
    let text = latest;
    for (let alike = 1; alike < MOST_ALIKE && text !== NONE; alike++) text = this.#next[text] ?? NONE;
    const oldest = this.#next[text] ?? NONE;
    if (oldest === NONE) return;
    this.#next[text] = NONE;
    this.#forgotten.push(oldest);
  }

  clear(): void {
    this.#texts.clear();
    this.#first = [];
    this.#starts = [];
    this.#lengths = [];
    this.#rooms = [];
    this.#next = [];
    this.#values = [];
    this.#forgotten = [];
    this.#free = [];
  }
}
