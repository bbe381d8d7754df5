/** What an entry costs beside its characters, counted as characters. */
const ENTRY = 100;
/** Different values under one key: remembered up to this many, as they are compared one by one. */
const MOST_ALIKE = 64;
/** How near the front a value may stay that is found again. */
const NEAR = 4;

/**
 * Values that can be made again, remembered by a key that a few of them may share, to hand out the
 * same object for equal ones. Bounded by what it holds, however large the values are: when it is
 * full, it forgets everything, which takes no book-keeping on the hot path.
 */
export class Forgetful<V> {
  readonly #entries = new Map<string, V[]>();
  #characters = 0;

  constructor(private readonly mostCharacters: number) {}

  /** Characters of all that it holds. */
  get characters(): number {
    return this.#characters;
  }

  /** Of those under the key, the latest first. */
  find(key: string, isSame: (value: V) => boolean): V | undefined {
    const alike = this.#entries.get(key);
    if (alike === undefined) return undefined;
    const index = alike.findIndex(isSame);
    const value = alike[index];
    if (index > NEAR) alike.unshift(...alike.splice(index, 1));
    return value;
  }

  get(key: string): V | undefined {
    return this.#entries.get(key)?.[0];
  }

  /** `characters`: how many the value holds, beside those of its key. */
  add(key: string, value: V, characters: number): V {
    const cost = ENTRY + key.length + characters;
    if (cost > this.mostCharacters) return value;
    if (this.#characters + cost > this.mostCharacters) {
      this.#entries.clear();
      this.#characters = 0;
    }
    this.#characters += cost;
    const alike = this.#entries.get(key);
    if (alike === undefined) this.#entries.set(key, [value]);
    else if (alike.unshift(value) > MOST_ALIKE) alike.pop();
    return value;
  }
}
