import type { Traits } from '../../domain/flow/flow.js';
import type { Segment } from './segment.js';

/** Nanoseconds. */
export const MINUTE = 60_000_000_000n;

/** A segment added up by traits, and by minute and traits. */
export interface TraitMinutes {
  /** Which there are. */
  traits: readonly Traits[];
  whole: TraitSums;
  minutes: TraitSums;
}

/** List by list a group of flows. Some 30 bytes a group, and where minutes have many flows, groups are few. */
interface TraitSums {
  /** Of its traits. */
  number: Uint32Array;
  count: Uint32Array;
  weight: Float64Array;
  /** Nanoseconds since 1970. */
  first: BigInt64Array;
  last: BigInt64Array;
}

export function bytesOf({ whole, minutes }: TraitMinutes): number {
  return (whole.number.length + minutes.number.length) * 32;
}

export function traitMinutesOf({ columns, parts, info }: Segment): TraitMinutes {
  const { template, time, weight } = columns;
  const traits = new Numbers<Traits>();
  const numberOf: number[] = [];
  const groups = new Map<bigint, (Group | undefined)[]>();
  const all: Group[] = [];
  let ofMinute: (Group | undefined)[] = [];
  let [begin, end] = [0n, 0n];
  for (let row = 0; row < info.flows; row++) {
    const at = time[row] ?? 0n;
    if (at < begin || at >= end) {
      begin = floor(at, MINUTE);
      end = begin + MINUTE;
      groups.set(begin, (ofMinute = groups.get(begin) ?? []));
    }
    const told = template[row] ?? 0;
    const number = (numberOf[told] ??= traits.of(parts.template(told).traits));
    let group = ofMinute[number];
    if (group === undefined) {
      group = ofMinute[number] = { number, count: 0, weight: 0, first: at, last: at };
      all.push(group);
    }
    group.count++;
    group.weight += weight[row] ?? 1;
    if (at < group.first) group.first = at;
    if (at > group.last) group.last = at;
  }
  return { traits: traits.parts, whole: sumsOf(together(all)), minutes: sumsOf(all) };
}

/** Without their minutes. */
function together(groups: readonly Group[]): Group[] {
  const sums: Group[] = [];
  for (const group of groups) {
    const sum = sums[group.number];
    // Traits are numbered in the order in which groups come.
    if (sum === undefined) sums.push({ ...group });
    else add(sum, group);
  }
  return sums;
}

function add(sum: Group, { count, weight, first, last }: Group): void {
  sum.count += count;
  sum.weight += weight;
  if (first < sum.first) sum.first = first;
  if (last > sum.last) sum.last = last;
}

function sumsOf(all: readonly Group[]): TraitSums {
  return {
    number: Uint32Array.from(all, ({ number }) => number),
    count: Uint32Array.from(all, ({ count }) => count),
    weight: Float64Array.from(all, ({ weight }) => weight),
    first: BigInt64Array.from(all, ({ first }) => first),
    last: BigInt64Array.from(all, ({ last }) => last),
  };
}

interface Group {
  number: number;
  count: number;
  weight: number;
  first: bigint;
  last: bigint;
}

/** Numbers parts in the order in which they are met; many templates have the same. */
export class Numbers<T> {
  readonly #numbers = new Map<T, number>();

  get parts(): T[] {
    return [...this.#numbers.keys()];
  }

  of(part: T): number {
    const number = this.#numbers.get(part) ?? this.#numbers.size;
    this.#numbers.set(part, number);
    return number;
  }
}

/** The multiple of a step at or before a time. */
export function floor(time: bigint, step: bigint): bigint {
  const rest = time % step;
  return rest < 0n ? time - rest - step : time - rest;
}
