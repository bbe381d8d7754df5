import { forgetful } from './forgetful.js';
import { equal, textsOf } from './json.js';

const none: readonly string[] = Object.freeze([]);

/** Reads the labels of nodes and hands out the same list for equal ones: there are as many as nodes. */
export class NodeLabelsReader {
  readonly #known = forgetful<(readonly string[])[]>(10_000);

  readonly #shared = new WeakSet<readonly unknown[]>();

  read(value: unknown): readonly string[] {
    if (!Array.isArray(value) || value.length === 0) return none;
    // The decoder hands out the lists whose text it knows.
    if (this.#shared.has(value)) return value as readonly string[];
    // The last label tells nodes apart more often than the first: `topology…` against `beta…`.
    const key = `${value.length} ${value[0]} ${value.at(-1)}`;
    const alike = this.#known.get(key);
    const known = alike?.find((labels) => equal(labels, value));
    if (known !== undefined) return known;
    const labels = textsOf(value);
    this.#shared.add(labels);
    if (alike !== undefined && alike.length < 256) alike.push(labels);
    else this.#known.set(key, [labels]);
    return labels;
  }
}
