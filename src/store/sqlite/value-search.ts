import { parseHeld } from './damage.js';
import type { Sought } from '../../domain/flow/sought.js';
import { fill, SlotKind, type FilledFrom, type Template } from '../../domain/flow/template.js';
import { valuesOfTemplate, type SlotValue } from '../../domain/flow/template-values.js';
import { Kind } from './dictionary-writer.js';
import type { Generation } from './dictionary-reader.js';
import type { SegmentRow } from './segment-row.js';
import type { Segment } from './segment.js';

/** What the values of these are written with, in lower case. */
const characters = new Map<SlotKind, RegExp>([
  [SlotKind.time, /^[\dtz:.+-]+$/],
  [SlotKind.uuid, /^[\da-f-]+$/],
  [SlotKind.sourcePort, /^\d+$/],
  [SlotKind.destinationPort, /^\d+$/],
]);

/** Which entries of the dictionary fill these. */
const entries = new Map<SlotKind, Kind>([
  [SlotKind.source, Kind.endpoint],
  [SlotKind.destination, Kind.endpoint],
  [SlotKind.sourceAddress, Kind.endpoint],
  [SlotKind.destinationAddress, Kind.endpoint],
  [SlotKind.sourceNames, Kind.endpoint],
  [SlotKind.destinationNames, Kind.endpoint],
  [SlotKind.sourceService, Kind.endpoint],
  [SlotKind.destinationService, Kind.endpoint],
  [SlotKind.node, Kind.node],
  [SlotKind.nodeLabels, Kind.node],
  [SlotKind.known, Kind.text],
]);

/** What is known of a template: all of its flows say it, or those where one of these does; else ask the record. */
type Plan = 'all' | 'by record' | readonly SlotValue[];

/**
 * Finds the flows of a generation that say what is sought, without their records: each value is all in the text of
 * the template, or all in what fills a slot, and what fills slots mostly comes from the dictionary, so it is looked
 * at once. Of a row no more is unpacked than slots need that can have it at all.
 */
export class ValueSearch {
  readonly #plans: (Plan | undefined)[] = [];
  readonly #judged = new Map<string, (boolean | undefined)[]>();
  /** Of each kind of entries: blocks that were searched, and whether one of them can have it. */
  readonly #searched = new Map<Kind, { blocks: number; canSay: boolean }>();
  #segment: Segment | undefined;

  constructor(
    private readonly parts: Generation,
    private readonly sought: Sought,
  ) {}

  says(segment: Segment, flow: SegmentRow): boolean {
    if (this.#segment !== segment) this.#reach(segment);
    const template = segment.columns.template[flow.row] ?? 0;
    const plan = (this.#plans[template] ??= this.#plan(this.parts.template(template)));
    if (typeof plan !== 'string') return plan.some((slot) => this.#isIn(slot, segment, flow));
    return plan === 'all' || (this.sought.canBeIn(flow.record) && this.sought.isInAny(flow.json));
  }

  /** Entries that came since the last segment may say it, too. */
  #reach(segment: Segment): void {
    this.#segment = segment;
    for (const kind of new Set(entries.values())) {
      const { blocks, canSay } = this.#searched.get(kind) ?? { blocks: 0, canSay: false };
      const found = this.parts.search(kind, this.sought, blocks);
      this.#searched.set(kind, { blocks: found.blocks, canSay: canSay || found.canSay });
      if (found.canSay && !canSay) this.#plans.length = 0;
    }
  }

  #plan({ text }: Template): Plan {
    const values = valuesOfTemplate(text);
    if (values === undefined) return 'by record';
    if (values.said.some((value) => this.sought.isIn(value))) return 'all';
    return values.slots.filter((slot) => this.#canBeIn(slot));
  }

  #canBeIn({ kind }: SlotValue): boolean {
    const entry = entries.get(kind);
    if (entry !== undefined) return this.#searched.get(entry)?.canSay !== false;
    const written = characters.get(kind);
    return written === undefined || this.sought.canBeOf(written);
  }

  #isIn(slot: SlotValue, segment: Segment, flow: SegmentRow): boolean {
    const number = numberOf(slot, segment, flow.row);
    if (number === undefined) return this.#isInText(slot, textIn(slot, segment, flow));
    const key = `${slot.kind}${slot.isContent}`;
    let judged = this.#judged.get(key);
    if (judged === undefined) this.#judged.set(key, (judged = []));
    return (judged[number] ??= this.#isInText(slot, textIn(slot, segment, flow)));
  }

  #isInText({ isContent }: SlotValue, text: string): boolean {
    return this.sought.canBeIn(text) && this.sought.isInAny(parseHeld(isContent ? `"${text}"` : text));
  }
}

/** Of the entry that fills the slot; undefined where what fills it is the row's own. */
function numberOf({ kind, at }: SlotValue, { columns }: Segment, row: number): number | undefined {
  switch (kind) {
    case SlotKind.source:
    case SlotKind.sourceAddress:
    case SlotKind.sourceNames:
    case SlotKind.sourceService:
      return columns.source[row];
    case SlotKind.destination:
    case SlotKind.destinationAddress:
    case SlotKind.destinationNames:
    case SlotKind.destinationService:
      return columns.destination[row];
    case SlotKind.node:
    case SlotKind.nodeLabels:
      return columns.node[row];
    case SlotKind.known:
      return columns.known[(columns.firstKnown[row] ?? 0) + at];
    default:
      return undefined;
  }
}

function textIn({ kind, at }: SlotValue, segment: Segment, flow: FilledFrom & { row: number }): string {
  if (kind === SlotKind.known) return segment.knownText(flow.row, at);
  if (kind === SlotKind.own || kind === SlotKind.l7) return segment.ownText(flow.row, at);
  return fill(kind, flow);
}
