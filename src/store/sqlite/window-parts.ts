import { clientSide } from '../../domain/flow/direction.js';
import type { Endpoint, Flow } from '../../domain/flow/flow.js';
import { podKey, withoutGeneratedSuffix } from '../../domain/flow/node-identity.js';
import { coarseEndpoint, coarseKind, endText, kindText } from '../../domain/service-map/coarse.js';
import { sharedLabels, type LabelledEnd } from '../../domain/service-map/coarse-sums.js';
import { counterOf, isSocket } from '../../domain/service-map/counters.js';
import type { Kind, Numbering } from './edge-counter.js';

/** An endpoint at the grain of workloads. */
interface End {
  endpoint: Endpoint;
  text: string;
  /** Its pod, where the workload is only foretold by the pod's name, or told and another one. */
  guessed: string | undefined;
  unforetold: string | undefined;
}

/** Readers hand out the same object for equal endpoints. */
const ends = new WeakMap<Endpoint, End>();

function endOf(endpoint: Endpoint): End {
  let end = ends.get(endpoint);
  if (end === undefined) ends.set(endpoint, (end = readEnd(endpoint)));
  return end;
}

function readEnd(endpoint: Endpoint): End {
  const coarse = coarseEndpoint(endpoint);
  const { pod, workloads } = endpoint;
  const told = workloads[0]?.name;
  const key = pod === '' ? undefined : podKey(endpoint);
  return {
    endpoint: coarse,
    text: endText(coarse),
    guessed: told === undefined ? key : undefined,
    unforetold: told === undefined || told === withoutGeneratedSuffix(pod) ? undefined : key,
  };
}

type Told = Pick<Flow, 'traits' | 'policies' | 'l7'>;

/** Numbers the ends and kinds of one window. */
export class WindowParts implements Numbering {
  readonly #ends = new Map<string, number>();
  readonly #kinds = new Map<string, Kind>();
  /** By their numbers. */
  readonly ends: LabelledEnd[] = [];
  readonly kinds: Told[] = [];
  readonly #seen = new Set<number>();
  readonly #guessed = new Set<string>();
  readonly #unforetold = new Set<string>();

  endOf(endpoint: Endpoint): number {
    const { endpoint: coarse, text, guessed, unforetold } = endOf(endpoint);
    if (guessed !== undefined) this.#guessed.add(guessed);
    if (unforetold !== undefined) this.#unforetold.add(unforetold);
    let number = this.#ends.get(text);
    if (number === undefined) {
      number = this.ends.push({ endpoint: coarse, labels: undefined }) - 1;
      this.#ends.set(text, number);
    }
    return number;
  }

  kindOf(flow: Told): Kind {
    const coarse = coarseKind(flow);
    const text = kindText(coarse);
    let kind = this.#kinds.get(text);
    if (kind === undefined) {
      const id = this.kinds.push(coarse) - 1;
      const isDrop = flow.traits.verdict === 'DROPPED';
      kind = { id, client: clientSide(flow), isDrop, isSocket: isSocket(counterOf(flow)) };
      this.#kinds.set(text, kind);
    }
    return kind;
  }

  see(number: number, { labels }: Endpoint): void {
    this.#seen.add(number);
    const end = this.ends[number];
    // A masked record has no labels; that says nothing about the others'.
    if (end !== undefined && labels.length > 0) end.labels = sharedLabels(end.labels, labels);
  }

  /** Those that packets had. */
  seen(): LabelledEnd[] {
    return this.ends.filter((_, number) => this.#seen.has(number));
  }

  /** No pod was counted for the workload that its name foretells while a record tells another one. */
  get hold(): boolean {
    for (const pod of this.#unforetold) if (this.#guessed.has(pod)) return false;
    return true;
  }
}
