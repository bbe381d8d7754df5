import { KEY_BYTES } from '../../domain/flow/flow-key.js';
import { compress, decompress, refuseChanged } from './compression.js';
import { Damaged, typed } from './damage.js';

/**
 * The keys of a segment, 16 bytes a flow, as planes: first the first byte of every key, then the
 * second. Nearly all of it is chance, but not the version of a uuid, nor what some writers count up.
 */
export function packKeys(keys: Uint8Array): Promise<Buffer> {
  const rows = keys.length / KEY_BYTES;
  const planes = new Uint8Array(keys.length);
  let at = 0;
  for (let byte = 0; byte < KEY_BYTES; byte++) {
    for (let row = 0; row < rows; row++) planes[at++] = keys[row * KEY_BYTES + byte] ?? 0;
  }
  return compress(planes);
}

/** As they rest. */
export interface KeysRow {
  flows: number;
  keys: Buffer;
  checksum: number | null;
}

/** From row `from` on, up to the one before `end`. Throws `Damaged` where they are not what was written. */
export function readKeys(row: KeysRow, from = 0, end = row.flows): Uint8Array {
  const { flows, keys: blob, checksum } = typed(row, { flows: 'count', keys: 'blob', checksum: 'count?' });
  refuseChanged(checksum, blob);
  const planes = decompress(blob);
  if (planes.length !== flows * KEY_BYTES) {
    throw new Damaged(`it has ${flows} flows, but ${planes.length} bytes of keys`);
  }
  const keys = new Uint8Array((end - from) * KEY_BYTES);
  for (let byte = 0; byte < KEY_BYTES; byte++) {
    let at = byte;
    for (const part of planes.subarray(byte * flows + from, byte * flows + end)) {
      keys[at] = part;
      at += KEY_BYTES;
    }
  }
  return keys;
}
