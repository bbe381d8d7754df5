/** Lines remembered, twice over: some 20 MB. */
const MOST_REMEMBERED = 50_000;

/**
 * Numbers equal lines of a file. They carry no uuid and only milliseconds, so Hubble prints the same
 * line for different events (sockets above all): each is an event of its own. The same file gives
 * the same numbers again, and a file that overlaps with it gives those of the lines they share, so
 * whatever was imported before is known by line and number.
 *
 * Equal lines stand near each other. Those that are more than 50,000 other lines apart may count as
 * one: forgetting is what keeps the memory bounded.
 */
export class Repeats {
  #recent = new Map<string, number>();
  #older = new Map<string, number>();

  /** 1 for the first of its kind. */
  number(line: string): number {
    const number = (this.#recent.get(line) ?? this.#older.get(line) ?? 0) + 1;
    if (this.#recent.size >= MOST_REMEMBERED) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(line, number);
    return number;
  }
}
