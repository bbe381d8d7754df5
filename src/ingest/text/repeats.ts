/** Remembered twice over: some 20 MB. */
const MOST_LINES = 50_000;
const MOST_CHARACTERS = 10_000_000;

/**
 * Numbers equal lines of a file. They carry no uuid and only milliseconds, so Hubble prints the same
 * line for different events (sockets above all): each is an event of its own. The same file gives
 * the same numbers again, and a file that overlaps with it gives those of the lines they share, so
 * whatever was imported before is known by line and number.
 *
 * Equal lines stand near each other. Those that are more than 50,000 other lines, or 10 million
 * characters, apart may count as one: forgetting is what keeps the memory bounded.
 */
export class Repeats {
  #recent = new Map<string, number>();
  #older = new Map<string, number>();
  #recentCharacters = 0;

  /** 1 for the first of its kind. */
  number(line: string): number {
    const number = (this.#recent.get(line) ?? this.#older.get(line) ?? 0) + 1;
    if (this.#recent.size >= MOST_LINES || this.#recentCharacters >= MOST_CHARACTERS) {
      this.#older = this.#recent;
      this.#recent = new Map();
      this.#recentCharacters = 0;
    }
    if (!this.#recent.has(line)) this.#recentCharacters += line.length;
    this.#recent.set(line, number);
    return number;
  }
}
