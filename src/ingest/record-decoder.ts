import { DEEPEST, isDeeperThan } from '../domain/flow/json.js';
import { recogniseRecord, type HubbleRecord } from '../domain/flow/record.js';
import type { NewFlow } from '../store/flow-writer.js';
import { CutLines } from './cut-lines.js';
import { JsonScanner, onOneLine } from './json-scanner.js';
import type { FlowScanner } from './flow-scanner.js';
import { LineSplitter } from './line-splitter.js';
import { goesOn, OpenObject, type NumberedLine } from './open-object.js';
import { hasArrow, isPrintedFlow } from './text/compact.js';
import type { TextReader } from './text/text-reader.js';
import { mayBePrinted, parse, printedText, textsWithin, wrappedTexts } from './unwrap.js';

export interface DecoderSink {
  /** A flow told like one read before; only good until the next call. */
  flow(flow: NewFlow): void;
  /** Any record, with its JSON without line breaks; only good until the next call. */
  record(record: HubbleRecord, json: Buffer): void;
  reject(line: number, reason: string): void;
}

/** A longer one is refused: it would have to be held in memory whole. Hubble's own API ends at 4 MiB a message. */
const LONGEST_RECORD = 16 << 20;
const TOO_DEEP = `the record has more than ${DEEPEST} objects and lists in one another`;
const UNFINISHED = 'the JSON object is not finished';
const TOO_LONG = `an object of more than ${LONGEST_RECORD >> 20} MiB`;

/** A container's log of an agent's log of a record, and one more. */
const MOST_WRAPPERS = 3;
/** How often a text may be read again on average: what a crash tore is read again once. */
const TIMES_AGAIN = 4;

const SPACE = 32;
const COMMA = 44;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
/** Control sequences of terminals: colours, cursor. */
// eslint-disable-next-line no-control-regex
const ANSI = /\u001b\[[0-9;?]*[ -/]*[@-~]/g;

/**
 * Finds Hubble's records in whatever people save: one object a line, arrays, pretty-printed and
 * concatenated objects, with log text, prefixes and colours around them. Outside of an object,
 * brackets and commas are only separators, so an array of any length is read like lines. Lines of
 * text are offered to the reader of what `hubble observe` prints.
 */
export class RecordDecoder {
  readonly #lines = new LineSplitter({
    line: (bytes, from, to) => {
      this.#line(bytes, from, to);
    },
    piece: (bytes) => {
      this.#scan(bytes.toString('utf8'), false);
    },
  });
  readonly #cutLines = new CutLines(LONGEST_RECORD);
  readonly #scanner = new JsonScanner();
  readonly #open = new OpenObject(LONGEST_RECORD);
  /** Characters that may be read again, so that hostile text cannot have all of it read again from each of its lines. */
  #credit = 0;
  #lineNumber = 1;
  /** The line is done with: it gave a record or was rejected already. */
  #lineSettled = false;
  /** The line has text outside of objects. */
  #torn = false;
  /** What follows may be the rest of an object that was given up: worth no complaint of its own. */
  #isDebris = false;

  constructor(
    private readonly sink: DecoderSink,
    private readonly scanner: Pick<FlowScanner, 'scan'>,
    private readonly text: TextReader,
  ) {}

  write(chunk: Buffer): void {
    this.#lines.write(chunk);
  }

  end(): void {
    this.#lines.end();
    while (this.#open.isOpen) this.#abandon(UNFINISHED);
    for (let cut = this.#cutLines.unfinished; cut > 0; cut--)
      this.sink.reject(this.#lineNumber - 1, 'the rest of a line that was cut into pieces is missing');
    this.text.end();
  }

  #line(bytes: Buffer, start: number, end: number): void {
    const from = this.#lineNumber === 1 ? behindByteOrderMark(bytes, start, end) : start;
    this.#credit += TIMES_AGAIN * (end - from);
    const joined = this.#cutLines.take(bytes, from, end);
    if (joined === undefined) this.#wholeLine(bytes, from, end);
    else if (joined !== 'kept') this.#wholeLine(joined, 0, joined.length);
    this.#lineNumber++;
    this.#lineSettled = false;
    this.#torn = false;
  }

  #wholeLine(bytes: Buffer, from: number, end: number): void {
    if (this.#open.isOpen || !this.#wholeRecord(bytes, from, behindLastObject(bytes, from, end)))
      this.#scan(bytes.toString('utf8', from, end), true);
  }

  /** The common case: the line is one record, perhaps behind a prefix, and its bytes are kept as they are. */
  #wholeRecord(bytes: Buffer, start: number, to: number): boolean {
    if (this.#lineSettled) return false;
    const from = behindPrefix(bytes, start, to);
    if (from < 0) return false;
    const scanned = this.scanner.scan(bytes, from, to);
    if (scanned !== undefined) {
      this.#isDebris = false;
      this.sink.flow(scanned);
      return true;
    }
    const text = bytes.toString('utf8', from, to);
    const value = parse(text);
    const record = recogniseRecord(value);
    if (record !== undefined) {
      this.#isDebris = false;
      this.#hand(record, value, bytes.subarray(from, to), this.#lineNumber);
    }
    // What stands behind other text may also be a part of it.
    else if (value === undefined || from > start) return false;
    else this.#unwrap(value, text, this.#lineNumber);
    return true;
  }

  #hand(record: HubbleRecord, value: unknown, json: Buffer, line: number): void {
    if (isDeeperThan(DEEPEST, value)) this.sink.reject(line, TOO_DEEP);
    else this.sink.record(record, json);
  }

  #scan(dirty: string, endsLine: boolean): void {
    const text = dirty.includes('\u001b') ? dirty.replace(ANSI, '') : dirty;
    if (this.#open.isOpen && endsLine && (startsAnew(text) || isPrintedFlow(text))) this.#abandon(UNFINISHED);
    if (endsLine && !this.#open.isOpen && mayBePrinted(text) && this.#take(text)) return;
    let at = this.#open.isOpen ? this.#continueOpen(text) : 0;
    while (at >= 0 && at < text.length) at = this.#next(text, at);
    if (!endsLine || !this.#open.isOpen) return;
    const { inString, isBroken } = this.#scanner;
    this.#open.endLine(isBroken, this.#lineNumber + 1);
    if (inString) this.#abandon('a string is cut off at the end of the line');
    else if (isBroken && this.#open.mayHoldOthers) this.#abandon(UNFINISHED);
  }

  /** A line as Hubble prints it; each is settled with it. */
  #take(text: string): boolean {
    if (this.#lineSettled || !this.text.take(text, this.#lineNumber)) return false;
    this.#settle();
    return true;
  }

  /** Answers where to go on, -1 at the end. */
  #continueOpen(text: string): number {
    const end = this.#scanner.scan(text, 0);
    const isOthers = this.#scanner.isBroken && this.#open.mayHoldOthers;
    this.#open.add(end < 0 || isOthers ? text : text.slice(0, end));
    if (end < 0) return -1;
    if (isOthers) {
      this.#abandon(UNFINISHED);
      return -1;
    }
    if (this.#open.isTooLong) {
      this.#abandon(TOO_LONG);
      this.#lineSettled = true;
    } else {
      const { line } = this.#open;
      const object = this.#open.take();
      this.#scanner.reset();
      this.#object(object, line);
    }
    return end;
  }

  /** Reads on at depth zero; answers where to go on, -1 at the end. */
  #next(text: string, from: number): number {
    const start = text.indexOf('{', from);
    if (text.slice(from, start < 0 ? text.length : start).replace(SEPARATORS, '') !== '') {
      this.#torn = true;
      if (start < 0) this.#junk(text);
    }
    if (start < 0) return -1;
    // Logfmt escapes the quotes of the record inside of it.
    if (!/^\{\s*(?:["}]|$)/.test(text.slice(start, start + 64))) {
      this.#junk(text);
      return -1;
    }
    const end = this.#scanner.scan(text, start);
    if (end < 0) {
      this.#open.begin(text.slice(start), this.#lineNumber);
      return -1;
    }
    this.#scanner.reset();
    this.#object(text.slice(start, end), this.#lineNumber);
    return end;
  }

  /** What is open will never be an object. Others may have begun in its lines, which are read again from there. */
  #abandon(reason: string): void {
    const { line, isTooLong } = this.#open;
    const lines = this.#open.linesOfOthers();
    this.#open.take();
    this.#scanner.reset();
    this.sink.reject(line, isTooLong ? TOO_LONG : reason);
    this.#isDebris = true;
    const length = lines.reduce((sum, { text }) => sum + text.length, 0);
    if (length > this.#credit) return;
    this.#credit -= length;
    this.#readAgain(lines);
  }

  #readAgain(lines: readonly NumberedLine[]): void {
    const now = [this.#lineNumber, this.#lineSettled, this.#torn] as const;
    for (const { number, text } of lines) {
      [this.#lineNumber, this.#lineSettled, this.#torn] = [number, false, false];
      const bytes = Buffer.from(text);
      this.#wholeLine(bytes, 0, bytes.length);
    }
    [this.#lineNumber, this.#lineSettled, this.#torn] = now;
  }

  #object(text: string, line: number): void {
    if (this.#isScanned(text)) return;
    const value = parse(text);
    if (!this.#isRecord(value, text, line)) this.#unwrap(value, text, line);
  }

  /** What is no record may hold one, in the ways of log pipelines, or be worth a complaint. */
  #unwrap(value: unknown, text: string, line: number): void {
    if (this.#isWrapped(wrappedTexts(value, text), line)) return;
    const printed = printedText(value);
    if (printed !== undefined && this.#take(printed)) return;
    // Pieces of a torn line are worth one complaint together, and those of a torn object.
    if (this.#torn && (this.#lineSettled || this.#isDebris)) return;
    this.#lineSettled = true;
    const what = value === undefined ? 'no valid JSON' : 'JSON, but no Hubble record';
    this.sink.reject(line, `${what}: ${quote(text)}`);
  }

  /** Text that is no JSON: worth one complaint a line, unless it stands beside a record. */
  #junk(text: string): void {
    if (this.#lineSettled || this.#isWrapped(textsWithin(text), this.#lineNumber)) return;
    this.#lineSettled = true;
    if (this.#isDebris && goesOn(text)) return;
    this.sink.reject(this.#lineNumber, `no JSON: ${quote(text)}`);
  }

  /** The first of the texts that is a record, holds one, or has some on its lines. */
  #isWrapped(texts: readonly string[], line: number, levels = MOST_WRAPPERS): boolean {
    return texts.some((text) => this.#holdsRecord(text, line, levels) || this.#isOfLines(text, line, levels));
  }

  #holdsRecord(text: string, line: number, levels: number): boolean {
    if (this.#isScanned(text)) return true;
    const value = parse(text);
    if (this.#isRecord(value, text, line)) return true;
    const within = value === undefined ? textsWithin(text) : wrappedTexts(value, text);
    return levels > 1 && this.#isWrapped(within, line, levels - 1);
  }

  #isOfLines(text: string, line: number, levels: number): boolean {
    const lines = text.split('\n').filter((part) => part.includes('{'));
    return lines.length > 1 && lines.filter((part) => this.#holdsRecord(part, line, levels)).length > 0;
  }

  #settle(): void {
    this.#lineSettled = true;
    this.#isDebris = false;
  }

  #isScanned(text: string): boolean {
    const json = Buffer.from(onOneLine(text));
    const flow = this.scanner.scan(json, 0, json.length);
    if (flow === undefined) return false;
    this.#settle();
    this.sink.flow(flow);
    return true;
  }

  #isRecord(value: unknown, text: string, line: number): boolean {
    const record = recogniseRecord(value);
    if (record === undefined) return false;
    this.#settle();
    this.#hand(record, value, Buffer.from(onOneLine(text)), line);
    return true;
  }
}

/** What may stand between the objects of an array, and NUL, which preallocated log files end with. */
const SEPARATORS = /[[\],\s\0]+/g;

/** A line that holds a whole record: the object cut off before it (a crash, a full disk) must not swallow it. */
function startsAnew(line: string): boolean {
  const start = line.indexOf('{"');
  // A member of a pretty-printed object, not a line of its own.
  if (start < 0 || /"\s*:\s*$/.test(line.slice(Math.max(0, start - 32), start))) return false;
  let end = line.length;
  while (end > start && ',] \r\t'.includes(line.charAt(end - 1))) end--;
  const text = line.slice(start, end);
  return isRecordOrWrapped(parse(text), text);
}

function isRecordOrWrapped(value: unknown, text: string): boolean {
  if (recogniseRecord(value) !== undefined) return true;
  return wrappedTexts(value, text).some((wrapped) => recogniseRecord(parse(wrapped)) !== undefined);
}

function behindByteOrderMark(bytes: Buffer, from: number, to: number): number {
  return to - from >= 3 && bytes.subarray(from, from + 3).equals(BYTE_ORDER_MARK) ? from + 3 : from;
}

/** Nor do the blanks behind it belong to the last object of a line, nor a comma or bracket of an array. */
function behindLastObject(bytes: Buffer, from: number, to: number): number {
  for (let byte = bytes[to - 1] ?? 0; to > from && isSeparator(byte); byte = bytes[to - 1] ?? 0) to--;
  return to;
}

function isSeparator(byte: number): boolean {
  return byte <= SPACE || byte === COMMA || byte === CLOSE_BRACKET;
}

/** Longer ones are no prefix of a log. */
const LONGEST_PREFIX = 512;

/** Where the first object of a line begins; -1 where there is none, or text that Hubble may have printed before it. */
function behindPrefix(bytes: Buffer, from: number, to: number): number {
  if (bytes[from] === OPEN_BRACE) return from;
  const at = bytes.subarray(from, Math.min(to, from + LONGEST_PREFIX)).indexOf(OPEN_BRACE);
  return at < 0 || hasArrow(bytes.toString('latin1', from, from + at)) ? -1 : from + at;
}

const QUOTED = 80;

/** The beginning of a text for an error message; JSON escapes what a terminal would obey. */
function quote(text: string): string {
  const line = text.trim();
  return JSON.stringify(line.length > QUOTED ? `${line.slice(0, QUOTED)}…` : line);
}
