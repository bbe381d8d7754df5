import type { FilterWords } from '../../domain/filter/flags.js';
import type { Filter } from '../../domain/filter/filter.js';
import { inWindow, type Window } from '../../domain/filter/window.js';
import { FlowReader } from '../../domain/flow/flow-reader.js';
import type { EventKind, HubbleRecord } from '../../domain/flow/record.js';
import type { Sought } from '../../domain/flow/sought.js';
import { readLine, type ReadRecord, type Records } from './read-records.js';
import type { Selection } from './selection.js';

type Passes = (found: ReadRecord) => boolean;

/** Of a file's records those that are asked for, in the order of the file. Only `last` is held in memory. */
export async function* selectRecords(
  records: Records,
  passes: Passes,
  { first, last }: Selection,
): AsyncGenerator<readonly ReadRecord[]> {
  const ring = new Ring(last ?? 0);
  let left = first ?? Infinity;
  for await (const batch of records) {
    const found = batch.filter(passes);
    if (last !== undefined) ring.add(found);
    else yield found.slice(0, left);
    left -= found.length;
    if (left <= 0) return;
  }
  yield* ring.batches();
}

/** What `hubble observe` shows of a file. */
export function flowsAndEvents(filter: Filter, words: FilterWords, window: Window): Passes {
  const reader = new FlowReader();
  const isOpen = filter.isEmpty && isAlways(window);
  return ({ json, record }) => {
    if (record.kind !== 'flow') return eventPasses(record, words) && inWindow(window, record.time ?? 0n);
    if (isOpen) return true;
    const says = (sought: Sought) => sought.isInAny(record.flow);
    const flow = { ...reader.read(record), record: json, json: record.flow, says };
    return filter.matches(flow) && inWindow(window, flow.time ?? 0n);
  };
}

/** Of one kind alone; one without a time of its own is in no window but the open one. */
export function eventsOf(kind: EventKind, window: Window): Passes {
  return ({ record }) =>
    record.kind === kind && (record.time === undefined ? isAlways(window) : inWindow(window, record.time));
}

function isAlways({ since, until }: Window): boolean {
  return since === undefined && until === undefined;
}

/**
 * Losses pass a filter on the type of event, as in Hubble; no filter on flows else lets an event
 * through, but for the states of nodes, which tell whether the answer is whole.
 */
function eventPasses({ kind }: HubbleRecord, words: FilterWords): boolean {
  if (kind === 'node_status') return true;
  const names = [...words.keys()];
  const denied = names.filter((name) => name.startsWith('not-') || name === 'denylist');
  const allowed = names.filter((name) => !denied.includes(name));
  const isOfType = kind === 'lost_events';
  const isDenied = isOfType && denied.length === 1 && denied[0] === 'not-type';
  return !isDenied && (allowed.length === 0 || (isOfType && allowed.every((name) => name === 'type')));
}

/** The newest so many, as text: it takes a fraction of the room that the records take. */
class Ring {
  readonly #held: string[] = [];
  #next = 0;

  constructor(private readonly most: number) {}

  add(records: readonly ReadRecord[]): void {
    for (const { json } of records) {
      this.#held[this.#next] = json;
      this.#next = (this.#next + 1) % this.most;
    }
  }

  *batches(): Generator<ReadRecord[]> {
    const { length } = this.#held;
    const oldest = length < this.most ? 0 : this.#next;
    for (let from = 0; from < length; from += BATCH) {
      const places = Array.from({ length: Math.min(BATCH, length - from) }, (_, index) => from + index);
      yield places.flatMap((place) => readLine(this.#held[(oldest + place) % length] ?? ''));
    }
  }
}

/** Records that are read again at a time. */
const BATCH = 1_000;
