import { ColumnReader, ColumnWriter } from './columns.js';
import { decompress, refuseChanged } from './compression.js';
import { Damaged, typed } from './damage.js';
import { HOUR, MINUTE } from './edge-counter.js';
import { packLatencies, unpackLatencies } from './packed-latencies.js';
import type { Sum } from './sums.js';

const WORD = 2 ** 32;
const MINUTES = 60;
/** More than any block has: a number beyond it is damage, and must not become an allocation. */
const MOST_SUMS = 1 << 21;

/** As they rest in `edge_minutes`. */
export interface PackedMinutes {
  sums: number;
  columns: Buffer;
  checksum: number;
}

/**
 * The sums of an hour, by minute, as columns: sorted by their keys, of which the first words are told as steps from one
 * sum to the next. `columns` of `edge_minutes`, before they are compressed.
 */
export function writeMinutes(hour: number, sums: readonly Sum[]): Buffer {
  const columns = new ColumnWriter();
  const word = (of: (sum: Sum) => number) => {
    columns.write(Uint32Array.from(sums, of));
  };
  /** Up to 2^53. */
  const long = (of: (sum: Sum) => number) => {
    word((sum) => of(sum) % WORD);
    word((sum) => of(sum) / WORD);
  };
  columns.write(steps(Int32Array.from(sums, ({ key }) => (key[0] ?? 0) - hour * MINUTES)));
  columns.write(steps(Int32Array.from(sums, ({ key }) => key[1] ?? 0)));
  columns.write(steps(Int32Array.from(sums, ({ key }) => key[2] ?? 0)));
  word(({ key }) => key[3] ?? 0);
  word(({ key }) => (key[4] ?? 0) >>> 16);
  word(({ key }) => (key[4] ?? 0) & 0xffff);
  long(({ flows }) => flows);
  long(({ key, first }) => Number(first - BigInt(key[0] ?? 0) * MINUTE));
  long(({ first, last }) => Number(last - first));
  long(({ syns }) => syns);
  long(({ resets }) => resets);
  const latencies = sums.map(({ latencies }) => latencies && packLatencies(latencies));
  columns.write(Uint32Array.from(latencies, (packed) => packed?.length ?? 0));
  return Buffer.concat([columns.take(), ...latencies.flatMap((packed) => packed ?? [])]);
}

/** The sums of an hour's part; their keys begin with the minute since 1970. */
export function unpackMinutes(hour: number, row: PackedMinutes): Sum[] {
  const { sums, columns, checksum } = typed(row, { sums: 'count', columns: 'blob', checksum: 'count' });
  refuseChanged(checksum, columns);
  return readMinutes(hour, sums, decompress(columns));
}

function readMinutes(hour: number, count: number, bytes: Uint8Array): Sum[] {
  if (count > MOST_SUMS) throw new Damaged('a block of minutes has the wrong size');
  const columns = new ColumnReader(bytes);
  const long = () => {
    const [low, high] = [columns.read(count), columns.read(count)];
    return Float64Array.from(low, (value, i) => value + (high[i] ?? 0) * WORD);
  };
  const keys = [unsteps(columns.read(count)), unsteps(columns.read(count)), unsteps(columns.read(count))];
  const [kinds, sourcePorts, ports] = [columns.read(count), columns.read(count), columns.read(count)];
  const [flows, first, lasted, syns, resets] = [long(), long(), long(), long(), long()];
  const lengths = columns.read(count);
  let at = columns.at;
  const begin = BigInt(hour) * HOUR;
  const sums = Array.from(lengths, (length, i): Sum => {
    const [minute = 0, source = 0, destination = 0] = keys.map((words) => words[i]);
    if (minute < 0 || minute >= MINUTES) throw new Damaged('a block of minutes tells of another hour');
    const begins = begin + BigInt(minute) * MINUTE + BigInt(first[i] ?? 0);
    const packed = bytes.subarray(at, (at += length));
    return {
      key: Int32Array.of(
        hour * MINUTES + minute,
        source,
        destination,
        kinds[i] ?? 0,
        ((sourcePorts[i] ?? 0) << 16) | (ports[i] ?? 0),
      ),
      flows: flows[i] ?? 0,
      first: begins,
      last: begins + BigInt(lasted[i] ?? 0),
      syns: syns[i] ?? 0,
      resets: resets[i] ?? 0,
      latencies: length === 0 ? undefined : unpackLatencies(packed),
    };
  });
  if (at !== bytes.length) throw new Damaged('a block of minutes has the wrong size');
  return sums;
}

/** Forward steps become even numbers, backward ones odd: small either way. */
function steps(values: Int32Array): Uint32Array {
  let before = 0;
  return Uint32Array.from(values, (value) => {
    const step = value - before;
    before = value;
    return (step << 1) ^ (step >> 31);
  });
}

function unsteps(folded: Uint32Array): Int32Array {
  let before = 0;
  return Int32Array.from(folded, (step) => (before += (step >>> 1) ^ -(step & 1)));
}
