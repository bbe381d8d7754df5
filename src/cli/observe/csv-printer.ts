import { FlowReader } from '../../domain/flow/flow-reader.js';
import { csvHeader, csvRow } from '../../flows/csv.js';
import { isTold, statusLine } from '../../printer/node-status.js';
import type { PrintableRecord, Printer } from '../../printer/printer.js';
import type { Style } from '../../printer/style.js';

/** The columns that the REST API gives; flows only, as they share them. */
export class CsvPrinter implements Printer {
  readonly #reader = new FlowReader();
  #isFirst = true;
  #leftOut = 0;

  constructor(private readonly style: Style) {}

  print({ record }: PrintableRecord): string {
    if (record.kind !== 'flow') {
      this.#leftOut++;
      return '';
    }
    const flow = this.#reader.read(record);
    return this.#head() + csvRow(flow, flow.time);
  }

  /** Events that it has no columns for. */
  get leftOut(): number {
    return this.#leftOut;
  }

  status(record: PrintableRecord): string {
    return isTold(record, this.style) ? statusLine(record, this.style) : '';
  }

  /** A file without a row still has its head. */
  // eslint-disable-next-line @typescript-eslint/require-await
  async *end(): AsyncGenerator<string> {
    yield this.#head();
  }

  #head(): string {
    if (!this.#isFirst) return '';
    this.#isFirst = false;
    return csvHeader;
  }
}
