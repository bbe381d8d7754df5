import { clientSide } from '../../domain/flow/direction.js';
import type { Endpoint, Flow } from '../../domain/flow/flow.js';
import { shownAs } from '../../domain/flow/node-identity.js';
import { coarseEndpoint, coarseKind, endText, kindText } from '../../domain/service-map/coarse.js';
import { counterOf } from '../../domain/service-map/counter.js';
import { isAnswer } from '../../domain/service-map/tally.js';
import { podTold, type PodsTold } from '../../domain/service-map/foretold.js';
import type { Kind } from './edge-counter.js';

type Told = Pick<Flow, 'traits' | 'policies' | 'l7'>;

export interface KnownKind extends Kind {
  told: Told;
}

/** What is remembered: some 100 MB of a cluster of 200,000 pods. */
const MOST_ENDPOINTS = 200_000;
const MOST_KINDS = 50_000;

/** Numbers endpoints, their ends at the grain of workloads, and kinds, for all windows: they are few, and asked for again. */
export class WindowParts {
  /** As long as their readers know them: read anew, one has another number. */
  readonly #endpoints = new WeakMap<Endpoint, number>();
  #size = 0;
  readonly #ends = new Map<string, number>();
  readonly #kinds = new Map<string, KnownKind>();
  readonly #labels = new Map<string, number>();
  /** By their numbers. */
  readonly ends: Endpoint[] = [];
  readonly kinds: KnownKind[] = [];
  /** Sorted. */
  readonly labels: (readonly string[])[] = [];
  /** By numbers of endpoints, in arrays: a window has thousands, which as objects would lie all over the memory. */
  endOf = new Int32Array(1 << 12);
  labelsOf = new Int32Array(1 << 12);
  /** Pods by the numbers of their endpoints. */
  readonly pods: Readonly<Record<keyof PodsTold, Map<number, string>>> = {
    guessed: new Map(),
    unforetold: new Map(),
  };

  /** Endpoints that have numbers. */
  get size(): number {
    return this.#size;
  }

  /** So many that all is better numbered anew. */
  get isFull(): boolean {
    return this.size > MOST_ENDPOINTS || this.kinds.length > MOST_KINDS;
  }

  /** Of a coarse one the labels are told apart. */
  endpoint(endpoint: Endpoint, labels = shownAs(endpoint).labels): number {
    const known = this.#endpoints.get(endpoint);
    if (known !== undefined) return known;
    const number = this.#size++;
    this.#endpoints.set(endpoint, number);
    if (number === this.endOf.length) {
      this.endOf = doubled(this.endOf);
      this.labelsOf = doubled(this.labelsOf);
    }
    this.endOf[number] = this.#end(endpoint);
    this.labelsOf[number] = this.#labelsNumber(labels);
    const { guessed, unforetold } = podTold(endpoint);
    if (guessed !== undefined) this.pods.guessed.set(number, guessed);
    if (unforetold !== undefined) this.pods.unforetold.set(number, unforetold);
    return number;
  }

  #labelsNumber(labels: readonly string[]): number {
    const sorted = [...labels].sort();
    const text = sorted.join('\0');
    let number = this.#labels.get(text);
    if (number === undefined) this.#labels.set(text, (number = this.labels.push(sorted) - 1));
    return number;
  }

  #end(endpoint: Endpoint): number {
    const coarse = coarseEndpoint(endpoint);
    const text = endText(coarse);
    let number = this.#ends.get(text);
    if (number === undefined) this.#ends.set(text, (number = this.ends.push(coarse) - 1));
    return number;
  }

  kind(flow: Told): KnownKind {
    const told = coarseKind(flow);
    const text = kindText(told);
    let kind = this.#kinds.get(text);
    if (kind === undefined) {
      const isDrop = flow.traits.verdict === 'DROPPED';
      const id = this.kinds.length;
      kind = {
        id,
        told,
        client: clientSide(flow),
        isDrop,
        isSocket: counterOf(flow).isSocket,
        isAnswer: isAnswer(flow),
      };
      this.kinds.push(kind);
      this.#kinds.set(text, kind);
    }
    return kind;
  }
}

export function doubled(from: Int32Array): Int32Array<ArrayBuffer> {
  const to = new Int32Array(from.length * 2);
  to.set(from);
  return to;
}
