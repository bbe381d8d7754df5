import type { DnsMessage, Endpoint, HttpMessage, L7, Policies, Traits } from '../../domain/flow/flow.js';
import type { Json } from '../../domain/flow/json.js';
import type { Sought } from '../../domain/flow/sought.js';
import type { HeldFlow } from '../queries.js';
import type { RowNumbers } from './columns.js';
import type { L7Parts } from './heads.js';
import type { Messages } from './messages.js';
import type { SegmentRow } from './segment-row.js';
import type { Segment } from './segment.js';

/** What parts of a flow come from: rows with the same number there have the same parts. */
export const Column = {
  template: 0,
  source: 1,
  destination: 2,
  node: 3,
  policies: 4,
  /** Of the L7 message: which parts it has, which kind it is, all of it but its text, and the text. */
  l7Parts: 5,
  l7Kind: 6,
  l7Head: 7,
  /** Their numbers are those of one segment. */
  l7Text: 8,
  l7Path: 9,
} as const;

/** Instead of a column: what is looked at is a row's own. */
export const OWN = 10;
const COLUMNS = 11;

const ofFlows = ['template', 'source', 'destination', 'node', 'policies'] as const;

/** The numbers of a segment's rows in each column. */
export class ColumnNumbers {
  readonly #columns: (RowNumbers | undefined)[] = [];
  /** Of L7 messages, where these are not known, and by kind which parts one has. */
  #kinds: Uint32Array | undefined;
  readonly #parts: L7Parts[] = [0];
  readonly #messages;
  /** The row that was asked for last, and the number of its message. */
  #row = -1;
  #message = -1;

  constructor(private readonly segment: Segment) {
    this.#messages = segment.knownMessages;
  }

  of(column: number, row: number): number {
    if (column < Column.l7Parts) return (this.#columns[column] ?? this.#open(column)).at(row);
    return this.#messages === undefined
      ? this.#ofSegment(column, row)
      : this.#known(column, row, this.#messages);
  }

  #known(column: number, row: number, messages: Messages): number {
    if (this.#row !== row) {
      this.#row = row;
      this.#message = messages.number(row);
    }
    const message = this.#message;
    if (message < 0) return 0;
    if (column === Column.l7Parts) return messages.parts(message);
    if (column === Column.l7Path) return messages.pathNumber(message);
    if (column === Column.l7Kind) return this.segment.l7KindNumber(row);
    if (column === Column.l7Head) return messages.headNumber(message);
    return messages.textNumber(message);
  }

  #ofSegment(column: number, row: number): number {
    if (column === Column.l7Parts) return this.#partsOf(row);
    if (column === Column.l7Kind) return this.segment.l7KindNumber(row);
    if (column === Column.l7Head) return this.segment.l7HeadNumber(row);
    if (column === Column.l7Text) return this.segment.l7TextNumber(row);
    return this.segment.l7PathNumber(row);
  }

  #partsOf(row: number): L7Parts {
    const kinds = (this.#kinds ??= this.segment.columns.l7?.kind);
    if (kinds === undefined) return this.segment.l7Parts(row);
    return (this.#parts[kinds[row] ?? 0] ??= this.segment.l7Parts(row));
  }

  #open(column: number): RowNumbers {
    return (this.#columns[column] = this.segment.numbers(ofFlows[column] ?? 'template'));
  }
}

/** A row that notes which columns are looked at, in that order. */
export class WatchedRow implements HeldFlow {
  /** The columns; valid until the next row is asked. */
  readonly seen: number[] = Array.from({ length: COLUMNS }, () => 0);
  /** How many of them count. */
  looks = 0;
  /** A bit for each of them. */
  #noted = 0;
  #isOwn = false;

  constructor(private readonly row: SegmentRow) {}

  ask<T>(row: number, ask: (flow: HeldFlow) => T): T {
    this.looks = 0;
    this.#noted = 0;
    this.#isOwn = false;
    this.row.row = row;
    return ask(this);
  }

  see(column: number): SegmentRow {
    const bit = 1 << column;
    // Behind what is the row's own, nothing can be remembered.
    if (!this.#isOwn && (this.#noted & bit) === 0) {
      this.#noted |= bit;
      this.seen[this.looks++] = column;
      this.#isOwn = column === OWN;
    }
    return this.row;
  }

  get source(): Endpoint {
    return this.see(Column.source).source;
  }

  get destination(): Endpoint {
    return this.see(Column.destination).destination;
  }

  get traits(): Traits {
    return this.see(Column.template).traits;
  }

  get policies(): Policies {
    return this.see(Column.policies).policies;
  }

  get node(): string {
    return this.see(Column.node).node;
  }

  get nodeLabels(): readonly string[] {
    return this.see(Column.node).nodeLabels;
  }

  get l7(): L7 | undefined {
    // Most templates have none: then nothing more is looked at than what was.
    if ((this.#noted & (1 << Column.template)) !== 0 && !this.row.canHaveL7) return undefined;
    const told = this.see(Column.l7Parts).l7Kind;
    return told && new WatchedL7(this, told);
  }

  get latency(): number {
    const row = this.see(Column.template);
    return row.canHaveL7 ? this.see(OWN).latency : 0;
  }

  get isPaired(): boolean {
    return this.see(OWN).isPaired;
  }

  get time(): bigint {
    return this.see(OWN).time;
  }

  get uuid(): string {
    return this.see(OWN).uuid;
  }

  get sourcePort(): number {
    return this.see(OWN).sourcePort;
  }

  get destinationPort(): number {
    return this.see(OWN).destinationPort;
  }

  get weight(): number {
    return this.see(OWN).weight;
  }

  get record(): string {
    return this.see(OWN).record;
  }

  get json(): Json {
    return this.see(OWN).json;
  }

  says(sought: Sought): boolean {
    return this.see(OWN).says(sought);
  }

  get seq(): number {
    return this.see(OWN).seq;
  }

  get placedAtArrival(): boolean {
    return this.see(OWN).placedAtArrival;
  }
}

/** Its message, made of what its kind tells. Which parts there are was noted already. */
class WatchedL7 implements L7 {
  constructor(
    private readonly row: WatchedRow,
    private readonly told: L7,
  ) {}

  get type(): string {
    this.row.see(Column.l7Kind);
    return this.told.type;
  }

  get kind(): L7['kind'] {
    return this.told.kind;
  }

  get http(): HttpMessage | undefined {
    return this.told.http && new WatchedHttp(this.row, this.told.http);
  }

  get dns(): DnsMessage | undefined {
    return this.told.dns && new WatchedDns(this.row, this.told.dns, this.told.http === undefined);
  }
}

class WatchedHttp implements HttpMessage {
  constructor(
    private readonly row: WatchedRow,
    private readonly told: HttpMessage,
  ) {}

  get method(): string {
    this.row.see(Column.l7Kind);
    return this.told.method;
  }

  get url(): string {
    return this.row.see(Column.l7Text).l7Text;
  }

  get path(): string | undefined {
    return this.row.see(Column.l7Path).l7Path;
  }

  get protocol(): string {
    return this.row.see(Column.l7Head).l7Head?.http?.protocol ?? '';
  }

  get status(): number {
    this.row.see(Column.l7Kind);
    return this.told.status;
  }
}

class WatchedDns implements DnsMessage {
  constructor(
    private readonly row: WatchedRow,
    private readonly told: DnsMessage,
    /** Else the text is that of HTTP. */
    private readonly hasText: boolean,
  ) {}

  get query(): string {
    if (this.hasText) return this.row.see(Column.l7Text).l7Text;
    return this.row.see(Column.l7Head).l7Head?.dns?.query ?? '';
  }

  get qtypes(): string {
    return this.row.see(Column.l7Head).l7Head?.dns?.qtypes ?? '';
  }

  get rcode(): number {
    this.row.see(Column.l7Kind);
    return this.told.rcode;
  }
}
