/** Runs a task now and again on request, never twice at a time and at most once in `everyMs`. */
export class Refresher {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastStart = 0;
  #busy = false;
  #again = false;
  #closed = false;

  constructor(
    private readonly task: () => Promise<void>,
    private readonly everyMs: number,
  ) {}

  request(): void {
    if (this.#closed || this.#timer !== undefined) return;
    if (this.#busy) {
      this.#again = true;
      return;
    }
    const wait = Math.max(0, this.#lastStart + this.everyMs - Date.now());
    this.#timer = setTimeout(() => void this.#run(), wait);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    this.#timer = undefined;
    this.#lastStart = Date.now();
    this.#busy = true;
    await this.task();
    this.#busy = false;
    if (!this.#again) return;
    this.#again = false;
    this.request();
  }
}
