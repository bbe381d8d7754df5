import { agentEventTypes } from '../domain/flow/printed-names.js';
import { agentDetails, debugWords, lossWords } from './event-words.js';
import { summaryOf, typeOf, verdictOf } from './flow-words.js';
import { hostOf } from './hosts.js';
import { isTold, statusLine } from './node-status.js';
import type { PrintableRecord, Printer } from './printer.js';
import type { Fields } from './shown.js';
import { uncoloured, type Style } from './style.js';

/** Where rows wait until the widest of them is known. */
export interface Shelf {
  put(row: string): void;
  rows(): AsyncIterable<string>;
}

/** Blanks between columns. */
const GAP = 3;

const HEADS = {
  flow: ['SOURCE', 'DESTINATION', 'TYPE', 'VERDICT', 'SUMMARY'],
  agent_event: ['TYPE', 'DETAILS'],
  debug_event: ['FROM', '', 'TYPE', 'CPU/MARK', 'MESSAGE'],
} as const;
type Kind = keyof typeof HEADS;

/** Rows of one kind, which stand under one head. */
interface Section {
  kind: Kind;
  rows: number;
  widths: number[];
}

/** Columns as wide as their widest cell, so nothing is written before the end; never coloured. */
export class TablePrinter implements Printer {
  readonly #style: Style;
  readonly #sections: Section[] = [];

  constructor(
    style: Style,
    private readonly shelf: Shelf,
  ) {
    this.#style = { ...style, paint: uncoloured };
  }

  print(record: PrintableRecord): string {
    if (record.kind === 'node_status') return '';
    const kind = record.kind === 'lost_events' ? 'flow' : record.kind;
    let section = this.#sections.at(-1);
    if (section?.kind !== kind) {
      section = { kind, rows: 0, widths: [] };
      this.#sections.push(section);
      const { nodeName } = this.#style;
      this.#put(section, ['TIMESTAMP', ...(nodeName ? ['NODE'] : []), ...HEADS[kind]]);
    }
    this.#put(section, this.#cellsOf(record));
    return '';
  }

  status(record: PrintableRecord): string {
    return isTold(record, this.#style) ? statusLine(record, this.#style) : '';
  }

  async *end(): AsyncGenerator<string> {
    const sections = this.#sections.values();
    let section: Section | undefined;
    let left = 0;
    for await (const row of this.shelf.rows()) {
      if (left === 0) {
        section = sections.next().value;
        left = section?.rows ?? Infinity;
      }
      yield padded(row.split('\t'), section?.widths ?? []);
      left--;
    }
  }

  /** No cell has a tab or a line break in it: they are shown as what they are. */
  #put(section: Section, cells: readonly string[]): void {
    section.rows++;
    for (const [column, cell] of cells.entries())
      section.widths[column] = Math.max(section.widths[column] ?? 0, widthOf(cell));
    this.shelf.put(cells.join('\t'));
  }

  #cellsOf({ kind, body, envelope }: PrintableRecord): string[] {
    const { time } = this.#style;
    if (kind === 'flow')
      return [
        ...this.#head(body),
        hostOf(body, 'source', this.#style),
        hostOf(body, 'destination', this.#style),
        typeOf(body),
        verdictOf(body, this.#style),
        summaryOf(body, this.#style),
      ];
    if (kind === 'lost_events') {
      const { source, cpu, count, between } = lossWords(body, time);
      const summary = `CPU(${cpu}) - ${count}${between}`;
      return [...this.#head(envelope, '-'), source, '-', 'EVENTS LOST', '-', summary];
    }
    if (kind === 'agent_event')
      return [...this.#head(envelope), body.enum('type', agentEventTypes), agentDetails(body, time)];
    const { from, type, mark, cpu, message } = debugWords(body);
    return [...this.#head(envelope), from, '', type, `${cpu} ${mark}`, message];
  }

  #head(of: Fields, nowhere = ''): string[] {
    const time = this.#style.time(of.get('time'));
    return this.#style.nodeName ? [time, of.text('node_name') || nowhere] : [time];
  }
}

function padded(cells: readonly string[], widths: readonly number[]): string {
  const last = cells.length - 1;
  const columns = cells.map((cell, column) =>
    column === last ? cell : cell + ' '.repeat((widths[column] ?? 0) - widthOf(cell) + GAP),
  );
  return `${columns.join('')}\n`;
}

/** In characters, as Go's tabwriter counts. */
function widthOf(cell: string): number {
  // eslint-disable-next-line no-control-regex
  return /^[\u0000-\u007f]*$/.test(cell) ? cell.length : Array.from(cell).length;
}
