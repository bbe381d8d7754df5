import { Forgetful } from './forgetful.js';
import { equal, textsOf } from './json.js';

const none: readonly string[] = Object.freeze([]);

/** Of some 10,000 nodes. */
const MOST_CHARACTERS = 8 << 20;

/** Reads the labels of nodes and hands out the same list for equal ones: there are as many as nodes. */
export class NodeLabelsReader {
  readonly #known = new Forgetful<readonly string[]>(MOST_CHARACTERS);
  readonly #shared = new WeakSet<readonly unknown[]>();

  read(value: unknown): readonly string[] {
    if (!Array.isArray(value) || value.length === 0) return none;
    // The decoder hands out the lists whose text it knows.
    if (this.#shared.has(value)) return value as readonly string[];
    const key = value.join('\n');
    const known = this.#known.find(key, (labels) => equal(labels, value));
    if (known !== undefined) return known;
    const labels = textsOf(value);
    this.#shared.add(labels);
    return this.#known.add(key, labels, key.length);
  }
}
