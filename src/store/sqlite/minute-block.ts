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

/** Sums of an hour in the making. */
export interface WrittenMinutes {
  /** Minutes since 1970, the last one included. */
  minuteMin: number;
  minuteMax: number;
  flows: number;
  sums: number;
  columns: Buffer;
}

/** Numbers up to 2^53, in two words. */
class Longs {
  readonly #low: Uint32Array;
  readonly #high: Uint32Array;

  constructor(count: number) {
    this.#low = new Uint32Array(count);
    this.#high = new Uint32Array(count);
  }

  set(i: number, value: number): void {
    this.#low[i] = value % WORD;
    this.#high[i] = value / WORD;
  }

  write(columns: ColumnWriter): void {
    columns.write(this.#low);
    columns.write(this.#high);
  }
}

/**
 * The sums of an hour, by minute, as columns: in order of their keys, of which the first words are told as steps from
 * one sum to the next. `columns` of `edge_minutes`, before they are compressed.
 */
export function writeMinutes(hour: number, count: number, sums: Iterable<Sum>): WrittenMinutes {
  const words = Array.from({ length: 7 }, () => new Uint32Array(count)) as Words;
  const [minutes, sources, destinations, kinds, sourcePorts, ports, lengths] = words;
  const longs = Array.from({ length: 5 }, () => new Longs(count)) as Five<Longs>;
  const latencies: Buffer[] = [];
  const before = new Int32Array(3);
  let [i, flows, begins, minuteMin, minuteMax] = [0, 0, 0n, 0, -1];
  for (const sum of sums) {
    const [minute = 0, source = 0, destination = 0, kind = 0, both = 0] = sum.key;
    if (i === 0) minuteMin = minute;
    if (minute !== minuteMax) begins = BigInt(minute) * MINUTE;
    minuteMax = minute;
    minutes[i] = stepTo(before, 0, minute - hour * MINUTES);
    sources[i] = stepTo(before, 1, source);
    destinations[i] = stepTo(before, 2, destination);
    kinds[i] = kind;
    sourcePorts[i] = both >>> 16;
    ports[i] = both & 0xffff;
    longs[0].set(i, sum.flows);
    longs[1].set(i, Number(sum.first - begins));
    longs[2].set(i, Number(sum.last - sum.first));
    longs[3].set(i, sum.syns);
    longs[4].set(i, sum.resets);
    if (sum.latencies !== undefined) {
      const packed = packLatencies(sum.latencies);
      lengths[i] = packed.length;
      latencies.push(packed);
    }
    flows += sum.flows;
    i++;
  }
  const columns = new ColumnWriter();
  for (const column of words.slice(0, -1)) columns.write(column);
  for (const column of longs) column.write(columns);
  columns.write(lengths);
  return { minuteMin, minuteMax, flows, sums: count, columns: Buffer.concat([columns.take(), ...latencies]) };
}

type Five<T> = [T, T, T, T, T];
type Words = [...Five<Uint32Array>, Uint32Array, Uint32Array];

/** Forward steps become even numbers, backward ones odd: small either way. */
function stepTo(before: Int32Array, column: number, value: number): number {
  const step = value - (before[column] ?? 0);
  before[column] = value;
  return (step << 1) ^ (step >> 31);
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

function unsteps(folded: Uint32Array): Int32Array {
  let before = 0;
  return Int32Array.from(folded, (step) => (before += (step >>> 1) ^ -(step & 1)));
}
