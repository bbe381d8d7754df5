import { missingOf, type UsualField } from './fields.js';
import { minuteOf, type NodeMinute } from './node-minute.js';

/** Told in full; of the nodes behind them only together. */
export const MOST_NODES = 1_000;
/** The longest of a node, to be listed. */
const MOST_SILENCES = 100;

/** Whole minutes since 1970 without any flow, both counted in. */
export interface Silence {
  from: number;
  to: number;
}

/** Flows whose time is astray, by at most so many milliseconds, and when they were. */
export interface Astray {
  flows: number;
  most: number;
  first: bigint;
  last: bigint;
}

/** What the minutes of one node come to. They are added in order of their first flow. */
export class NodeHistory {
  flows = 0;
  first: bigint | undefined;
  last: bigint | undefined;
  /** Minutes with flows, and those without between the first and the last. */
  minutes = 0;
  silentMinutes = 0;
  silences = 0;
  ahead: Astray | undefined;
  late: Astray | undefined;
  /** In how many minutes none of the flows carried a field. */
  readonly masked = new Map<UsualField, number>();
  #longest: Silence[] = [];
  #lastMinute = -Infinity;
  /** Of the minute that is not over yet. */
  #open = { minute: -Infinity, flows: 0, fields: 0 };

  add(told: NodeMinute): void {
    const { flows, first, last, ahead, aheadMost, late, lateMost } = told;
    this.flows += flows;
    this.first ??= first;
    if (this.last === undefined || last > this.last) this.last = last;
    if (ahead > 0) this.ahead = together(this.ahead, { flows: ahead, most: aheadMost, first, last });
    if (late > 0) this.late = together(this.late, { flows: late, most: lateMost, first, last });
    const minute = minuteOf(Number(first));
    this.#hearAgain(minute, minuteOf(Number(last)));
    this.#carry(minute, told);
  }

  /** The last minute in which it was heard. */
  get lastMinute(): number {
    return this.#lastMinute;
  }

  /** The longest of them, in order of time. */
  longestSilences(): Silence[] {
    return this.#longest.toSorted((a, b) => a.from - b.from);
  }

  /** Nothing more comes. */
  end(): void {
    this.#endMinute();
  }

  #hearAgain(from: number, to: number): void {
    const silence = { from: this.#lastMinute + 1, to: from - 1 };
    if (this.#lastMinute > -Infinity && silence.to >= silence.from) this.#note(silence);
    this.#lastMinute = Math.max(this.#lastMinute, to);
  }

  #note(silence: Silence): void {
    this.silences++;
    this.silentMinutes += minutesOf(silence);
    this.#longest.push(silence);
    if (this.#longest.length <= MOST_SILENCES) return;
    let shortest = 0;
    for (const [i, other] of this.#longest.entries())
      if (minutesOf(other) < minutesOf(this.#longest[shortest] ?? other)) shortest = i;
    this.#longest.splice(shortest, 1);
  }

  #carry(minute: number, { flows, fields }: NodeMinute): void {
    if (minute !== this.#open.minute) this.#endMinute();
    this.#open = { minute, flows: this.#open.flows + flows, fields: this.#open.fields | fields };
  }

  #endMinute(): void {
    const { flows, fields } = this.#open;
    this.#open = { minute: -Infinity, flows: 0, fields: 0 };
    if (flows === 0) return;
    this.minutes++;
    for (const field of missingOf(fields, flows)) this.masked.set(field, (this.masked.get(field) ?? 0) + 1);
  }
}

/** What the minutes of all nodes come to. */
export class NodeHistories {
  readonly nodes = new Map<string, NodeHistory>();
  /** Nodes that were too many to tell apart, when they were stored or here. */
  readonly others = new NodeHistory();
  #newestMinute = -Infinity;

  /** In order of their first flow. */
  add(minutes: Iterable<NodeMinute>): void {
    for (const minute of minutes) {
      this.#of(minute.node).add(minute);
      // Else one clock that is ahead would make all other nodes look silent.
      if (minute.ahead === 0)
        this.#newestMinute = Math.max(this.#newestMinute, minuteOf(Number(minute.last)));
    }
  }

  /** Nothing more comes. */
  end(): void {
    for (const history of this.nodes.values()) history.end();
  }

  /** It was not heard for a whole minute or more, up to the end, while others were. */
  fellSilent(history: NodeHistory): boolean {
    return history.lastMinute + 2 <= this.#newestMinute;
  }

  #of(name: string | undefined): NodeHistory {
    if (name === undefined) return this.others;
    let history = this.nodes.get(name);
    if (history !== undefined) return history;
    if (this.nodes.size >= MOST_NODES) return this.others;
    this.nodes.set(name, (history = new NodeHistory()));
    return history;
  }
}

export function minutesOf({ from, to }: Silence): number {
  return to - from + 1;
}

function together(a: Astray | undefined, b: Astray): Astray {
  if (a === undefined) return b;
  return {
    flows: a.flows + b.flows,
    most: Math.max(a.most, b.most),
    first: a.first,
    last: b.last > a.last ? b.last : a.last,
  };
}
