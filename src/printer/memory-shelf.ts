import type { Shelf } from './table.js';

/** Rows of a table that is known to be small. */
export class MemoryShelf implements Shelf {
  readonly #rows: string[] = [];

  put(row: string): void {
    this.#rows.push(row);
  }

  // eslint-disable-next-line @typescript-eslint/require-await
  async *rows(): AsyncGenerator<string> {
    yield* this.#rows;
  }
}
