import type { FlowKey } from '../domain/flow/flow-key.js';
import type { Flow } from '../domain/flow/flow.js';
import type { Template } from '../domain/flow/template.js';
import type { EventRecord } from '../domain/flow/record.js';
import type { Acknowledgement, PostedDigest } from '../domain/ledger/ledger.js';
import type { Moment } from '../domain/names/pods-seen.js';

/** How much is kept; what is undefined is no limit. */
export interface KeepLimits {
  /** Milliseconds, counted from the time of flows. */
  keepFor?: number | undefined;
  /** Milliseconds for rows of drops and for sums by hour, which may outlive the flows; else as long as those. */
  keepDropsFor?: number | undefined;
  keepSumsFor?: number | undefined;
  /** Milliseconds for sums by minute of flows that were removed; else there are none. */
  keepMinutesFor?: number | undefined;
  /** Of the store on disk, with everything that belongs to it. */
  keepBytes?: number | undefined;
}

export interface Removal {
  flows: number;
  events: number;
  /** Time of the newest flow that was removed. */
  until: bigint | undefined;
}

/** A flow with its record taken apart; only good until `append` returns. */
export interface NewFlow {
  flow: Flow;
  /** Where its record stands, in UTF-8. */
  bytes: Buffer;
  from: number;
  to: number;
  template: Template;
  /** What fills the template's slots beside the flow: texts that many records repeat, */
  known: readonly RepeatedText[];
  /** and the record's own, in UTF-8 without line breaks. */
  own: readonly Buffer[];
  /** The key that its uuid is, where whoever read it has it already. */
  key?: FlowKey | undefined;
  /** Of parts that whoever hands them out knows again. */
  notes?: FlowNotes | undefined;
  /** What its L7 message is told by, where it has an id of its own. */
  messageId?: string | undefined;
}

/**
 * What the store calls a part of flows, and which of its dictionaries does, and when an end was last met by whoever
 * learns names, and whether there is one to learn for it: left here to be found again at once.
 */
export interface Note {
  number?: number;
  numberedBy?: number;
  metIn?: Moment | undefined;
  isNameable?: boolean | undefined;
}

/** One that says nothing yet. All have the same members from the start: each flow looks at several. */
export function newNote(): Note {
  return { number: -1, numberedBy: -1, metIn: undefined, isNameable: undefined };
}

/** A note for each part; a part that comes with the same note is the same. */
export interface FlowNotes {
  source: Note;
  destination: Note;
  /** The node with its labels. */
  node: Note;
}

/** The same object for the same text, as long as whoever hands it out remembers it. */
export interface RepeatedText extends Note {
  readonly text: string;
}

export function recordOf({ bytes, from, to }: NewFlow): string {
  return bytes.toString('utf8', from, to);
}

/** Records one behind the other in UTF-8, each up to its end, and the numbers of their flows. */
export interface NumberedRecords {
  readonly seqs: readonly number[];
  readonly ends: readonly number[];
  readonly bytes: Uint8Array;
}

export function* eachRecord({
  seqs,
  ends,
  bytes,
}: NumberedRecords): Generator<{ seq: number; record: string }> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let from = 0;
  for (const [i, seq] of seqs.entries()) {
    const to = ends[i] ?? from;
    yield { seq, record: all.toString('utf8', from, to) };
    from = to;
  }
}

/** Flows that become durable together, or not at all. */
export interface Block {
  fate: 'open' | 'kept' | 'lost';
}

/**
 * Where flows are written, by one writer at a time. `append` takes a flow into the open block;
 * `commit` resolves when everything appended before it is on disk. When it rejects, nothing since
 * the last successful commit is held, and the same flows may be appended again.
 */
export abstract class FlowWriter {
  /** False when the flow is already known, also when it is still in the open block. */
  abstract append(flow: NewFlow): boolean;

  /** What the next flow becomes a part of. */
  abstract readonly block: Readonly<Block>;

  /** Events are kept once each, like flows. False when already known. */
  abstract appendEvent(event: EventRecord, bytes: Uint8Array): boolean;

  /**
   * Notes how far a source has been read; undefined forgets it. Becomes durable with the next commit, in
   * one transaction with everything appended before it, so it is never ahead of what is stored.
   */
  abstract checkpoint(source: string, state: string | undefined): void;

  abstract commit(): Promise<void>;

  /** Notes that somebody has seen an edge of the ledger; undefined takes it back. Durable when it resolves. */
  abstract acknowledge(edge: string, acknowledgement: Acknowledgement | undefined): Promise<void>;

  /** Notes that news of the ledger were posted. Durable when it resolves. */
  abstract noteDigest(posted: PostedDigest): Promise<void>;

  /** Begins a commit when the oldest flow, event or checkpoint of the open block has waited this long. */
  abstract commitAfter(milliseconds: number): void;

  /**
   * Removes what is beyond the limits: whole blocks of flows, the oldest first, and events likewise. In
   * small steps, between which flows are appended and committed. Numbers are not given again; a removed
   * flow that comes again is new. Resolves with what was removed, undefined when it was nothing.
   */
  abstract trim(limits: KeepLimits): Promise<Removal | undefined>;

  /**
   * Makes one block of some small ones that lie side by side, so that reading does not slow down with
   * their number; no answer changes. A step of some milliseconds; false when there is nothing to merge now.
   */
  abstract merge(limits: KeepLimits): Promise<boolean>;

  /** Called after each commit that made flows or events durable, with records of dropped flows among them: not of all. */
  onCommit: (dropped: NumberedRecords) => void = () => undefined;

  /** Called with words for the operator when something is put off. */
  onDelay: (message: string) => void = () => undefined;

  /** How many commits have failed: whoever appended before one of them and committed after it lost flows. */
  abstract readonly failures: number;

  /** Resolves when so little is waiting to be written that more may be appended. */
  abstract ready(): Promise<void>;

  abstract close(): Promise<void>;
}
