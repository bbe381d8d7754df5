import { randomUUID } from 'node:crypto';

interface Moment {
  /** Milliseconds from the beginning of the story. */
  offset: number;
  record: { flow?: Record<string, unknown>; time?: string };
}

/** Tells recorded flows over and over, as if they happened now. */
export class Replay {
  readonly #moments: Moment[];
  readonly #length: number;
  #position = 0;

  constructor(ndjson: string) {
    const records = ndjson
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Moment['record'])
      .filter(({ flow }) => flow !== undefined);
    const start = Math.min(...records.map(timeOf));
    this.#moments = records
      .map((record) => ({ offset: timeOf(record) - start, record }))
      .sort((a, b) => a.offset - b.offset);
    this.#length = (this.#moments.at(-1)?.offset ?? 0) + 1;
  }

  /** The records of the next `milliseconds` of the story, with new times and uuids, as NDJSON. */
  advance(milliseconds: number, now: number): string {
    const from = this.#position;
    const to = from + milliseconds;
    this.#position = to % this.#length;
    return this.#moments
      .filter(({ offset }) => (offset >= from && offset < to) || offset < to - this.#length)
      .map(({ record }) => `${JSON.stringify(renew(record, new Date(now).toISOString()))}\n`)
      .join('');
  }
}

function renew({ flow, ...envelope }: Moment['record'], time: string): Moment['record'] {
  return { flow: { ...flow, time, uuid: randomUUID() }, ...envelope, time };
}

function timeOf({ time }: Moment['record']): number {
  return Date.parse(time ?? '');
}
