import type { Json } from '../domain/flow/json.js';
import { isTold } from './node-status.js';
import type { PrintableRecord, Printer } from './printer.js';
import type { Style } from './style.js';

/** What JSON may hold unescaped in a string, and a terminal would obey. */
const OBEYED = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** One line for each record, equal to what it was: unknown fields, spelling and order stay. A mask leaves less of flows. */
export class JsonPrinter implements Printer {
  constructor(
    private readonly style: Style,
    private readonly mask?: (flow: Json) => Json,
  ) {}

  print({ kind, record, json }: PrintableRecord): string {
    if (kind === 'node_status') return '';
    if (this.mask === undefined || record.kind !== 'flow') return lineOf(json);
    const flow = this.mask(record.flow);
    const isBare = record.envelope['flow'] === undefined;
    return lineOf(JSON.stringify(isBare ? flow : { ...record.envelope, flow }));
  }

  status(record: PrintableRecord): string {
    return isTold(record, this.style) ? lineOf(record.json) : '';
  }

  async *end(): AsyncGenerator<string> {
    // Every line is whole.
  }
}

function lineOf(json: string): string {
  const escaped = json.replace(
    OBEYED,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`,
  );
  return `${escaped}\n`;
}
