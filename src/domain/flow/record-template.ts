import type { Flow } from './flow.js';

/**
 * Records repeat the texts of their endpoints and of their node's labels: two thirds of their bytes.
 * A template is a record's JSON in which such a value is replaced by `-@`, and the flow holds the
 * value. No JSON has that behind a colon; inside of a string, the quotes of `"source":` would be
 * escaped. A value that is written in any other way stays where it is, so nothing is ever lost.
 */
type SharedKey = 'source' | 'destination' | 'node_labels';

const sharedKeys: readonly SharedKey[] = ['source', 'destination', 'node_labels'];

export const MARK = Buffer.from('-@');

/** The values that the marks stand for. */
function sharedValue(flow: Pick<Flow, 'source' | 'destination' | 'nodeLabels'>, key: SharedKey): object {
  return key === 'node_labels' ? flow.nodeLabels : flow[key].raw;
}

const texts = new WeakMap<object, string>();
const buffers = new WeakMap<object, Buffer>();

/** The JSON of a value that many records repeat. */
export function valueText(value: object): string {
  let text = texts.get(value);
  if (text === undefined) texts.set(value, (text = JSON.stringify(value)));
  return text;
}

export function valueBytes(value: object): Buffer {
  let buffer = buffers.get(value);
  if (buffer === undefined) buffers.set(value, (buffer = Buffer.from(valueText(value))));
  return buffer;
}

const needles: Record<SharedKey, Buffer> = {
  source: Buffer.from('"source":{'),
  destination: Buffer.from('"destination":{'),
  node_labels: Buffer.from('"node_labels":['),
};

/** Where the value of a key begins, told from other uses of the key by its first byte; -1 where it does not. */
function findValue(record: Buffer, key: SharedKey, from: number): number {
  const found = record.indexOf(needles[key], from);
  return found < 0 ? -1 : found + needles[key].length - 1;
}

export function holdsAt(record: Buffer, at: number, text: Buffer): boolean {
  return text.compare(record, at, Math.min(at + text.length, record.length)) === 0;
}

/** The template of a record, given the flow that was read from it. */
export function toTemplate(record: Buffer, flow: Flow): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const key of sharedKeys) {
    const text = valueBytes(sharedValue(flow, key));
    const at = text.length <= 2 ? -1 : findValue(record, key, from);
    if (at < 0 || !holdsAt(record, at, text)) continue;
    pieces.push(record.subarray(from, at), MARK);
    from = at + text.length;
  }
  pieces.push(record.subarray(from));
  return Buffer.concat(pieces);
}

const MARKED = /"(source|destination|node_labels)":-@/g;

/** The record again, to the letter. */
export function fromTemplate(
  template: string,
  flow: Pick<Flow, 'source' | 'destination' | 'nodeLabels'>,
): string {
  return template.replace(MARKED, (_, key: SharedKey) => `"${key}":${valueText(sharedValue(flow, key))}`);
}
