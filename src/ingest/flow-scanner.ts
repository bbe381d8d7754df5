import type { Endpoint, Flow, Policies, Side } from '../domain/flow/flow.js';
import { equal, type Json } from '../domain/flow/json.js';
import { readL7, readLatency, readMessageId } from '../domain/flow/l7-reader.js';
import { noPolicies } from '../domain/flow/policies-reader.js';
import { weightOf, type FlowReader } from '../domain/flow/flow-reader.js';
import { MARK, serviceText, shorten, Template, valueText } from '../domain/flow/template.js';
import { newNote, type FlowNotes, type NewFlow } from '../store/flow-writer.js';
import { NONE } from './byte-numbers.js';
import { Patience } from './patience.js';
import { KnownValues, type KnownEndpoint, type KnownText, type NotedEndpoint } from './known-values.js';
import { findSlots, type FoundSlot } from './record-walk.js';
import { ScannedFlow } from './scanned-flow.js';
import { StrangeMembers } from './strange-members.js';
import { kindOfSlot, Slot, SlotReader } from './slot-reader.js';
import { TemplateTree } from './template-tree.js';

/** Bytes of templates remembered; beyond them, all are learned anew. */
const MOST_BYTES = 16 << 20;

/**
 * Reads flows that are told like one read before, without parsing them: it walks along the texts
 * between the slots of a known template. Equal texts in equal order are the same JSON but for what
 * stands in the slots, and what a slot means was checked against the record that the template was
 * learned from. Everything else is read by JSON.parse, and teaches a new template.
 */
export class FlowScanner {
  readonly #known: KnownValues;
  readonly #slots: SlotReader;
  readonly #wholes = new WeakMap<Flow['traits'], Template>();
  #tree = new TemplateTree<Template>();
  #treeBytes = 0;
  readonly #patience = new Patience();
  readonly #strange = new StrangeMembers();
  /** One object for all records: who stores a flow keeps its parts, hardly anybody the flow. */
  readonly #flow = new ScannedFlow();
  readonly #notes: FlowNotes = { source: newNote(), destination: newNote(), node: newNote() };
  /** The same, with what is stored beside it. */
  #added: NewFlow | undefined;
  /** The reader's own list, by which it is known again. */
  readonly #noLabels: readonly string[];

  constructor(private readonly reader: FlowReader) {
    this.#known = new KnownValues(reader);
    this.#slots = new SlotReader(this.#known);
    this.#noLabels = reader.readNodeLabels(undefined);
  }

  /** The last record could have been read in another way, too. */
  #hadChoice = false;

  /** The flow whose record these bytes are; undefined when it must be parsed. Only good until the next call. */
  scan(bytes: Buffer, from: number, to: number): NewFlow | undefined {
    if (!this.#patience.scansNext()) return undefined;
    const template = this.#walk(bytes, from, to);
    if (template === undefined) return undefined;
    if (this.#read(template) === undefined) return undefined;
    this.#patience.reward();
    const slots = this.#slots;
    const added = (this.#added ??= this.#newAdded(bytes, template));
    added.bytes = bytes;
    added.from = from;
    added.to = to;
    added.template = template;
    added.key = slots.hasUuid ? slots.uuid : undefined;
    added.messageId = readMessageId(slots.l7);
    return added;
  }

  #newAdded(bytes: Buffer, template: Template): NewFlow {
    const { knownTexts: known, ownTexts: own } = this.#slots;
    const place = { bytes, from: 0, to: 0 };
    return {
      flow: this.#flow,
      ...place,
      template,
      known,
      own,
      key: undefined,
      notes: this.#notes,
      messageId: '',
    };
  }

  /**
   * Along the tree. Where both a text and a slot may stand, the text goes first: most records have it.
   * If that leads nowhere, the record is read again from its beginning, with slots first.
   */
  #walk(bytes: Buffer, from: number, end: number): Template | undefined {
    const found = this.#follow(bytes, from, end, false);
    return found === undefined && this.#hadChoice ? this.#follow(bytes, from, end, true) : found;
  }

  #follow(bytes: Buffer, from: number, end: number, slotsFirst: boolean): Template | undefined {
    const tree = this.#tree;
    const slots = this.#slots;
    const view = slots.start(bytes);
    this.#hadChoice = false;
    let node = tree.root;
    let at = from;
    while (at < end) {
      const { slot } = node;
      const branch = tree.follow(node, view, at, end);
      const readsSlot = slot !== undefined && (branch === undefined || slotsFirst);
      const behind = readsSlot ? slots.read(slot.kind, at, end) : NONE;
      if (slot !== undefined && behind !== NONE) {
        at = behind;
        node = slot.next;
      } else if (branch !== undefined) {
        if (slot !== undefined) this.#hadChoice = true;
        at += branch.length;
        node = branch.node;
      } else return undefined;
    }
    slots.settle(end);
    return node.end;
  }

  /** What the record says that was walked along; undefined where it must be parsed to be understood. */
  #read({ traits }: Template): Flow | undefined {
    const slots = this.#slots;
    const source = this.#endpoint(
      'source',
      slots.source,
      slots.sourceAddress,
      slots.sourceNames,
      slots.sourceService,
    );
    const destination = this.#endpoint(
      'destination',
      slots.destination,
      slots.destinationAddress,
      slots.destinationNames,
      slots.destinationService,
    );
    if (source === undefined || destination === undefined) return undefined;
    const node = this.#known.nodeOf(slots.node);
    const flow = this.#flow;
    const notes = this.#notes;
    notes.source = source;
    notes.destination = destination;
    notes.node = slots.nodeNote ?? (slots.nodeLabels === undefined ? node : undefined) ?? newNote();
    flow.time = slots.time;
    flow.key = slots.hasUuid ? slots.uuid : undefined;
    flow.source = source.endpoint;
    flow.destination = destination.endpoint;
    flow.sourcePort = slots.sourcePort;
    flow.destinationPort = slots.destinationPort;
    flow.traits = traits;
    flow.policies = slots.policies.length === 0 ? noPolicies : this.#policies();
    // L7 messages seldom come again: to look for an equal one would be in vain.
    flow.l7 = readL7(slots.l7);
    flow.latency = readLatency(slots.l7);
    flow.isPaired = false;
    flow.node = node?.name ?? '';
    flow.nodeLabels = slots.nodeLabels ?? this.#noLabels;
    flow.weight = weightOf(slots.flowCount);
    return flow;
  }

  #policies(): Policies {
    const [first, ...more] = this.#slots.policies;
    const known = first !== undefined && more.length === 0 ? first.list.policies?.get(first.slot) : undefined;
    if (known !== undefined) return known;
    const lists = this.#slots.policies.map(({ slot, list }) => [policyKeys.get(slot), list.value]);
    const policies = this.reader.readPolicies(Object.fromEntries(lists) as Json);
    if (first !== undefined && more.length === 0)
      (first.list.policies ??= new Map()).set(first.slot, policies);
    return policies;
  }

  #endpoint(
    side: Side,
    number: number,
    address: number,
    names: KnownText | undefined,
    service: KnownText | undefined,
  ): NotedEndpoint | undefined {
    const endpoint = this.#known.endpoints.valueOf(number);
    if (endpoint === undefined) return undefined;
    const known =
      service !== undefined ? undefined : names === undefined ? endpoint.plain : endpoint.named?.get(names);
    if (known !== undefined) return known;
    const read = this.#readEndpoint(side, endpoint, this.#known.ipOf(address), names, service);
    // The texts are written again from what was read, which may be an equal one with its keys in another order.
    if (read.raw !== endpoint.raw && valueText(read.raw) !== valueText(endpoint.raw)) return undefined;
    if (names !== undefined && valueText(read.names) !== names.text) return undefined;
    if (service !== undefined && serviceText(read) !== service.text) return undefined;
    const noted = { endpoint: read, number: NONE, numberedBy: NONE, metIn: undefined, isNameable: undefined };
    if (service !== undefined) return noted;
    if (names === undefined) endpoint.plain = noted;
    else this.#known.keepNamed(endpoint, names, noted);
    return noted;
  }

  #readEndpoint(
    side: Side,
    { raw }: KnownEndpoint,
    ip: string,
    names?: KnownText,
    service?: KnownText,
  ): Endpoint {
    const told = { [`${side}_names`]: names?.value, [`${side}_service`]: service?.value };
    return this.reader.readEndpoint(told, side, raw, ip);
  }

  /** Takes a record apart that was parsed, and learns from it how others like it are told. */
  take(bytes: Buffer, flow: Flow, messageId?: string): NewFlow {
    if (this.#patience.learnsNext()) this.#learn(bytes, flow);
    return this.keepWhole(bytes, flow, messageId);
  }

  /** Of the same shape as what is scanned: whoever stores both is faster so. */
  keepWhole(bytes: Buffer, flow: Flow, messageId?: string): NewFlow {
    const own = [Buffer.from(shorten(bytes.toString('utf8'), flow))];
    const template = this.#whole(flow);
    const place = { bytes, from: 0, to: bytes.length };
    return { flow, ...place, template, known: [], own, key: undefined, notes: undefined, messageId };
  }

  #whole({ traits }: Flow): Template {
    let template = this.#wholes.get(traits);
    if (template === undefined) this.#wholes.set(traits, (template = Template.whole(traits)));
    return template;
  }

  #learn(bytes: Buffer, flow: Flow): void {
    this.#slots.start(bytes);
    const slots = findSlots(bytes, this.#slots, flow.l7 !== undefined, this.#strange);
    if (slots === undefined) return;
    this.#slots.settle(bytes.length);
    const template = new Template(templateText(bytes, slots), flow.traits);
    if (!sameMeaning(this.#read(template), flow)) return;
    this.#treeBytes += bytes.length;
    if (this.#treeBytes > MOST_BYTES) {
      this.#tree = new TemplateTree();
      this.#treeBytes = bytes.length;
    }
    let node = this.#tree.root;
    let at = 0;
    for (const { slot, from, to } of slots) {
      const next = this.#tree.grow(node, bytes.subarray(at, from)).growSlot(slot);
      if (next === undefined) return;
      node = next;
      at = to;
    }
    this.#tree.grow(node, bytes.subarray(at)).end ??= template;
  }
}

const policyKeys: ReadonlyMap<Slot, string> = new Map([
  [Slot.egressAllowedBy, 'egress_allowed_by'],
  [Slot.ingressAllowedBy, 'ingress_allowed_by'],
  [Slot.egressDeniedBy, 'egress_denied_by'],
  [Slot.ingressDeniedBy, 'ingress_denied_by'],
]);

function templateText(record: Buffer, slots: readonly FoundSlot[]): string {
  let text = '';
  let at = 0;
  for (const { slot, from, to } of slots) {
    text += record.toString('utf8', at, from) + MARK + kindOf(slot);
    at = to;
  }
  return text + record.toString('utf8', at);
}

function kindOf(slot: Slot): string {
  return kindOfSlot[slot];
}

/** Reading by the slots gives the same flow as reading the parsed record. */
function sameMeaning(read: Flow | undefined, flow: Flow): boolean {
  return (
    read !== undefined &&
    read.time === flow.time &&
    read.uuid === flow.uuid &&
    equal(read.source, flow.source) &&
    equal(read.destination, flow.destination) &&
    read.sourcePort === flow.sourcePort &&
    read.destinationPort === flow.destinationPort &&
    read.policies === flow.policies &&
    equal(read.l7, flow.l7) &&
    read.latency === flow.latency &&
    read.node === flow.node &&
    equal(read.nodeLabels, flow.nodeLabels) &&
    read.weight === flow.weight
  );
}
