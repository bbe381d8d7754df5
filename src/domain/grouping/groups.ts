import { Latencies, Room, type Answers } from '../latencies.js';

/** What flows of the same values add to their group. */
export interface Observation {
  /** One for each field. */
  values: readonly string[];
  /** Records, one unless said. */
  count?: number;
  /** Flows that they stand for. */
  weight: number;
  /** Nanoseconds since 1970. */
  first: bigint;
  last: bigint;
  /** Those among them, if any. */
  answers?: Answers | undefined;
}

export interface Group {
  values: readonly string[];
  /** Records. */
  count: number;
  /** Flows that they stand for. */
  flows: number;
  first: bigint;
  last: bigint;
  /** Answers, measured or not. */
  answers: number;
  /** Undefined where there are none. */
  latencies: Latencies | undefined;
}

/** What was told together because there were too many groups to hold. */
export interface Folded {
  /** Times that a group was given up; the same one may come again. */
  groups: number;
  count: number;
  flows: number;
  /** No group's count is short by more. */
  atMost: number;
}

export interface Ranking {
  /** The most frequent first. */
  top: Group[];
  /** Groups behind these. */
  leftOut: { groups: number; count: number; flows: number };
  folded: Folded | undefined;
  /** Latencies that were not counted, as there was no room. */
  unmeasured: number;
}

/** Groups that are told apart: some 300 bytes each. */
const MOST_GROUPS = 10_000;
/** Buckets of latencies: some 40 bytes each. */
const MOST_BUCKETS = 400_000;

/**
 * Flows by the values of some fields. Memory is bounded: when there are twice as many groups as may be, the smaller
 * half is told together, so the largest stay right, or nearly so (`Folded` says how nearly).
 */
export class Groups {
  readonly #groups = new Map<string, Group>();
  readonly #room: Room;
  #folded: Folded | undefined;
  #unmeasured = 0;
  #count = 0;

  constructor(
    private readonly most = MOST_GROUPS,
    buckets = MOST_BUCKETS,
  ) {
    this.#room = new Room(buckets);
  }

  /** Records, of all groups. */
  get count(): number {
    return this.#count;
  }

  add({ values, count = 1, weight, first, last, answers }: Observation): void {
    const group = this.#groupOf(values, first);
    this.#count += count;
    group.count += count;
    group.flows += weight;
    if (first < group.first) group.first = first;
    if (last > group.last) group.last = last;
    if (answers !== undefined) this.#measure(group, answers);
  }

  #measure(group: Group, { count, latencies }: Answers): void {
    group.answers += count;
    const held = (group.latencies ??= new Latencies(this.#room));
    const before = held.measured;
    held.merge(latencies);
    this.#unmeasured += latencies.measured - (held.measured - before);
  }

  rank(most: number): Ranking {
    const top = bySize(this.#candidates(most))
      .slice(0, most)
      .map(([, group]) => group);
    const [all, told] = [sumOf(this.#groups.values()), sumOf(top)];
    return {
      top,
      leftOut: {
        groups: all.groups - told.groups,
        count: all.count - told.count,
        flows: all.flows - told.flows,
      },
      folded: this.#folded,
      unmeasured: this.#unmeasured,
    };
  }

  /** Those as large as the smallest that is told: mostly few of all, and quicker found than all are sorted. */
  #candidates(most: number): Keyed[] {
    const groups = [...this.#groups];
    if (groups.length <= most) return groups;
    const counts = Float64Array.from(groups, ([, { count }]) => count).sort();
    const least = counts[groups.length - most] ?? 0;
    return groups.filter(([, { count }]) => count >= least);
  }

  #groupOf(values: readonly string[], time: bigint): Group {
    const key = keyOf(values);
    const known = this.#groups.get(key);
    if (known !== undefined) return known;
    if (this.#groups.size >= 2 * this.most) this.#fold();
    const group = { values, count: 0, flows: 0, first: time, last: time, answers: 0, latencies: undefined };
    this.#groups.set(key, group);
    return group;
  }

  #fold(): void {
    const folded = (this.#folded ??= { groups: 0, count: 0, flows: 0, atMost: 0 });
    let largest = 0;
    for (const [key, { count, flows, latencies }] of bySize([...this.#groups]).slice(this.most)) {
      this.#groups.delete(key);
      latencies?.free();
      folded.groups++;
      folded.count += count;
      folded.flows += flows;
      largest = Math.max(largest, count);
    }
    // One that is given up, comes again and is given up again falls short by both.
    folded.atMost += largest;
  }
}

type Keyed = [key: string, group: Group];

/** The largest first. */
function bySize(groups: Keyed[]): Keyed[] {
  return groups.sort(([a, one], [b, other]) => other.count - one.count || compare(a, b));
}

function sumOf(groups: Iterable<Group>): Ranking['leftOut'] {
  const sum = { groups: 0, count: 0, flows: 0 };
  for (const { count, flows } of groups) {
    sum.groups++;
    sum.count += count;
    sum.flows += flows;
  }
  return sum;
}

/** Told apart also where values hold whatever might stand between them. */
export function keyOf(values: readonly string[]): string {
  const [only = ''] = values;
  if (values.length === 1) return only;
  let key = '';
  for (const value of values) key += `${value.length}:${value}`;
  return key;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
