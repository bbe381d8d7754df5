import type { Endpoint, Flow, Side, Traits } from '../domain/flow/flow.js';
import type { FlowReader } from '../domain/flow/flow-reader.js';
import type { Json } from '../domain/flow/json.js';
import { MARK } from '../domain/flow/record-template.js';
import { parseTimestamp } from '../domain/flow/timestamp.js';
import { isPlain, KnownValues } from './known-values.js';
import { findSlots, readSlot, slotOf, slotText, type Slot, type SlotName } from './record-slots.js';
import { ShapeNode } from './shape-tree.js';

/** Shapes remembered, also those that differ by the policy or the name they tell of; beyond this many, all are learned anew. */
const MOST_SHAPES = 20_000;

/** Nodes remembered for a shape. */
const MOST_NODES = 10_000;

/** All that flows of one shape have in common. */
interface Shape {
  /** The record that it was learned from. */
  parsed: Json;
  flow: Flow;
  /** Its traits, by the node that observed the flow. */
  traits: Map<string, Traits>;
}

/**
 * Reads flows that are told like one read before, without parsing them: it walks along the texts
 * between the slots of a known shape. Equal texts in equal order are the same JSON but for what
 * stands in the slots, and what a slot means was checked against the record that the shape was
 * learned from. Everything else is read by JSON.parse, and teaches a new shape.
 */
export class FlowScanner {
  readonly #known = new KnownValues();
  #tree = new ShapeNode<Shape>();
  #shapes = 0;
  #template = Buffer.alloc(64 << 10);

  constructor(private readonly reader: FlowReader) {}

  /** The flow and its record's template, only good until the next call; undefined when it must be parsed. */
  scan(record: Buffer): { flow: Flow; template: Buffer } | undefined {
    const slots: Slot[] = [];
    const shape = this.#walk(record, slots);
    if (shape === undefined) return undefined;
    const flow = this.#read(record, slots, shape);
    return flow === undefined ? undefined : { flow, template: this.#writeTemplate(record, slots) };
  }

  #walk(record: Buffer, slots: Slot[]): Shape | undefined {
    let node = this.#tree;
    let at = 0;
    while (at < record.length) {
      const branch = node.follow(record, at);
      if (branch !== undefined) {
        at += branch.text.length;
        node = branch.node;
        continue;
      }
      const slot = node.slot && readSlot(record, node.slot.name, at, slots, this.#known);
      if (node.slot === undefined || slot === undefined) return undefined;
      slots.push(slot);
      at = slot.to;
      node = node.slot.next;
    }
    return node.shape;
  }

  #read(record: Buffer, slots: readonly Slot[], { parsed, flow, traits }: Shape): Flow | undefined {
    const node = slotText(record, slotOf(slots, 'node'));
    const traitsOfNode = traits.get(node) ?? traitsOn(flow, node, traits);
    const read: Flow = { ...flow, traits: traitsOfNode, nodeLabels: [], time: undefined };
    for (const slot of slots) {
      const { name, known } = slot;
      if (name === 'time') read.time = parseTimestamp(slotText(record, slot));
      else if (name === 'uuid') read.uuid = slotText(record, slot);
      else if (name === 'sourcePort') read.sourcePort = portOf(record, slot);
      else if (name === 'destinationPort') read.destinationPort = portOf(record, slot);
      else if (name === 'source' || name === 'destination') {
        const plain = isPlain(flow[name]) ? known?.endpoint : undefined;
        read[name] = plain ?? this.#endpoint(record, slots, parsed, name, known?.value);
      } else if (name === 'nodeLabels') read.nodeLabels = known?.value as readonly string[];
    }
    return read.time === undefined ? undefined : read;
  }

  #endpoint(record: Buffer, slots: readonly Slot[], parsed: Json, side: Side, raw: unknown): Endpoint {
    const address = slotOf(slots, side === 'source' ? 'sourceAddress' : 'destinationAddress');
    return this.reader.readEndpoint(parsed, side, raw, slotText(record, address));
  }

  /** Learns from a record that was parsed: its values, and its shape if its slots are what they seem. */
  learn(record: Buffer, parsed: Json, flow: Flow): void {
    this.#known.learn(flow);
    if (flow.l7 !== undefined) return;
    const slots = findSlots(record, this.#known);
    if (!this.#meansTheSame(record, slots, parsed, flow)) return;
    if (this.#shapes++ > MOST_SHAPES) {
      this.#tree = new ShapeNode();
      this.#shapes = 0;
    }
    let node: ShapeNode<Shape> | undefined = this.#tree;
    let at = 0;
    for (const { name, from, to } of slots) {
      node = node?.grow(record.subarray(at, from)).growSlot(name);
      at = to;
    }
    const last = node?.grow(record.subarray(at));
    if (last !== undefined) last.shape ??= { parsed, flow, traits: new Map() };
  }

  #meansTheSame(record: Buffer, slots: readonly Slot[], parsed: Json, flow: Flow): boolean {
    const has = (name: SlotName) => slots.some((slot) => slot.name === name);
    if (!has('source') || !has('destination') || !has('time')) return false;
    if (flow.nodeLabels.length > 0 && !has('nodeLabels')) return false;
    const read = this.#read(record, slots, { parsed, flow, traits: new Map() });
    return (
      read !== undefined &&
      read.time === flow.time &&
      read.uuid === flow.uuid &&
      slotText(record, slotOf(slots, 'sourceAddress')) === flow.source.ip &&
      slotText(record, slotOf(slots, 'destinationAddress')) === flow.destination.ip &&
      read.source === flow.source &&
      read.destination === flow.destination &&
      read.sourcePort === flow.sourcePort &&
      read.destinationPort === flow.destinationPort &&
      read.nodeLabels === flow.nodeLabels &&
      (!has('node') || slotText(record, slotOf(slots, 'node')) === flow.traits.node)
    );
  }

  #writeTemplate(record: Buffer, slots: readonly Slot[]): Buffer {
    if (this.#template.length < record.length) this.#template = Buffer.alloc(record.length * 2);
    let from = 0;
    let length = 0;
    for (const slot of slots) {
      if (slot.known === undefined || slot.known.bytes.length <= MARK.length) continue;
      length += record.copy(this.#template, length, from, slot.from);
      length += MARK.copy(this.#template, length);
      from = slot.to;
    }
    length += record.copy(this.#template, length, from);
    return this.#template.subarray(0, length);
  }
}

function traitsOn({ traits }: Flow, node: string, known: Map<string, Traits>): Traits {
  const traitsOfNode = node === '' || node === traits.node ? traits : { ...traits, node };
  if (known.size >= MOST_NODES) known.clear();
  known.set(node, traitsOfNode);
  return traitsOfNode;
}

/** 0 for what is no port, as the general reader has it. */
function portOf(record: Buffer, { from, to }: Slot): number {
  if (to - from > 5) return 0;
  let port = 0;
  for (let at = from; at < to; at++) port = port * 10 + (record[at] ?? 0) - ZERO;
  return port <= 65_535 ? port : 0;
}

const ZERO = 48;
