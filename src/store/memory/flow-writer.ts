import { fieldsOf } from '../../domain/coverage/fields.js';
import { aheadBy, lateBy, type NodeMinute } from '../../domain/coverage/node-minute.js';
import { canonicalText } from '../../domain/flow/flow-key.js';
import type { Flow } from '../../domain/flow/flow.js';
import type { EventRecord } from '../../domain/flow/record.js';
import { fromMilliseconds } from '../../domain/flow/timestamp.js';
import type { Acknowledgement, PostedDigest } from '../../domain/ledger/ledger.js';
import {
  FlowWriter,
  recordOf,
  type Block,
  type KeepLimits,
  type NewFlow,
  type Removal,
} from '../flow-writer.js';
import type { Held, Memory } from './memory.js';

/** Nanoseconds. */
const HOUR = 3_600_000_000_000n;

export class MemoryFlowWriter extends FlowWriter {
  readonly failures = 0;
  block: Block = { fate: 'open' };
  #open: (() => void)[] = [];

  constructor(
    private readonly memory: Memory,
    private readonly now: () => number = Date.now,
  ) {
    super();
  }

  acknowledge(edge: string, acknowledgement: Acknowledgement | undefined): Promise<void> {
    const { acknowledgements } = this.memory;
    if (acknowledgement === undefined) acknowledgements.delete(edge);
    else acknowledgements.set(edge, acknowledgement);
    return Promise.resolve();
  }

  noteDigest(posted: PostedDigest): Promise<void> {
    this.memory.postedDigest = posted;
    return Promise.resolve();
  }

  append(added: NewFlow): boolean {
    const { flow } = added;
    const record = recordOf(added);
    const key = flow.uuid === '' ? `content ${canonicalText(record)}` : `uuid ${flow.uuid}`;
    if (!this.#isNew(key)) return false;
    const time = flow.time ?? fromMilliseconds(this.now());
    const placedAtArrival = flow.time === undefined;
    // A copy: whoever handed it over may use it again.
    const kept = { ...flow, uuid: flow.uuid };
    this.#open.push(() => {
      const seq = ++this.memory.lastSeq;
      const minute = this.#minuteOf(kept, time);
      this.memory.flows.push({ seq, time, placedAtArrival, record, flow: { ...kept, time }, key, minute });
    });
    return true;
  }

  #minuteOf(flow: Flow, time: bigint): NodeMinute {
    const { node, weight } = flow;
    const { newest } = this.memory;
    const before = newest.get(node) ?? -Infinity;
    const own = flow.time === undefined ? undefined : Number(flow.time);
    const aheadMost = own === undefined ? 0 : aheadBy(own, this.now() * 1e6);
    const lateMost = own === undefined ? 0 : lateBy(own, before);
    if (own !== undefined && aheadMost === 0) newest.set(node, Math.max(own, before));
    const [ahead, late] = [aheadMost > 0 ? weight : 0, lateMost > 0 ? weight : 0];
    const fields = fieldsOf(flow);
    return { node, flows: weight, first: time, last: time, ahead, aheadMost, late, lateMost, fields };
  }

  appendEvent(event: EventRecord, bytes: Uint8Array): boolean {
    const record = Buffer.from(bytes).toString('utf8');
    const key = `content ${canonicalText(record)}`;
    if (!this.#isNew(key)) return false;
    this.#open.push(() => {
      const id = ++this.memory.lastEvent;
      this.memory.events.push({ ...event, id, afterSeq: this.memory.lastSeq, record, key });
    });
    return true;
  }

  checkpoint(source: string, state: string | undefined): void {
    const { checkpoints } = this.memory;
    this.#open.push(() =>
      state === undefined ? checkpoints.delete(source) : checkpoints.set(source, state),
    );
  }

  #isNew(key: string): boolean {
    if (this.memory.keys.has(key)) return false;
    this.memory.keys.add(key);
    return true;
  }

  commit(): Promise<void> {
    for (const put of this.#open) put();
    this.#open = [];
    this.block.fate = 'kept';
    this.block = { fate: 'open' };
    this.onCommit({ seqs: [], ends: [], bytes: new Uint8Array(0) });
    return Promise.resolve();
  }

  /** Nothing is on disk, so only time counts; events without one stay. */
  trim({ keepFor = Infinity, keepMinutesFor }: KeepLimits): Promise<Removal | undefined> {
    const { memory } = this;
    const isOld = (time: bigint | undefined) =>
      time !== undefined && Number(time / 1_000_000n) < this.now() - keepFor;
    const old = memory.flows.filter(({ time }) => isOld(time));
    this.#keepMinutes(old, keepMinutesFor);
    const oldEvents = memory.events.filter(({ time }) => isOld(time));
    const events = oldEvents.length;
    if (old.length === 0 && events === 0) return Promise.resolve(undefined);
    for (const { key } of [...old, ...oldEvents]) memory.keys.delete(key);
    memory.flows = memory.flows.filter(({ time }) => !isOld(time));
    memory.events = memory.events.filter(({ time }) => !isOld(time));
    const until = old.map(({ time }) => time).sort((a, b) => (a < b ? 1 : -1))[0];
    const { removed } = memory;
    memory.removed = {
      removals: removed.removals + 1,
      flows: removed.flows + old.length,
      events: removed.events + events,
      until: until !== undefined && until > (removed.until ?? until - 1n) ? until : removed.until,
      last: this.now(),
    };
    return Promise.resolve({ flows: old.length, events, until });
  }

  #keepMinutes(removed: readonly Held[], keepFor: number | undefined): void {
    const { memory } = this;
    const newest = removed.reduce((last, { time }) => (time > last ? time : last), 0n);
    const since = keepFor === undefined ? newest + HOUR : fromMilliseconds(this.now() - keepFor);
    const hour = since - (since % HOUR);
    if (memory.goneSince === undefined || hour > memory.goneSince) memory.goneSince = hour;
    const { goneSince } = memory;
    memory.gone = [...memory.gone, ...removed].filter(({ time }) => time >= goneSince);
  }

  /** There are no blocks. */
  merge(): Promise<boolean> {
    return Promise.resolve(false);
  }

  commitAfter(): void {
    void this.commit();
  }

  ready(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return this.commit();
  }
}
