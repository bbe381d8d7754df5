import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

/** What comes between two stretches of work. */
export type Turn = () => Promise<void>;

const turnOfOthers: Turn = () => setImmediate();

const nothing = () => Promise.resolve();

/** A place in the life of one answer: the last stored flow that it includes. */
export interface Position {
  epoch: string;
  seq: number;
  /** Flows that had passed the filter by then, where the answer counts them. */
  passed?: number;
}

/** What somebody begins to listen with. */
export interface Opening {
  /** Where they stand from now on. */
  position: Position;
  /** JSON of an object. */
  json: string;
}

/** A place that a listener held earlier, and how far back an answer shall begin that has no state. */
export interface Beginning {
  resume?: Position | undefined;
  last?: number | undefined;
}

/**
 * One answer for all who ask the same question, kept up to date while somebody listens. It can tell anybody what is
 * new since any place of theirs, so nothing has to be kept for those who listen but the place.
 */
export abstract class LiveQuestion {
  /** Of this object, as long as it lives. */
  readonly id = randomUUID();
  #epoch: string;
  #seq = 0;
  #refreshing: Promise<void> | undefined;
  #turn = turnOfOthers;
  #listeners = 0;

  constructor(epoch: string = randomUUID()) {
    this.#epoch = epoch;
  }

  /** A position is only good within one: it ends with a restart, and when flows were removed that the answer tells of. */
  get epoch(): string {
    return this.#epoch;
  }

  /** The last stored flow that the answer includes. */
  get seq(): number {
    return this.#seq;
  }

  get position(): Position {
    return { epoch: this.#epoch, seq: this.#seq };
  }

  /** Of how many parts it holds something: edges, causes of drops, flows. */
  abstract get parts(): number;

  protected reach(seq: number): void {
    this.#seq = seq;
  }

  protected beginEpoch(): void {
    this.#epoch = randomUUID();
  }

  /** Reads on until nothing more is on disk. Those who ask while it reads wait for a reading of their own. */
  async refresh(): Promise<void> {
    await this.refreshed(nothing);
  }

  /** The same; what was read then stays as it is until `use` is done with it. */
  async refreshed<T>(use: () => Promise<T>): Promise<T> {
    for (;;) {
      // Also of a reading that was begun for nobody.
      this.#turn = turnOfOthers;
      if (this.#refreshing === undefined) break;
      await this.#refreshing;
    }
    return this.#read(use);
  }

  /** The same for nobody, who can wait: until somebody asks, this comes between its stretches. */
  async keepNear(turn: Turn): Promise<void> {
    if (this.#refreshing !== undefined) return this.#refreshing;
    this.#turn = turn;
    await this.#read(nothing);
  }

  async #read<T>(use: () => Promise<T>): Promise<T> {
    const reading = this.readOn();
    const using = reading.then(use);
    // Whoever waits is told how the reading went; what fails in its use is for the one who uses it.
    this.#refreshing = using
      .then(nothing, () => reading)
      .finally(() => {
        this.#refreshing = undefined;
      });
    await this.#refreshing;
    return using;
  }

  protected abstract readOn(): Promise<void>;

  /** Between two stretches of reading. */
  protected readonly turn: Turn = () => this.#turn();

  abstract open(beginning: Beginning): Opening | Promise<Opening>;

  /** JSON of an object that tells what is new since a place. */
  abstract newsSince(position: Position): string;

  /** How much of it there is, as a count of what the question is about. */
  abstract waitingSince(position: Position): number;

  /** Somebody begins to listen; until they `leave`, the question does not rest. */
  enter(): void {
    this.#listeners++;
  }

  leave(): void {
    if (--this.#listeners === 0) this.rest();
  }

  /** Nobody listens any more: what is only of use to listeners may go. */
  protected abstract rest(): void;
}
