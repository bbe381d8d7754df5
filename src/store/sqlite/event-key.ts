import { canonicalText, hashText, type FlowKey } from '../../domain/flow/flow-key.js';

/** Whether the record of an event is the one that came: its key was made of it. */
export function isAsItCame(record: string, key: Buffer): boolean {
  const made: FlowKey = new Uint32Array(4);
  try {
    hashText(canonicalText(record), made);
  } catch {
    return false;
  }
  return Buffer.from(made.buffer).equals(key);
}
