import type { Endpoint, Flow, Policies, Side } from '../domain/flow/flow.js';
import { equal, type Json } from '../domain/flow/json.js';
import { readL7 } from '../domain/flow/l7-reader.js';
import { noPolicies } from '../domain/flow/policies-reader.js';
import type { FlowReader } from '../domain/flow/flow-reader.js';
import { MARK, serviceText, shorten, Template, valueText } from '../domain/flow/template.js';
import type { NewFlow } from '../store/flow-store.js';
import { ByteText } from './byte-text.js';
import { KnownValues, type KnownAddress, type KnownEndpoint, type KnownText } from './known-values.js';
import { findSlots, type FoundSlot } from './record-walk.js';
import { kindOfSlot, Slot, SlotReader, type TextCounts } from './slot-reader.js';
import { TemplateNode } from './template-tree.js';

/** Bytes of templates remembered; beyond them, all are learned anew. */
const MOST_BYTES = 16 << 20;

/** Records that taught a template for nothing, before only one in `TRY_AGAIN` does. A record that was told like another makes up for some. */
const PATIENCE = 1_000;
const HIT_WORTH = 4;
const TRY_AGAIN = 16;

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
  #tree = new TemplateNode<Template>();
  #treeBytes = 0;
  #misses = 0;
  /** The reader's own list, by which it is known again. */
  readonly #noLabels: readonly string[];

  constructor(private readonly reader: FlowReader) {
    this.#known = new KnownValues(reader);
    this.#slots = new SlotReader(this.#known);
    this.#noLabels = reader.readNodeLabels(undefined);
  }

  /** The flow whose record these bytes are; undefined when it must be parsed. Only good until the next call. */
  scan(bytes: Buffer, from: number, to: number): NewFlow | undefined {
    const slots = this.#slots;
    const template = this.#walk(slots.start(bytes), from, to);
    if (template === undefined) return undefined;
    const flow = this.#read(template);
    if (flow === undefined) return undefined;
    if (this.#misses > 0) this.#misses = Math.max(0, this.#misses - HIT_WORTH);
    return { flow, template, known: slots.knownTexts, own: slots.ownTexts };
  }

  /**
   * Along the tree. Where both a text and a slot may follow, the text goes first: most records have
   * it. If that leads nowhere, the walk goes back there, once, and takes the slot.
   */
  #walk(view: DataView, from: number, end: number): Template | undefined {
    let node = this.#tree;
    let at = from;
    let fork: Fork | undefined;
    while (at < end) {
      const branch = node.follow(view, at, end);
      if (branch !== undefined) {
        if (node.slot !== undefined) fork ??= { node, at, texts: this.#slots.texts };
        at += branch.text.length;
        node = branch.node;
        continue;
      }
      if (node.slot === undefined || (at = this.#slots.read(node.slot.kind, at, end)) < 0) {
        return fork && this.#walkSlot(view, fork, end);
      }
      node = node.slot.next;
    }
    return node.end ?? (fork && this.#walkSlot(view, fork, end));
  }

  #walkSlot(view: DataView, { node: start, at: from, texts }: Fork, end: number): Template | undefined {
    this.#slots.forget(texts);
    let node = start;
    let at = from;
    while (at < end) {
      const behind = node.slot === undefined ? -1 : this.#slots.read(node.slot.kind, at, end);
      if (node.slot !== undefined && behind >= 0) {
        at = behind;
        node = node.slot.next;
        continue;
      }
      const branch = node.follow(view, at, end);
      if (branch === undefined) return undefined;
      at += branch.text.length;
      node = branch.node;
    }
    return node.end;
  }

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
    return {
      time: slots.time,
      uuid: slots.uuid,
      source,
      destination,
      sourcePort: slots.sourcePort,
      destinationPort: slots.destinationPort,
      traits,
      policies: slots.policies.length === 0 ? noPolicies : this.#policies(),
      // L7 messages seldom come again: to look for an equal one would be in vain.
      l7: readL7(slots.l7),
      node: slots.node?.name ?? '',
      nodeLabels: slots.nodeLabels ?? this.#noLabels,
      weight: 1,
    };
  }

  #policies(): Policies {
    const [first, ...more] = this.#slots.policies;
    const known = first !== undefined && more.length === 0 ? first.list.policies.get(first.slot) : undefined;
    if (known !== undefined) return known;
    const lists = this.#slots.policies.map(({ slot, list }) => [policyKeys.get(slot), list.value]);
    const policies = this.reader.readPolicies(Object.fromEntries(lists) as Json);
    if (more.length === 0) first?.list.policies.set(first.slot, policies);
    return policies;
  }

  #endpoint(
    side: Side,
    endpoint: KnownEndpoint | undefined,
    address: KnownAddress | undefined,
    names: KnownText | undefined,
    service: KnownText | undefined,
  ): Endpoint | undefined {
    if (endpoint === undefined || address === undefined) return undefined;
    const known =
      service !== undefined ? undefined : names === undefined ? endpoint.plain : endpoint.named.get(names);
    if (known !== undefined) return known;
    const read = this.#readEndpoint(side, endpoint, address, names, service);
    // The texts are written again from what was read, which may be an equal one with its keys in another order.
    if (valueText(read.raw) !== valueText(endpoint.raw)) return undefined;
    if (names !== undefined && valueText(read.names) !== names.text) return undefined;
    if (service !== undefined && serviceText(read) !== service.text) return undefined;
    if (service !== undefined) return read;
    if (names === undefined) endpoint.plain = read;
    else this.#known.keepNamed(endpoint, names, read);
    return read;
  }

  #readEndpoint(
    side: Side,
    { raw }: KnownEndpoint,
    { ip }: KnownAddress,
    names?: KnownText,
    service?: KnownText,
  ): Endpoint {
    const told = { [`${side}_names`]: names?.value, [`${side}_service`]: service?.value };
    return this.reader.readEndpoint(told, side, raw, ip);
  }

  /** Takes a record apart that was parsed, and learns from it how others like it are told. */
  take(bytes: Buffer, flow: Flow): NewFlow {
    const learns = this.#misses++ < PATIENCE || this.#misses % TRY_AGAIN === 0;
    if (learns && flow.weight === 1) this.#learn(bytes, flow);
    return this.keepWhole(bytes, flow);
  }

  keepWhole(bytes: Buffer, flow: Flow): NewFlow {
    const own = [Buffer.from(shorten(bytes.toString('utf8'), flow))];
    return { flow, template: this.#whole(flow), known: [], own };
  }

  #whole({ traits }: Flow): Template {
    let template = this.#wholes.get(traits);
    if (template === undefined) this.#wholes.set(traits, (template = Template.whole(traits)));
    return template;
  }

  #learn(bytes: Buffer, flow: Flow): void {
    this.#slots.start(bytes);
    const slots = findSlots(bytes, this.#slots, flow.l7 !== undefined);
    const template = new Template(templateText(bytes, slots), flow.traits);
    if (!sameMeaning(this.#read(template), flow)) return;
    this.#treeBytes += bytes.length;
    if (this.#treeBytes > MOST_BYTES) {
      this.#tree = new TemplateNode();
      this.#treeBytes = bytes.length;
    }
    let node: TemplateNode<Template> | undefined = this.#tree;
    let at = 0;
    for (const { slot, from, to } of slots) {
      node = node?.grow(new ByteText(bytes.subarray(at, from))).growSlot(slot);
      at = to;
    }
    const last = node?.grow(new ByteText(bytes.subarray(at)));
    if (last !== undefined) last.end ??= template;
  }
}

const policyKeys: ReadonlyMap<Slot, string> = new Map([
  [Slot.egressAllowedBy, 'egress_allowed_by'],
  [Slot.ingressAllowedBy, 'ingress_allowed_by'],
  [Slot.egressDeniedBy, 'egress_denied_by'],
  [Slot.ingressDeniedBy, 'ingress_denied_by'],
]);

/** Where a text was taken though a slot might follow as well, and how many texts were read before. */
interface Fork {
  node: TemplateNode<Template>;
  at: number;
  texts: TextCounts;
}

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
    read.node === flow.node &&
    equal(read.nodeLabels, flow.nodeLabels)
  );
}
