import { Refusal, shown } from './criterion.js';

/** The names of a proto3 enum by number; the first is the zero value, "not said". */
export class EnumValues {
  readonly #names: ReadonlyMap<number, string>;
  readonly #numbers: ReadonlyMap<string, number>;

  constructor(
    private readonly noun: string,
    names: Iterable<readonly [number, string]>,
  ) {
    this.#names = new Map(names);
    this.#numbers = new Map([...this.#names].map(([number, name]) => [name, number]));
  }

  /** By name, or by number as protojson allows, also by one that this version has no name for. */
  read(value: unknown): string | number {
    if (typeof value === 'string' && this.#numbers.has(value)) return value;
    if (typeof value === 'number' && Number.isInteger(value)) return this.#names.get(value) ?? value;
    throw new Refusal(
      `${shown(value)} is no ${this.noun}; there are ${[...this.#numbers.keys()].join(', ')}`,
    );
  }

  /** The form in which flows have it: the zero value is the empty text. */
  inFlow(value: string | number): string {
    return this.#numbers.get(String(value)) === 0 ? '' : String(value);
  }
}

/** A word is a name, or the number that some writers store. */
export function nameOrNumber(word: string): string | number {
  return /^\d{1,9}$/.test(word) ? Number(word) : word;
}
