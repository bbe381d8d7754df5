import type { Endpoint, Flow } from '../flow/flow.js';
import { entityOf, isUntold, podKey } from '../flow/node-identity.js';
import { LearnedEnds } from './learned-ends.js';

/** Nanoseconds of a step: who is seen again within one is not noted again, which costs next to nothing. */
const STEP = 60_000_000_000n;
/**
 * Steps after which a pod need not be at its address any more: five minutes. An agent that restarts, and cannot tell
 * ends meanwhile, takes a minute or two; in five, a pod that came to the address is very likely seen there, as the
 * kubelet probes it every few seconds.
 */
const LONGEST = 5;
/** Records come nearly in order; what lies in the next step may be a moment later. */
const OUT_OF_ORDER = 1;
/** Addresses of all clusters that are remembered: some 300 bytes each. */
const MOST_ADDRESSES = 100_000;
/** Characters of an address with its cluster; longer ones are of no cluster. */
const LONGEST_KEY = 300;
/** Times at which one address was seen. */
const MOST_STAYS = 4;
/** Nodes whose time is remembered, and moments. */
const MOST_NODES = 10_000;
const MOST_MOMENTS = 1_000;

/** Entities that have addresses of their own. The others are pods about which nobody knows more. */
const NO_PODS = ['host', 'remote-node', 'kube-apiserver', 'ingress', 'health', 'world'];

/** Whatever is no pod. */
const NOBODY = '';

/** From when to when records showed somebody at an address, in steps. */
interface Stay {
  /** The pod by its name, or nobody. */
  who: string;
  endpoint: Endpoint;
  first: number;
  last: number;
  /** Up to when it goes on where it is seen again, without a look at who else was there. */
  until: number;
}

/** What an end tells of who is at its address. */
interface Sight {
  /** Undefined where it tells nothing. */
  who: string | undefined;
  isUntold: boolean;
  /** Where it was noted last, and as what. */
  cluster: string;
  stay: Stay | undefined;
}

/** A step of time in a cluster: the same object for the same, as long as nodes are in it. */
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
  /** By cluster and address; of each the latest first. */
  readonly #stays = new Map<string, Stay[]>();
  readonly #ends = new LearnedEnds();

  constructor(private readonly mostAddresses = MOST_ADDRESSES) {}

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
    } else if (step > stay.last) {
      stay.last = step;
      stay.until = step + LONGEST;
    }
    return true;
  }

  #note(endpoint: Endpoint, who: string, { cluster, step }: Moment): Stay {
    const fresh = { who, endpoint, first: step, last: step, until: step };
    const key = `${cluster} ${endpoint.ip}`;
    let stays = this.#stays.get(key);
    // The addresses of the world are many, and matter only where there was a pod before.
    if (key.length > LONGEST_KEY || (stays === undefined && who === NOBODY)) return fresh;
    if (stays === undefined) this.#stays.set(key, (stays = this.#newStays()));
    let stay = stays.find(
      ({ who: other, first, until }) => who === other && step >= first - LONGEST && step <= until,
    );
    if (stay === undefined) {
      stays.unshift((stay = fresh));
      if (stays.length > MOST_STAYS) end(stays.pop());
    }
    stay.first = Math.min(stay.first, step);
    stay.last = Math.max(stay.last, step);
    stay.until = stay.last + LONGEST;
    return stay;
  }

  /** Full, it forgets everything, which takes no book-keeping for what is seen again and again. */
  #newStays(): Stay[] {
    if (this.#stays.size >= this.mostAddresses) {
      for (const stays of this.#stays.values()) stays.forEach(end);
      this.#stays.clear();
    }
    return [];
  }

  /** An unknown end joined to the pod that was there; undefined where nobody can tell. */
  joined(endpoint: Endpoint, { cluster, step }: Moment): Endpoint | undefined {
    const stay = choose(this.#stays.get(`${cluster} ${endpoint.ip}`) ?? [], step);
    if (stay === undefined || stay.who === NOBODY) return undefined;
    return this.#ends.with(endpoint, stay.endpoint, { pod: stay.endpoint });
  }
}

/** Whoever is seen there again is noted again. */
function end(stay: Stay | undefined): void {
  if (stay !== undefined) stay.until = -Infinity;
}

/**
 * Who came to the address last, if the others had left it by then. Where two were seen in turns, or within one step,
 * nobody can tell whose it is.
 */
function choose(stays: readonly Stay[], step: number): Stay | undefined {
  const near = stays.filter(({ first, last }) => first <= step + OUT_OF_ORDER && last >= step - LONGEST);
  const [newest] = near.sort((a, b) => b.first - a.first);
  const others = near.filter(({ who }) => who !== newest?.who);
  if (newest === undefined || others.length === 0) return newest;
  const hasTakenOver = newest.first <= step && others.every(({ last }) => last < newest.first);
  return hasTakenOver ? newest : undefined;
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
