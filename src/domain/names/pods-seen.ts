import { bytesOfEndpoint } from '../flow/endpoint-reader.js';
import type { Endpoint, Flow } from '../flow/flow.js';
import { entityOf, isUntold, podKey } from '../flow/node-identity.js';
import { LearnedEnds } from './learned-ends.js';
import { NOBODY, Stays, type Stay } from './stays.js';

/** Nanoseconds of a step: who is seen again within one is not noted again, which costs next to nothing. */
const STEP = 60_000_000_000n;
/** Addresses of all clusters that are remembered: some 300 bytes each. */
const MOST_ADDRESSES = 100_000;
/** Of the pods seen there, which the end that is joined is stored with. */
const MOST_BYTES = 128 << 20;
/** Characters of an address with its cluster; longer ones are of no cluster. */
const LONGEST_KEY = 300;
/** Addresses at which there was no pod yet: some 100 bytes each. */
const MOST_PASSED_OVER = 10_000;
/** Nodes whose time is remembered, and moments. */
const MOST_NODES = 10_000;
const MOST_MOMENTS = 1_000;

/** Entities that have addresses of their own. The others are pods about which nobody knows more. */
const NO_PODS = ['host', 'remote-node', 'kube-apiserver', 'ingress', 'health', 'world'];

/** What an end tells of who is at its address. */
interface Sight {
  /** Undefined where it tells nothing. */
  who: string | undefined;
  isUntold: boolean;
  /** Where it was noted last, and as what. */
  cluster: string;
  stay: Stay | undefined;
}

/**
 * A step of time in a cluster: the same object for the same, as long as nodes are in it and nothing is forgotten of
 * what was met in it.
 */
export interface Moment {
  cluster: string;
  step: number;
}

/** A node that reports flows, and when its last one was. */
interface Reporter {
  moment: Moment;
  from: bigint;
  to: bigint;
}

/**
 * Which pod was seen at which address, to join ends to that Hubble left unknown. Addresses are those that the cluster
 * of the reporting node knows: two clusters may use the same.
 */
export class PodsSeen {
  readonly #sights = new WeakMap<Endpoint, Sight>();
  readonly #reporters = new Map<string, Reporter>();
  readonly #moments = new Map<string, Moment>();
  /** By cluster and address. */
  readonly #stays = new Map<string, Stays>();
  /** By cluster and address: where somebody was met who does not matter, as there was no pod before. */
  readonly #passedOver = new Set<string>();
  #bytes = 0;
  readonly #ends = new LearnedEnds();

  constructor(
    private readonly mostAddresses = MOST_ADDRESSES,
    private readonly mostBytes = MOST_BYTES,
  ) {}

  /** When a flow was seen, and where; undefined where it has no time. */
  momentOf({ time, node }: Flow): Moment | undefined {
    const reporter = this.#reporters.get(node);
    if (time === undefined) return undefined;
    if (reporter !== undefined && time >= reporter.from && time < reporter.to) return reporter.moment;
    if (this.#reporters.size >= MOST_NODES) this.#reporters.clear();
    const step = time / STEP;
    const moment = this.#moment(clusterOfNode(node), Number(step));
    this.#reporters.set(node, { moment, from: step * STEP, to: (step + 1n) * STEP });
    return moment;
  }

  #moment(cluster: string, step: number): Moment {
    const key = `${cluster} ${step}`;
    let moment = this.#moments.get(key);
    if (moment === undefined) {
      if (this.#moments.size >= MOST_MOMENTS) this.#moments.clear();
      this.#moments.set(key, (moment = { cluster, step }));
    }
    return moment;
  }

  /** Notes who is there, which then is done for this moment; false where Hubble left it unknown. */
  meet(endpoint: Endpoint, moment: Moment): boolean {
    let sight = this.#sights.get(endpoint);
    if (sight === undefined) this.#sights.set(endpoint, (sight = read(endpoint)));
    const { who, stay, cluster } = sight;
    if (who === undefined) return !sight.isUntold;
    const { step } = moment;
    if (stay === undefined || cluster !== moment.cluster || step < stay.first || step > stay.until) {
      sight.cluster = moment.cluster;
      sight.stay = this.#note(endpoint, who, moment);
    } else if (step > stay.last) stay.last = step;
    return true;
  }

  /** Undefined where it does not matter that somebody is there. */
  #note(endpoint: Endpoint, who: string, { cluster, step }: Moment): Stay | undefined {
    const key = `${cluster} ${endpoint.ip}`;
    if (key.length > LONGEST_KEY) return undefined;
    if (this.#bytes >= this.mostBytes) this.#forgetAll();
    let stays = this.#stays.get(key);
    // The addresses of the world are many, and matter only where there was a pod before.
    if (stays === undefined && who === NOBODY) {
      this.#passOver(key);
      return undefined;
    }
    stays ??= this.#newStays(key);
    return stays.goOn(who, step) ?? this.#begin(stays, who, endpoint, step);
  }

  #begin(stays: Stays, who: string, endpoint: Endpoint, step: number): Stay {
    const stay = stays.begin(who, endpoint, step);
    this.#bytes += bytesOfEndpoint(endpoint);
    const oldest = stays.forgetOldest();
    if (oldest !== undefined) {
      this.#bytes -= bytesOfEndpoint(oldest.endpoint);
      this.#meetAgain();
    }
    return stay;
  }

  #passOver(key: string): void {
    if (this.#passedOver.size >= MOST_PASSED_OVER) {
      this.#passedOver.clear();
      this.#meetAgain();
    }
    this.#passedOver.add(key);
  }

  /** What takes no book-keeping for what is seen again and again. */
  #forgetAll(): void {
    for (const stays of this.#stays.values()) stays.forgetAll();
    this.#stays.clear();
    this.#bytes = 0;
    this.#meetAgain();
  }

  #newStays(key: string): Stays {
    if (this.#stays.size >= this.mostAddresses) this.#forgetAll();
    if (this.#passedOver.delete(key)) this.#meetAgain();
    const stays = new Stays();
    this.#stays.set(key, stays);
    return stays;
  }

  /** Whoever is seen again in a moment is met again, as if they had not been met in it. */
  #meetAgain(): void {
    this.#moments.clear();
    this.#reporters.clear();
  }

  /** An unknown end joined to the pod that was there; undefined where nobody can tell. */
  joined(endpoint: Endpoint, { cluster, step }: Moment): Endpoint | undefined {
    const stay = this.#stays.get(`${cluster} ${endpoint.ip}`)?.at(step);
    if (stay === undefined || stay.who === NOBODY) return undefined;
    return this.#ends.with(endpoint, stay.endpoint, { pod: stay.endpoint });
  }
}

/** Before Cilium 1.16, and in Hubble's own filters, a node without a cluster is of `default`. */
function clusterOfNode(node: string): string {
  const slash = node.indexOf('/');
  return slash < 0 ? 'default' : node.slice(0, slash);
}

function read(endpoint: Endpoint): Sight {
  const who = whoIs(endpoint);
  const untold = who === undefined && isUntold(endpoint);
  return { who, isUntold: untold, cluster: '', stay: undefined };
}

function whoIs(endpoint: Endpoint): string | undefined {
  const { ip, pod, names, service, labels } = endpoint;
  if (ip === '') return undefined;
  if (pod !== '') return podKey(endpoint);
  const isOutside = labels.some((label) => label.startsWith('cidr:') || label.startsWith('fqdn:'));
  const isOther =
    isOutside || names.length > 0 || service !== '' || NO_PODS.includes(entityOf(endpoint) ?? '');
  return isOther ? NOBODY : undefined;
}
