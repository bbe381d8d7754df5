/** Different texts, numbered from 0 in the order in which they came. */
export class TextNumbers {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  of(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) this.#numbers.set(text, (number = this.texts.push(text) - 1));
    return number;
  }
}

/** Texts by their numbers, one behind the other in a single one: many small ones would take several times as much. */
export class JoinedTexts {
  readonly #ends: Uint32Array;
  readonly #text: string;

  constructor(texts: readonly string[]) {
    let end = 0;
    this.#ends = Uint32Array.from(texts, ({ length }) => (end += length));
    this.#text = texts.join('');
  }

  get size(): number {
    return this.#ends.length;
  }

  /** About so much memory. */
  get bytes(): number {
    return this.#ends.byteLength + this.#text.length;
  }

  at(number: number): string {
    return this.#text.slice(this.#ends[number - 1] ?? 0, this.#ends[number]);
  }
}
