import { closeSync, createReadStream, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Shelf } from '../../printer/table.js';
import { throwAwayFolder } from '../throw-away-folder.js';

/** Characters of rows that are held before a file takes them. */
const MOST_CHARACTERS = 8 << 20;

/** Rows of a table of any length: the first of them in memory, then all in a file that goes with the process. */
export class RowFile implements Shelf {
  #held: string[] = [];
  #characters = 0;
  #path: string | undefined;
  #file: number | undefined;

  put(row: string): void {
    this.#held.push(row);
    this.#characters += row.length;
    if (this.#characters >= MOST_CHARACTERS) this.#write();
  }

  async *rows(): AsyncGenerator<string> {
    if (this.#path !== undefined && this.#file !== undefined) {
      closeSync(this.#file);
      yield* createInterface({ input: createReadStream(this.#path), crlfDelay: Infinity });
    }
    yield* this.#held;
  }

  #write(): void {
    this.#path ??= join(folder(), 'rows');
    this.#file ??= openSync(this.#path, 'w');
    writeSync(this.#file, `${this.#held.join('\n')}\n`);
    this.#held = [];
    this.#characters = 0;
  }
}

/** Goes also when a signal ends the process. */
function folder(): string {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
  return throwAwayFolder();
}
