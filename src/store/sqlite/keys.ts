import { KEY_BYTES } from '../../domain/flow/flow-key.js';
import { compress, decompress, Effort, refuseChanged } from './compression.js';
import { Damaged, typed } from './damage.js';

/**
 * The keys of a segment, 16 bytes a flow, as planes: first the first byte of every key, then the second. Nearly
 * all of it is chance, but not the version of a uuid, nor what some writers count up. So each plane is compressed
 * by itself, unless it looks like chance, and kept as it is where that makes it no smaller. Before the planes
 * stand their lengths.
 */
export function packKeys(keys: Uint8Array): Buffer {
  const rows = keys.length / KEY_BYTES;
  const planes = Array.from({ length: KEY_BYTES }, (_, byte) => packPlane(planeOf(keys, byte, rows)));
  const lengths = Buffer.alloc(KEY_BYTES * 4);
  for (const [byte, { length }] of planes.entries()) lengths.writeUInt32LE(length, byte * 4);
  return Buffer.concat([lengths, ...planes]);
}

function planeOf(keys: Uint8Array, byte: number, rows: number): Uint8Array {
  const plane = new Uint8Array(rows);
  for (let row = 0, at = byte; row < rows; row++, at += KEY_BYTES) plane[row] = keys[at] ?? 0;
  return plane;
}

function packPlane(plane: Uint8Array): Uint8Array {
  if (looksLikeChance(plane)) return plane;
  const packed = compress(plane, Effort.plane);
  return packed.length < plane.length ? packed : plane;
}

/** How much more often than by chance two bytes may be equal: less is not worth a compressor. */
const MORE_THAN_CHANCE = 1.02;

/** Neither its bytes nor their steps have favourites, as those of counters do: a call of the compressor is saved. */
function looksLikeChance(plane: Uint8Array): boolean {
  const values = new Uint32Array(256);
  const steps = new Uint32Array(256);
  count(plane, values, steps);
  return isEven(values, plane.length) && isEven(steps, plane.length);
}

/** By itself, and with an index: V8 gave up its code for this loop a hundred times, once for each time that it ended. */
function count(plane: Uint8Array, values: Uint32Array, steps: Uint32Array): void {
  let before = 0;
  for (let row = 0; row < plane.length; row++) {
    const value = plane[row] ?? 0;
    const step = (value - before) & 255;
    values[value] = (values[value] ?? 0) + 1;
    steps[step] = (steps[step] ?? 0) + 1;
    before = value;
  }
}

function isEven(counts: Uint32Array, size: number): boolean {
  return equalPairs(counts, size) <= MORE_THAN_CHANCE;
}

/** How many pairs are of equal bytes, as a multiple of what chance makes of so many. */
function equalPairs(counts: Uint32Array, size: number): number {
  if (size < 2) return Infinity;
  let pairs = 0;
  for (const count of counts) pairs += count * (count - 1);
  return (pairs * 256) / (size * (size - 1));
}

/** As they rest. */
export interface KeysRow {
  flows: number;
  layout: number;
  keys: Buffer;
  checksum: number | null;
}

/** From row `from` on, up to the one before `end`. Throws `Damaged` where they are not what was written. */
export function readKeys(row: KeysRow, from = 0, end = row.flows): Uint8Array {
  const planes = new KeyPlanes(row);
  const keys = new Uint8Array((end - from) * KEY_BYTES);
  for (let byte = 0; byte < KEY_BYTES; byte++) {
    let at = byte;
    for (const part of planes.plane(byte).subarray(from, end)) {
      keys[at] = part;
      at += KEY_BYTES;
    }
  }
  return keys;
}

/** The planes, each unpacked when it is asked for. Throws `Damaged` where they are not what was written. */
export class KeyPlanes {
  readonly flows: number;
  /** As they rest. */
  readonly #packed: readonly Uint8Array[];

  constructor(row: KeysRow) {
    const { flows, layout, keys, checksum } = typed(row, {
      flows: 'count',
      layout: 'count',
      keys: 'blob',
      checksum: 'count?',
    });
    refuseChanged(checksum, keys);
    this.flows = flows;
    this.#packed = layout === 1 ? planesOfFirstLayout(keys, flows) : packedPlanes(keys);
  }

  plane(byte: number): Uint8Array {
    const packed = this.#packed[byte] ?? new Uint8Array();
    return ofLength(packed.length === this.flows ? packed : decompress(packed, this.flows), this.flows);
  }

  /** So many bytes of keys that tell these from each other best: of the planes that are hardest to compress. */
  telling(count: number): number[] {
    const sizes = this.#packed.map(({ length }, byte) => ({ length, byte }));
    return sizes
      .sort((a, b) => b.length - a.length)
      .slice(0, count)
      .map(({ byte }) => byte);
  }
}

function packedPlanes(blob: Buffer): Uint8Array[] {
  let at = KEY_BYTES * 4;
  if (blob.length < at) throw new Damaged('its keys are cut off');
  return Array.from({ length: KEY_BYTES }, (_, byte) =>
    blob.subarray(at, (at += blob.readUInt32LE(byte * 4))),
  );
}

/** All planes were compressed together. */
function planesOfFirstLayout(blob: Buffer, flows: number): Uint8Array[] {
  const planes = ofLength(decompress(blob), flows * KEY_BYTES);
  return Array.from({ length: KEY_BYTES }, (_, byte) => planes.subarray(byte * flows, (byte + 1) * flows));
}

function ofLength(bytes: Uint8Array, expected: number): Uint8Array {
  if (bytes.length !== expected)
    throw new Damaged(`it has ${bytes.length} bytes of keys instead of ${expected}`);
  return bytes;
}
