/**
 * A map that forgets everything when it is full: a cache for values that can be made again, with a
 * bound on memory and no book-keeping on the hot path.
 */
export interface Forgetful<V> {
  get(key: string): V | undefined;
  set(key: string, value: V): void;
}

export function forgetful<V>(capacity: number): Forgetful<V> {
  const entries = new Map<string, V>();
  return {
    get: (key) => entries.get(key),
    set: (key, value) => {
      if (entries.size >= capacity) entries.clear();
      entries.set(key, value);
    },
  };
}
