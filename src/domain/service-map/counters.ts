import type { Counter } from './counter.js';

export interface Counted {
  readonly counter: Counter;
  flows: number;
  /** Packets among them that open a TCP connection, or answer one that does; and that break one off. */
  syns: number;
  resets: number;
  /** The one that comes next by name. */
  next: Counted | undefined;
}

/** How much each counter counted. There are few of an edge: linked, they take a fraction of the room of a Map. */
export class Counters {
  #first: Counted | undefined;

  add(counter: Counter, flows: number, syns = 0, resets = 0): void {
    let counted = this.#first;
    while (counted !== undefined && counted.counter !== counter) counted = counted.next;
    counted ??= this.#of(counter);
    counted.flows += flows;
    counted.syns += syns;
    counted.resets += resets;
  }

  #of(counter: Counter): Counted {
    let before: Counted | undefined;
    let next = this.#first;
    while (next !== undefined && next.counter.name < counter.name) [before, next] = [next, next.next];
    if (next?.counter.name === counter.name) return next;
    const counted = { counter, flows: 0, syns: 0, resets: 0, next };
    if (before === undefined) this.#first = counted;
    else before.next = counted;
    return counted;
  }

  addAll(others: Counters): void {
    others.forEach(({ counter, flows, syns, resets }) => {
      this.add(counter, flows, syns, resets);
    });
  }

  /** In order of their names. */
  forEach(visit: (counted: Readonly<Counted>) => void): void {
    for (let counted = this.#first; counted !== undefined; counted = counted.next) visit(counted);
  }

  /** Flows by name. Names begin with a point of observation, so none is `__proto__`. */
  record(): Record<string, number> {
    const record: Record<string, number> = {};
    this.forEach(({ counter, flows }) => {
      record[counter.name] = flows;
    });
    return record;
  }
}

/** By name. */
export function inOrder(counts: ReadonlyMap<string, number>): Record<string, number> {
  if (counts.size === 0) return {};
  if (counts.size === 1) return Object.fromEntries(counts);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
