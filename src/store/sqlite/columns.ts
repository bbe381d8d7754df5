import { promisify } from 'node:util';
import { deflateRaw, inflateRaw, inflateRawSync, type ZlibOptions } from 'node:zlib';

/**
 * Fixed-width columns as typed arrays, one after another in one deflated blob. A layout names them
 * with the wide ones first, so that each begins aligned to its width. Little-endian, as every
 * machine that Node.js runs on.
 */
const arrays = {
  i64: BigInt64Array,
  f64: Float64Array,
  u32: Uint32Array,
  u16: Uint16Array,
  u8: Uint8Array,
} as const;

export type Layout = Readonly<Record<string, keyof typeof arrays>>;

export type Columns<L extends Layout> = {
  [name in keyof L]: InstanceType<(typeof arrays)[L[name]]>;
};

export function emptyColumns<L extends Layout>(layout: L, rows: number): Columns<L> {
  return viewColumns(layout, new ArrayBuffer(rows * rowBytes(layout)), rows);
}

function viewColumns<L extends Layout>(layout: L, buffer: ArrayBuffer, rows: number): Columns<L> {
  let offset = 0;
  const views = Object.entries(layout).map(([name, type]) => {
    const view = new arrays[type](buffer, offset, rows);
    offset += view.byteLength;
    return [name, view];
  });
  return Object.fromEntries(views) as Columns<L>;
}

function rowBytes(layout: Layout): number {
  return Object.values(layout).reduce((sum, type) => sum + arrays[type].BYTES_PER_ELEMENT, 0);
}

export function packColumns<L extends Layout>(layout: L, columns: Columns<L>, rows: number): Uint8Array {
  const bytes = new Uint8Array(rows * rowBytes(layout));
  let offset = 0;
  for (const name in layout) {
    const column = columns[name].subarray(0, rows);
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), offset);
    offset += column.byteLength;
  }
  return bytes;
}

/** The number of rows follows from the size. */
export function unpackColumns<L extends Layout>(
  layout: L,
  blob: Uint8Array,
): { rows: number; columns: Columns<L> } {
  const bytes = inflateRawSync(blob);
  const rows = bytes.byteLength / rowBytes(layout);
  if (!Number.isInteger(rows)) throw new Error('a block of columns has the wrong size');
  return { rows, columns: viewColumns(layout, new Uint8Array(bytes).buffer, rows) };
}

const deflate = promisify<Uint8Array, ZlibOptions, Buffer>(deflateRaw);
const inflate = promisify<Uint8Array, ZlibOptions, Buffer>(inflateRaw);

/**
 * In the thread pool, in one go: with the default of 16 KiB of output at a time, every piece would
 * wait for a turn of the event loop. Level 1 loses little against higher ones on this data.
 */
export async function compress(bytes: Uint8Array): Promise<Buffer> {
  return deflate(bytes, { level: 1, chunkSize: Math.max(4096, bytes.byteLength >> 1) });
}

export async function decompress(bytes: Uint8Array): Promise<Buffer> {
  return inflate(bytes, { chunkSize: 1 << 20 });
}
