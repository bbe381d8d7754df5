import type { TextReport } from '../ingest.schema.js';
import type { ComposedFlow } from './flow-record.js';
import type { PrintedFormat } from './printed-flow.js';
import type { Dating } from './printed-time.js';

/** Counts what was read from text, and what had to be assumed: nothing of it goes untold. */
export class TextTally {
  readonly #formats = { compact: 0, dict: 0, tab: 0 };
  readonly #years = new Map<number, number>();
  #protocols = 0;
  #records = 0;

  constructor(private readonly dating: Dating) {}

  addFlow(format: PrintedFormat, { assumedYear, protocolAssumed }: ComposedFlow): void {
    this.addRecord(format);
    if (assumedYear !== undefined) this.#years.set(assumedYear, (this.#years.get(assumedYear) ?? 0) + 1);
    if (protocolAssumed) this.#protocols++;
  }

  addRecord(format: PrintedFormat): void {
    this.#records++;
    this.#formats[format]++;
  }

  /** Undefined where nothing was text. */
  report(): TextReport | undefined {
    if (this.#records === 0) return undefined;
    return { records: this.#records, ...this.#formats, assumed: [...this.#assumed()] };
  }

  *#assumed(): Generator<string> {
    const { year, notAfter, notAfterIs } = this.dating;
    const reason =
      year === undefined
        ? `the newest that is not after ${new Date(notAfter).toISOString().slice(0, 10)}, ${notAfterIs}`
        : 'as told';
    for (const [assumed, flows] of [...this.#years].sort(([a], [b]) => a - b))
      yield `the year ${assumed} for ${flows} flows, ${reason}`;
    if (this.#years.size > 0) yield 'times are UTC, as Hubble prints them';
    if (this.#protocols > 0)
      yield `the protocol of ${this.#protocols} flows that do not name it: UDP for DNS and HTTP/3, else TCP`;
  }
}
