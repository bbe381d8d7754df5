import { crc32 } from 'node:zlib';
import { MARK, SlotKind, type Template } from '../../domain/flow/template.js';
import { ColumnReader, ColumnWriter } from './columns.js';

/** Of a generation: it takes no more. */
const MOST_HABITS = 1 << 19;

/** Whose habit it is: the lowest bit of a subject. */
export const Whose = { source: 0, destination: 1 } as const;

/** What mostly goes with an endpoint of a flow: at this subject, a number of the dictionary. */
export interface Habit {
  subject: number;
  endpoint: number;
  value: number;
}

/**
 * What mostly goes with the endpoints of a generation: its network card in the records that it sends, the node
 * that tells of it. Each is written once, with the first segment that saw it, where every segment would have to
 * say it again. A habit never changes, and is known by its number, so that a segment can say which of them were
 * known when it was written. A hash table over typed arrays.
 */
export class Habits {
  #subjects = new Uint32Array(1 << 8);
  #endpoints = new Uint32Array(1 << 8);
  #values = new Uint32Array(1 << 8);
  /** Number plus one; 0 is free. At most half full. */
  #slots = new Uint32Array(1 << 9);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** How many more it takes. */
  get room(): number {
    return MOST_HABITS - this.#size;
  }

  /** The value plus one; 0 where there is none among the first `known` habits. */
  find(subject: number, endpoint: number, known: number): number {
    const index = (this.#slots[this.#slotOf(subject, endpoint)] ?? 0) - 1;
    return index < 0 || index >= known ? 0 : (this.#values[index] ?? 0) + 1;
  }

  /** The first of a subject and an endpoint stays. */
  add({ subject, endpoint, value }: Habit): void {
    if (this.#size === this.#subjects.length) this.#grow();
    const index = this.#size++;
    this.#subjects[index] = subject;
    this.#endpoints[index] = endpoint;
    this.#values[index] = value;
    const slot = this.#slotOf(subject, endpoint);
    if (this.#slots[slot] === 0) this.#slots[slot] = index + 1;
  }

  /** The slot that holds it, or the free one where it belongs. */
  #slotOf(subject: number, endpoint: number): number {
    const mask = this.#slots.length - 1;
    let slot = mix(subject, endpoint) & mask;
    for (;;) {
      const index = (this.#slots[slot] ?? 0) - 1;
      if (index < 0 || (this.#endpoints[index] === endpoint && this.#subjects[index] === subject))
        return slot;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const room = this.#subjects.length * 2;
    this.#subjects = grown(this.#subjects, room);
    this.#endpoints = grown(this.#endpoints, room);
    this.#values = grown(this.#values, room);
    this.#slots = new Uint32Array(room * 2);
    for (let index = 0; index < this.#size; index++) {
      const slot = this.#slotOf(this.#subjects[index] ?? 0, this.#endpoints[index] ?? 0);
      if (this.#slots[slot] === 0) this.#slots[slot] = index + 1;
    }
  }
}

function grown(from: Uint32Array<ArrayBuffer>, room: number): Uint32Array<ArrayBuffer> {
  const to = new Uint32Array(room);
  to.set(from);
  return to;
}

function mix(a: number, b: number): number {
  const value = Math.imul(a ^ Math.imul(b, 0x85eb_ca6b), 0x9e37_79b1);
  return (value ^ (value >>> 15)) >>> 0;
}

/** As they rest: sorted, with the steps from one endpoint to the next. */
export function writeHabits(habits: readonly Habit[]): Buffer {
  const writer = new ColumnWriter();
  writer.write(Uint32Array.from(habits, ({ subject }) => subject));
  let before = 0;
  const steps = habits.map(({ endpoint }) => {
    const step = endpoint - before;
    before = endpoint;
    return step;
  });
  writer.write(Uint32Array.from(steps));
  writer.write(Uint32Array.from(habits, ({ value }) => value));
  return writer.take();
}

export function readHabits(bytes: Uint8Array, entries: number): Habit[] {
  const reader = new ColumnReader(bytes);
  const [subjects, steps, values] = [reader.read(entries), reader.read(entries), reader.read(entries)];
  let endpoint = 0;
  return Array.from(subjects, (subject, i) => {
    endpoint = (endpoint + (steps[i] ?? 0)) >>> 0;
    return { subject, endpoint, value: values[i] ?? 0 };
  });
}

/** Bytes before a slot that tell what fills it: mostly the name of a member. */
const BEFORE = 12;

/** The subjects of the texts that records of a template repeat, slot by slot: equal where equal bytes stand before. */
export function subjectsOf(template: Template): Uint32Array {
  const text = Buffer.from(template.text);
  const subjects: number[] = [];
  const slot = Buffer.from(MARK + SlotKind.known);
  for (let at = text.indexOf(slot); at >= 0; at = text.indexOf(slot, at + 1))
    subjects.push(subjectOf(text.subarray(Math.max(0, at - BEFORE), at)));
  return Uint32Array.from(subjects);
}

function subjectOf(before: Uint8Array): number {
  return (crc32(before) & ~1) >>> 0;
}

/** Of the node that tells of a flow: nothing stands before it. */
export const NODE = 0;
