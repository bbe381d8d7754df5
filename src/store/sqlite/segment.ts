import { formatUuid, KEY_BYTES } from '../../domain/flow/flow-key.js';
import type { Endpoint, L7 } from '../../domain/flow/flow.js';
import { textOf, type Json } from '../../domain/flow/json.js';
import { readL7 } from '../../domain/flow/l7-reader.js';
import { flowOf } from '../../domain/flow/recorded-flow.js';
import { bucketOf } from '../../domain/latencies.js';
import { PAIRED_UNIT } from '../../domain/pairing.js';
import { L7Kinds } from '../../domain/service-map/coarse.js';
import { isAnswer } from '../../domain/service-map/tally.js';
import type { Template } from '../../domain/flow/template.js';
import { UnpackedColumn, type RowNumbers } from './columns.js';
import { parseHeld } from './damage.js';
import type { NodeEntry } from './dictionary-lines.js';
import type { Generation } from './dictionary-reader.js';
import { partsOf, type L7Parts } from './heads.js';
import type { Messages, ToldMessages } from './messages.js';
import { firstOfEach, Flag, type PartColumn, type SegmentColumns } from './segment-columns.js';
import { SegmentRow } from './segment-row.js';

/** Rows in order. */
type RowList = Uint16Array | Uint32Array;

/** What is known of a segment before any of its blobs is read. */
export interface SegmentInfo {
  id: number;
  generation: number;
  firstSeq: number;
  flows: number;
  timeMin: bigint;
  timeMax: bigint;
}

/** One segment, unpacked as far as it was asked for. */
export class Segment {
  readonly #numbers: Partial<Record<PartColumn, RowNumbers>> = {};
  #firstOwn: Uint32Array | undefined;
  #l7Rows: RowList | undefined;
  #readAlone = 0;
  #keys: Uint8Array | undefined;

  constructor(
    readonly info: SegmentInfo,
    readonly parts: Generation,
    readonly columns: SegmentColumns,
    private readonly readKeys: () => Uint8Array,
    private readonly text: (number: number) => string,
    /** All at once, of what is told of them. */
    private readonly readMessages: (told: ToldMessages) => Messages,
    /** Those that were read before, if they are still kept. */
    private known?: Messages,
  ) {}

  /** Where the own texts of each row begin. */
  get #firstText(): Uint32Array {
    return (this.#firstOwn ??= firstOfEach(
      this.columns.template,
      (template) => this.parts.template(template).ownTexts,
    ));
  }

  /** Own texts of all its records. */
  get texts(): number {
    return this.#firstText[this.info.flows] ?? 0;
  }

  /** A column to look at some rows of: it is not unpacked for that, if it need not be. */
  numbers(name: PartColumn): RowNumbers {
    return (this.#numbers[name] ??= this.columns.asWritten?.(name) ?? new UnpackedColumn(this.columns[name]));
  }

  template(row: number): Template {
    return this.parts.template(this.numbers('template').at(row));
  }

  source(row: number): Endpoint {
    return this.parts.endpoint(this.numbers('source').at(row));
  }

  node(row: number): NodeEntry {
    return this.parts.node(this.columns.node[row] ?? 0);
  }

  has(row: number, flag: number): boolean {
    return ((this.columns.flags[row] ?? 0) & flag) !== 0;
  }

  /** Read when they are first asked for; throws `Gone` when they were taken away meanwhile. */
  get keys(): Uint8Array {
    return (this.#keys ??= this.readKeys());
  }

  uuid(row: number): string {
    if (this.has(row, Flag.keyIsUuid)) return formatUuid(this.keys, row * KEY_BYTES);
    return this.has(row, Flag.oddUuid) ? textOf(this.json(row)['uuid']) : '';
  }

  /** Whether flows of its template can have an L7 message. */
  canHaveL7(row: number): boolean {
    const { l7Text, isWhole } = this.template(row);
    return l7Text >= 0 || isWhole;
  }

  l7(row: number): L7 | undefined {
    if (this.columns.l7?.kind[row] === 0) return undefined;
    if (this.known === undefined && this.#readAlone < MOST_ALONE) {
      this.#readAlone++;
      return this.canHaveL7(row) ? readL7(this.#l7Value(row)) : undefined;
    }
    const number = this.messageNumber(row);
    return number < 0 ? undefined : this.messages.message(number);
  }

  /** Its messages, if none has to be read for them. */
  get knownMessages(): Messages | undefined {
    return this.known;
  }

  /** What kind of message it is: the same object for equal kinds. Blocks of schema 14 and older have to read it. */
  l7Kind(row: number): L7 | undefined {
    if (this.columns.l7 === undefined) return kindOf(this.l7Head(row));
    const number = this.l7KindNumber(row);
    return number === 0 ? undefined : this.parts.l7(number - 1);
  }

  /** Messages of one number are of one kind, in all segments of the generation; 0 where there is none. */
  l7KindNumber(row: number): number {
    const { l7 } = this.columns;
    if (l7 !== undefined) return this.known?.kindNumber(this.known.number(row)) ?? l7.kind[row] ?? 0;
    const head = this.l7HeadNumber(row);
    return head === 0 ? 0 : KINDS + head;
  }

  /** Of an answer's latency; 0 where it was not measured. */
  bucket(row: number): number {
    const { l7 } = this.columns;
    return l7 === undefined ? bucketOf(this.latency(row)) : (l7.bucket[row] ?? 0);
  }

  /** Of an answer the bucket of its latency, 0 where it was not measured; negative for all other rows. */
  answer(row: number): number {
    return isAnswer({ l7: this.l7Kind(row) }) ? this.bucket(row) : -1;
  }

  /** Equal messages have the same; negative where there is none. */
  messageNumber(row: number): number {
    // Messages of all rows are known together; where none was asked for yet, there may be none to read.
    if (this.known === undefined && !this.canHaveL7(row)) return -1;
    return this.messages.number(row);
  }

  /** Rows from `from` to before `to` that have a message, in order. */
  rowsWithL7(from: number, to: number): RowList {
    const rows = (this.#l7Rows ??= this.#findL7());
    return rows.subarray(firstAtLeast(rows, from), firstAtLeast(rows, to));
  }

  #findL7(): RowList {
    const { l7 } = this.columns;
    if (this.known !== undefined || l7 === undefined) return this.messages.rows;
    const { kind } = l7;
    const rows = new Uint32Array(kind.length);
    let found = 0;
    for (let row = 0; row < kind.length; row++) if (kind[row] !== 0) rows[found++] = row;
    return rows.subarray(0, found);
  }

  /** Which parts its message has; 0 where there is none. */
  l7Parts(row: number): L7Parts {
    if (this.known !== undefined) return this.known.parts(this.known.number(row));
    const kind = this.l7Kind(row);
    return kind === undefined ? 0 : partsOf(kind);
  }

  /** Equal heads of messages have the same number, in all segments; 0 where there is none. */
  l7HeadNumber(row: number): number {
    const number = this.messageNumber(row);
    return number < 0 ? 0 : this.messages.headNumber(number);
  }

  /** The message without its text. */
  l7Head(row: number): L7 | undefined {
    const number = this.messageNumber(row);
    return number < 0 ? undefined : this.messages.head(number);
  }

  /** Equal texts of messages have the same number, in this segment. */
  l7TextNumber(row: number): number {
    const number = this.messageNumber(row);
    return number < 0 ? 0 : this.messages.textNumber(number);
  }

  l7Text(row: number): string {
    const number = this.messageNumber(row);
    return number < 0 ? '' : this.messages.text(number);
  }

  /** Equal paths of URLs have the same number, in this segment. */
  l7PathNumber(row: number): number {
    const number = this.messageNumber(row);
    return number < 0 ? 0 : this.messages.pathNumber(number);
  }

  l7Path(row: number): string | undefined {
    const number = this.messageNumber(row);
    return number < 0 ? undefined : this.messages.path(number);
  }

  latency(row: number): number {
    if (!this.canHaveL7(row) || this.columns.l7?.bucket[row] === 0) return 0;
    return this.isPaired(row) ? (this.columns.paired[row] ?? 0) * PAIRED_UNIT : this.messages.latency(row);
  }

  isPaired(row: number): boolean {
    return (this.columns.paired[row] ?? 0) > 0;
  }

  /** Read when they are first asked for. */
  get messages(): Messages {
    return (this.known ??= this.readMessages({
      valueOf: (row) => this.#l7Value(row),
      kinds: this.columns.l7?.kind,
    }));
  }

  #l7Value(row: number): unknown {
    const { l7Text } = this.template(row);
    if (l7Text >= 0) return parseHeld(this.ownText(row, l7Text));
    return this.has(row, Flag.l7InRecord) ? this.json(row)['l7'] : undefined;
  }

  json(row: number): Json {
    return flowOf(parseHeld(this.record(row)));
  }

  ownText(row: number, index: number): string {
    return this.text((this.#firstText[row] ?? 0) + index);
  }

  knownText(row: number, index: number): string {
    const { known, firstKnown } = this.columns;
    return this.parts.text(known[(firstKnown[row] ?? 0) + index] ?? 0);
  }

  /** To the letter as it came. Throws `Gone` when its texts were taken away meanwhile. */
  record(row: number): string {
    const template = this.template(row);
    const own: string[] = [];
    for (let index = 0; index < template.ownTexts; index++) {
      own.push(this.ownText(row, index));
    }
    const texts: string[] = [];
    for (let index = 0; index < template.knownTexts; index++) {
      texts.push(this.knownText(row, index));
    }
    return template.compose(this.cursor(row), texts, own);
  }

  /** A view that walks over the rows: valid until it is moved on. */
  cursor(row = 0): SegmentRow {
    return new SegmentRow(this, row);
  }
}

/** Messages that are read one by one before all of them are: dropped flows have few. */
const MOST_ALONE = 64;
/** Behind the numbers of all kinds that a generation has. */
const KINDS = 2 ** 24;

const l7Kinds = new L7Kinds();

function kindOf(l7: L7 | undefined): L7 | undefined {
  return l7 && l7Kinds.of(l7);
}

/** Where a row would stand among these, which are in order. */
function firstAtLeast(rows: RowList, row: number): number {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] ?? 0) < row) low = middle + 1;
    else high = middle;
  }
  return low;
}
