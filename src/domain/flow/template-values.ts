import { flowOf } from './recorded-flow.js';
import { leavesOf } from './sought.js';
import { MARK, SlotKind } from './template.js';

/** A value of a flow that differs from record to record. */
export interface SlotValue {
  kind: SlotKind;
  /** Its number among the slots for known texts, or for own ones. */
  at: number;
  /** What fills it stands between quotes; else it is JSON by itself. */
  isContent: boolean;
}

/** Where the values of a template's flows come from. */
export interface TemplateValues {
  /** What all of them say: texts, and numbers as JavaScript writes them. */
  said: readonly string[];
  slots: readonly SlotValue[];
}

const SLOT = new RegExp(`${MARK}(.)`, 'gs');
/** Stands for a slot in a text that can be parsed. */
const PLACE = new RegExp(`^${MARK}(\\d+)$`);

/**
 * Undefined where the text alone does not tell: a record that is kept whole, or a slot that is but a part of a value.
 * Each slot is made a value of its own and the record parsed; so what is outside of the flow, or counts for nothing
 * as its name comes again, is left out as in the records themselves.
 */
export function valuesOfTemplate(text: string): TemplateValues | undefined {
  const found: SlotValue[] = [];
  const json = text.replace(SLOT, (_, letter: string, at: number) => {
    const kind = letter as SlotKind;
    const isContent = text[at - 1] === '"' && text[at + 2] === '"';
    const number = found.push({
      kind,
      at: found.filter((slot) => isAlike(slot.kind, kind)).length,
      isContent,
    });
    // Within a text, the quotes of what stands for a value would be an error.
    return isContent ? `\\u0001${number - 1}` : `{"":"\\u0001${number - 1}"}`;
  });
  return found.some(({ kind }) => kind === SlotKind.record) ? undefined : sorted(json, found);
}

function isAlike(a: SlotKind, b: SlotKind): boolean {
  return isOwn(a) ? isOwn(b) : a === b;
}

function isOwn(kind: SlotKind): boolean {
  return kind === SlotKind.own || kind === SlotKind.l7;
}

function sorted(json: string, found: readonly SlotValue[]): TemplateValues | undefined {
  const said: string[] = [];
  const slots: SlotValue[] = [];
  const isStrange = leavesOf(flowIn(json), (leaf) => {
    const slot = found[Number(PLACE.exec(leaf)?.[1] ?? -1)];
    if (slot !== undefined) slots.push(slot);
    else said.push(leaf);
    return slot === undefined && leaf.includes(MARK);
  });
  return isStrange || said.length + slots.length === 0 ? undefined : { said, slots };
}

function flowIn(json: string): unknown {
  try {
    return flowOf(JSON.parse(json));
  } catch {
    return undefined;
  }
}
