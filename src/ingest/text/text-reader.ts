import type { Json } from '../../domain/flow/json.js';
import type { Redactor } from '../../domain/redaction/redactor.js';
import { recogniseRecord, type HubbleRecord } from '../../domain/flow/record.js';
import { hasArrow, isCutBeforeArrow, isPrintedFlow, readCompact, readTimedLine } from './compact.js';
import { endsBlock, isSeparator, readBlock, readField, type Block } from './dict.js';
import {
  isEventHeading,
  readEventBlock,
  readEventLine,
  readEventRow,
  readLostLine,
  readLostRow,
} from './events.js';
import { composeFlow } from './flow-record.js';
import { readFlowType } from './flow-type.js';
import type { PrintedFlow, PrintedFormat } from './printed-flow.js';
import { datingOf, hasTime, type Dating } from './printed-time.js';
import { Repeats } from './repeats.js';
import { isCutRow, readHeading, readRow, type TableHeading } from './table.js';
import type { TextTally } from './text-tally.js';

export interface TextSink {
  record(record: HubbleRecord, json: Buffer): void;
  reject(line: number, reason: string): void;
}

/** A piece of text with the line that it begins in. */
interface Held {
  text: string;
  line: number;
}

/** Hubble prints no line as long as this; what is longer is not searched. */
const LONGEST_LINE = 64 << 10;
/** A flow whose line was wrapped: the pieces of it that came so far. */
interface Cut {
  pieces: readonly string[];
  line: number;
  read: (text: string) => PrintedFlow | undefined;
  /** Whether what the pieces give can still become a flow. */
  goesOn: (text: string) => boolean;
}

/** A line is wrapped into this many at most. */
const MOST_PIECES = 3;
/** Rows of lost events that wait for a flow to show that they stand in a table. */
const MOST_LOST_ROWS = 100;

/**
 * Reads one file of what `hubble observe` prints when it is not asked for JSON: the compact, dict
 * and table formats of all versions, as people paste and save them. Each flow becomes the JSON that
 * says the same, in an envelope that says that it was read from text and gives the text.
 */
export class TextReader {
  readonly #repeats = new Repeats();
  #heading: TableHeading | undefined;
  #tableHasFlows = false;
  #lostRows: Held[] = [];
  #block: (Held & { fields: Block }) | undefined;
  #hasBlocks = false;
  /** A flow that may go on in the next line. */
  #cut: Cut | undefined;

  constructor(
    private readonly sink: TextSink,
    private readonly dating: Dating,
    private readonly tally: TextTally,
    private readonly redactor?: Redactor,
  ) {}

  /** False for a line that is nothing of Hubble's: somebody else may make sense of it. */
  take(dirty: string, line: number): boolean {
    const text = plain(dirty).trimEnd();
    if (text.length > LONGEST_LINE) return false;
    if (this.#cut !== undefined && this.#continues(text, line)) return true;
    return this.#compact(text, line) || this.#field(text, line) || this.#table(text, line);
  }

  end(): void {
    this.#settleCut();
    this.#abandonBlock();
    for (const { line } of this.#lostRows) this.sink.reject(line, 'lost events in a table without flows');
    this.#lostRows = [];
  }

  #compact(text: string, line: number): boolean {
    const lost = readLostLine(text, this.dating);
    if (lost !== undefined) return this.#event('compact', text, lost, line);
    if (!hasArrow(text)) {
      const timed = readTimedLine(text);
      const event = timed && readEventLine(timed, datingOf(text, this.dating));
      if (event !== undefined) return this.#event('compact', text, event, line);
      if (timed === undefined || !isCutBeforeArrow(timed)) return false;
      this.#cut = { line, pieces: [text], read: readWhole, goesOn: hasArrow };
      return true;
    }
    const found = readCompact(text);
    if (found === undefined) {
      const lacks = lackOf(text);
      if (lacks !== undefined) this.sink.reject(line, `a flow in text without its ${lacks}`);
      return lacks !== undefined;
    }
    if (!found.isCut) return found.printed !== undefined && this.#flow(found.printed);
    // A record in JSON is not to be swallowed by the words before it.
    if (text.includes('{"')) return false;
    this.#cut = { line, pieces: [text], read: readWhole, goesOn: hasArrow };
    return true;
  }

  /** The next line may be the rest of one that was wrapped. */
  #continues(text: string, line: number): boolean {
    const cut = this.#cut;
    if (cut === undefined) return false;
    const pieces = [...cut.pieces, text];
    if (line === cut.line + cut.pieces.length && text !== '' && !hasTime(text)) {
      const whole = unwrapped(pieces, cut.read);
      if (whole !== undefined && this.#flow({ ...whole, text: pieces.join('\n') })) {
        this.#cut = undefined;
        return true;
      }
      const hasVerdict = readCompact(cut.pieces.join(' '))?.printed !== undefined;
      if (!hasVerdict && pieces.length < MOST_PIECES && joined(pieces).some(cut.goesOn)) {
        this.#cut = { ...cut, pieces };
        return true;
      }
    }
    this.#settleCut();
    return false;
  }

  /** A line that stays cut is a flow if it has its verdict; what was cut off is not known. */
  #settleCut(): void {
    const cut = this.#cut;
    this.#cut = undefined;
    if (cut === undefined) return;
    const [first = ''] = cut.pieces;
    const printed = readCompact(first)?.printed;
    if (printed !== undefined && this.#flow(printed)) return;
    for (const index of cut.pieces.keys())
      this.sink.reject(cut.line + index, 'a flow in text that is cut off');
  }

  #field(text: string, line: number): boolean {
    if (this.#hasBlocks && isSeparator(text)) return true;
    const field = readField(text);
    if (field === undefined) return false;
    const { name, value } = field;
    if (name === 'TIMESTAMP') {
      this.#abandonBlock();
      this.#block = { text, line, fields: new Map([[name, value]]) };
      return true;
    }
    const block = this.#block;
    if (block === undefined || block.fields.has(name)) return false;
    block.fields.set(name, value);
    block.text += `\n${text}`;
    if (endsBlock(name)) this.#endBlock(block);
    return true;
  }

  #endBlock({ fields, text, line }: Held & { fields: Block }): void {
    this.#block = undefined;
    this.#hasBlocks = true;
    const printed = readBlock(fields, text);
    if (printed !== undefined && this.#flow(printed)) return;
    const event = readEventBlock(fields, this.dating);
    if (event !== undefined) this.#event('dict', text, event, line);
    else this.sink.reject(line, 'a block of fields that is no flow');
  }

  #abandonBlock(): void {
    if (this.#block !== undefined) this.sink.reject(this.#block.line, 'a block of fields that is cut off');
    this.#block = undefined;
  }

  #table(text: string, line: number): boolean {
    const heading = readHeading(text);
    if (heading !== undefined || isEventHeading(text)) {
      this.#heading = heading;
      this.sink.reject(line, 'the heading of a table, no record');
      return true;
    }
    const event = readEventRow(text, this.dating);
    if (event !== undefined) return this.#event('tab', text, event, line);
    const printed = readRow(text, this.#heading);
    if (printed !== undefined && this.#flow(printed)) {
      this.#tableHasFlows = true;
      for (const held of this.#lostRows.splice(0)) this.#lostRow(held);
      return true;
    }
    if (this.#heading === undefined) return false;
    const isLoss = readLostRow(text, this.dating) !== undefined;
    if (!isLoss && isCutRow(text)) {
      const { hasNode } = this.#heading;
      const read = (joined: string) => readRow(joined, { hasNode, columns: new Map() });
      this.#cut = { line, pieces: [text], read, goesOn: () => true };
      return true;
    }
    if (!isLoss) return false;
    if (this.#tableHasFlows || this.#lostRows.length >= MOST_LOST_ROWS) this.#lostRow({ text, line });
    else this.#lostRows.push({ text, line });
    return true;
  }

  #lostRow({ text, line }: Held): void {
    const lost = readLostRow(text, this.dating);
    if (lost !== undefined) this.#event('tab', text, lost, line);
  }

  #flow(printed: PrintedFlow): boolean {
    const composed = composeFlow(printed, this.dating);
    if (composed === undefined) return false;
    const { flow, assumedYear, protocolAssumed } = composed;
    const assumed = [
      ...(assumedYear === undefined ? [] : ['year']),
      ...(protocolAssumed ? ['protocol'] : []),
    ];
    const { node_name: node, time } = flow;
    this.#pass(printed.format, printed.text, { flow, node_name: node, time }, assumed);
    this.tally.addFlow(printed.format, composed);
    return true;
  }

  #event(format: PrintedFormat, text: string, event: Json, line: number): boolean {
    if (!this.#pass(format, text, event, [])) this.sink.reject(line, 'no record');
    else this.tally.addRecord(format);
    return true;
  }

  #pass(format: PrintedFormat, text: string, envelope: Json, assumed: readonly string[]): boolean {
    const nth = this.#repeats.number(this.#likeness(text, envelope));
    const origin = {
      read_from: format,
      text,
      nth: nth === 1 ? undefined : nth,
      assumed: assumed.length === 0 ? undefined : assumed,
    };
    const value = { ...envelope, flowatlas: origin };
    const record = recogniseRecord(value);
    if (record !== undefined) this.sink.record(record, Buffer.from(JSON.stringify(value)));
    return record !== undefined;
  }

  /** By what equal lines are known: lines that differ only in what will be redacted are equal, too. */
  #likeness(text: string, envelope: Json): string {
    if (this.redactor === undefined) return text;
    return this.redactor.clean(Buffer.from(JSON.stringify({ ...envelope, flowatlas: { text } }))) ?? text;
  }
}

/** What is left of a time that was shortened, or copied from the middle of it. */
const CLOCK = /^.{0,16}\b\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?: /;

/** What people took away from the beginning of a flow. */
function lackOf(text: string): 'time' | 'date' | undefined {
  const line = text.trimStart();
  if (isPrintedFlow(`N/A: ${line}`)) return 'time';
  return CLOCK.test(line) && isPrintedFlow(line.replace(CLOCK, 'N/A: ')) ? 'date' : undefined;
}

/** Colours whose escape character was lost in copying, or was made visible. */
const LOST_COLOURS = /(?:\^\[|\\x1b|\\u001b|\\033|␛)?\[\d{1,3}(?:;\d{1,3})*m/g;

function plain(text: string): string {
  const uncoloured = text.includes('[0m') ? text.replace(LOST_COLOURS, '') : text;
  return uncoloured.includes('\u00a0') ? uncoloured.replaceAll('\u00a0', ' ') : uncoloured;
}

/** What a line may have been that was wrapped between words, or within them. */
function joined([first = '', ...rest]: readonly string[]): string[] {
  return rest.reduce<string[]>(
    (before, piece) => before.flatMap((text) => [`${text} ${piece.trimStart()}`, text + piece.trimStart()]),
    [first],
  );
}

/** Only one of the ways to join them gives a type that is known. */
function unwrapped(pieces: readonly string[], read: Cut['read']): PrintedFlow | undefined {
  return joined(pieces)
    .map(read)
    .find((printed) => printed !== undefined && readFlowType(printed.type, '') !== undefined);
}

function readWhole(text: string): PrintedFlow | undefined {
  const found = readCompact(text);
  return found?.isCut === false ? found.printed : undefined;
}
