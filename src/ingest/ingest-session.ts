import type { FlowReader } from '../domain/flow/flow-reader.js';
import {
  recogniseRecord,
  type EventKind,
  type EventRecord,
  type FlowRecord,
  type HubbleRecord,
} from '../domain/flow/record.js';
import { formatTimestamp } from '../domain/flow/timestamp.js';
import { Pairing } from '../domain/pairing.js';
import { readMessageId } from '../domain/flow/l7-reader.js';
import type { Redactor } from '../domain/redaction/redactor.js';
import type { Block, FlowWriter, NewFlow } from '../store/flow-writer.js';
import type { Checkpoint } from './ingest-protocol.js';
import type { IngestReport, Rejection } from './ingest.schema.js';
import type { FlowScanner } from './flow-scanner.js';
import { Namer } from './namer.js';
import { RecordDecoder, type DecoderSink } from './record-decoder.js';
import type { Dating } from './text/printed-time.js';
import { TextReader } from './text/text-reader.js';
import { TextTally } from './text/text-tally.js';
import { parse } from './unwrap.js';

const MOST_ERRORS = 100;

/** One body or one import: reads its records into the open block and counts what became of them. */
export class IngestSession {
  readonly #failuresBefore: number;
  readonly #errors: Rejection[] = [];
  readonly #otherEvents: Partial<Record<EventKind, number>> = {};
  readonly #text: TextTally;
  #decoder: RecordDecoder;
  #file: string | undefined;
  #stored = 0;
  /** How many of the stored flows are in which block, of the blocks whose fate is not settled; and in those that were kept. */
  #unsettled: { block: Readonly<Block>; flows: number }[] = [];
  #kept = 0;
  #duplicates = 0;
  #rejected = 0;
  #lostEvents = 0;
  #events = 0;
  #redacted = 0;
  #oldest: bigint | undefined;
  #newest: bigint | undefined;

  constructor(
    private readonly writer: FlowWriter,
    private readonly reader: FlowReader,
    private readonly scanner: FlowScanner,
    private readonly dating: Dating,
    private readonly redactor?: Redactor,
    /** Common to all sessions: names and requests that one brings are known to the others. */
    private readonly namer = new Namer(),
    private readonly pairing = new Pairing(),
  ) {
    this.#text = new TextTally(dating);
    this.#failuresBefore = writer.failures;
    this.#decoder = this.#newDecoder();
  }

  /** What follows comes from another file: lines are counted from 1 again, and errors name it. */
  startFile(name: string): void {
    this.#decoder.end();
    this.#file = name;
    this.#decoder = this.#newDecoder();
  }

  write(chunk: Buffer): void {
    this.#decoder.write(chunk);
  }

  end(): void {
    this.#decoder.end();
  }

  /** Notes how far sources have been read: up to what this session was given, unless some of that was lost. */
  note(checkpoints: readonly Checkpoint[]): void {
    if (this.hasLost) return;
    for (const { source, state } of checkpoints) this.writer.checkpoint(source, state);
  }

  /** Some of what this session appended was lost by a commit that failed. */
  get hasLost(): boolean {
    return this.writer.failures !== this.#failuresBefore;
  }

  /** What became of the records so far, `stored` in the sense that a commit will do or has done it. */
  report(): IngestReport {
    const text = this.#text.report();
    return {
      records: this.#stored + this.#duplicates + this.#events,
      stored: this.#stored,
      duplicates: this.#duplicates,
      rejected: this.#rejected,
      lostEvents: this.#lostEvents,
      otherEvents: this.#otherEvents,
      from: this.#oldest === undefined ? null : formatTimestamp(this.#oldest),
      to: this.#newest === undefined ? null : formatTimestamp(this.#newest),
      errors: this.#errors,
      ...(text === undefined ? {} : { text }),
      ...(this.redactor === undefined ? {} : { redacted: this.#redacted }),
    };
  }

  /** The same when a commit failed: `stored` are the flows that are on disk all the same, by earlier commits. */
  reportOfLoss(): IngestReport {
    this.#settle();
    return { ...this.report(), stored: this.#kept };
  }

  #newDecoder(): RecordDecoder {
    const sink: DecoderSink = {
      flow: (flow) => {
        this.#store(flow);
      },
      record: (record, json) => {
        this.#takeRecord(record, json);
      },
      reject: (line, reason) => {
        this.#reject(line, reason);
      },
    };
    const text = new TextReader(sink, this.dating, this.#text, this.redactor);
    return new RecordDecoder(sink, this.#fastWay(), text);
  }

  /** What may have to be redacted is parsed. */
  #fastWay(): Pick<FlowScanner, 'scan'> {
    const { redactor, scanner } = this;
    if (redactor === undefined) return scanner;
    return {
      scan: (bytes, from, to) =>
        redactor.concerns(bytes.subarray(from, to)) ? undefined : scanner.scan(bytes, from, to),
    };
  }

  #takeRecord(record: HubbleRecord, json: Buffer): void {
    const clean = this.redactor?.clean(json);
    const found = clean === undefined ? record : recogniseRecord(parse(clean));
    if (found === undefined) throw new Error('a record is one also when it was redacted');
    const bytes = clean === undefined ? json : Buffer.from(clean);
    if (clean !== undefined) this.#redacted++;
    if (found.kind === 'flow') this.#takeParsed(found, bytes);
    else this.#takeEvent(found, bytes);
  }

  #takeParsed(record: FlowRecord, json: Buffer): void {
    const flow = this.reader.read(record);
    // Records read from text hold the text itself: no two are told alike.
    const printed = record.envelope['flowatlas'] !== undefined;
    const id = readMessageId(record.flow['l7']);
    this.#store(printed ? this.scanner.keepWhole(json, flow, id) : this.scanner.take(json, flow, id));
  }

  #store(added: NewFlow): void {
    const { flow } = added;
    this.namer.name(added);
    if (flow.l7 !== undefined) this.#time(added);
    const { block } = this.writer;
    if (this.writer.append(added)) {
      if (flow.l7 !== undefined) this.pairing.settle(flow, added.messageId ?? '');
      this.#countStored(block);
    } else this.#duplicates++;
    const { time } = flow;
    if (time === undefined) return;
    if (this.#oldest === undefined || time < this.#oldest) this.#oldest = time;
    if (this.#newest === undefined || time > this.#newest) this.#newest = time;
  }

  /** By its request, if Hubble did not. */
  #time({ flow, messageId = '' }: NewFlow): void {
    const latency = this.pairing.latencyOf(flow, messageId);
    if (latency === 0 || flow.latency > 0) return;
    flow.latency = latency;
    flow.isPaired = true;
  }

  #countStored(block: Readonly<Block>): void {
    this.#stored++;
    const last = this.#unsettled.at(-1);
    if (last?.block === block) last.flows++;
    else {
      this.#settle();
      this.#unsettled.push({ block, flows: 1 });
    }
  }

  #settle(): void {
    for (const { block, flows } of this.#unsettled) if (block.fate === 'kept') this.#kept += flows;
    this.#unsettled = this.#unsettled.filter(({ block }) => block.fate === 'open');
  }

  #takeEvent(event: EventRecord, bytes: Uint8Array): void {
    this.#events++;
    this.writer.appendEvent(event, bytes);
    if (event.lost !== undefined) this.pairing.lose(event.node, event.lost.source);
    if (event.kind === 'lost_events') this.#lostEvents++;
    else this.#otherEvents[event.kind] = (this.#otherEvents[event.kind] ?? 0) + 1;
  }

  #reject(line: number, reason: string): void {
    this.#rejected++;
    if (this.#errors.length >= MOST_ERRORS) return;
    this.#errors.push({ line, reason, ...(this.#file === undefined ? {} : { file: this.#file }) });
  }
}
