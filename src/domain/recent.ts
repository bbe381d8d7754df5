/** What was used last, as far as there is room for what it costs. */
export class Recent<K, V> {
  readonly #held = new Map<K, { value: V; cost: number }>();
  #left: number;

  constructor(
    readonly room: number,
    /** Told of what had to make room for others. */
    private readonly onLeft: (value: V) => void = () => undefined,
  ) {
    this.#left = room;
  }

  /** What all that is held costs. */
  get cost(): number {
    return this.room - this.#left;
  }

  keys(): IterableIterator<K> {
    return this.#held.keys();
  }

  /** What was used longest ago first; to look at it is no use of it. */
  *entries(): Generator<[K, V]> {
    for (const [key, { value }] of this.#held) yield [key, value];
  }

  get(key: K): V | undefined {
    const found = this.#held.get(key);
    if (found === undefined) return undefined;
    this.#held.delete(key);
    this.#held.set(key, found);
    return found.value;
  }

  put(key: K, value: V, cost = 1): V {
    this.delete(key);
    this.#held.set(key, { value, cost });
    this.#left -= cost;
    for (const [oldest, left] of this.#held) {
      if (this.#left >= 0) break;
      this.delete(oldest);
      this.onLeft(left.value);
    }
    return value;
  }

  delete(key: K): void {
    this.#left += this.#held.get(key)?.cost ?? 0;
    this.#held.delete(key);
  }

  clear(): void {
    this.#held.clear();
    this.#left = this.room;
  }
}
