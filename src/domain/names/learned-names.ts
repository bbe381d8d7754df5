import { clientSide } from '../flow/direction.js';
import type { Endpoint, Flow, LearnedName, Side } from '../flow/flow.js';
import { isNameless } from '../flow/node-identity.js';
import { askerOf } from './asker.js';
import type { DnsAnswer } from './dns-answer.js';
import { LearnedEnds } from './learned-ends.js';

/** Names that a client was given for one address, the newest first. */
interface Given {
  readonly name: string;
  /** Nanoseconds since 1970. */
  readonly since: bigint;
  readonly until: bigint;
}

/** Whether there is a name to learn for an end, once somebody has asked. */
interface NameNote {
  isNameable?: boolean | undefined;
}

const SECOND = 1_000_000_000n;
/** Who asked may connect a little later than the answer allows, above all where it allows nothing. */
const LEAST_TTL = 30n * SECOND;
/** Connections outlive the answer that they were made by; after so long, an address has changed hands. */
const LONGEST_STALE = 3_600n * SECOND;
/** Records of a node come nearly in order. */
const OUT_OF_ORDER = 2n * SECOND;
/** Addresses of all clients that are remembered: some 300 bytes each. */
const MOST_ADDRESSES = 100_000;
/** Characters of a client with an address; longer ones are of no cluster. */
const LONGEST_KEY = 500;
/** Names of one address; behind a content network there are many, of which the newest count. */
const MOST_NAMES = 8;

/**
 * What clients were told by DNS, to name the addresses outside that they then speak with. An answer counts for the
 * client alone that was given it: others may know the address by another name.
 */
export class LearnedNames {
  /** By client and address, the latest told last. */
  readonly #given = new Map<string, Given[]>();
  readonly #ends = new LearnedEnds();

  constructor(private readonly mostAddresses = MOST_ADDRESSES) {}

  /** A DNS answer, told by this flow. */
  learn(flow: Flow, { name, addresses, ttl }: DnsAnswer): void {
    const { time } = flow;
    const client = clientOf(flow);
    if (time === undefined || client === undefined) return;
    const given = { name, since: time, until: time + (ttl > LEAST_TTL ? ttl : LEAST_TTL) };
    for (const address of addresses) this.#give(`${client} ${address}`, given);
  }

  #give(key: string, given: Given): void {
    if (key.length > LONGEST_KEY) return;
    const known = this.#given.get(key) ?? [];
    this.#given.delete(key);
    this.#given.set(key, [given, ...known.filter(({ name }) => name !== given.name)].slice(0, MOST_NAMES));
    if (this.#given.size <= this.mostAddresses) return;
    for (const oldest of this.#given.keys()) {
      this.#given.delete(oldest);
      return;
    }
  }

  /** The end as it is with a name learned for it; undefined where there is none to learn. The note is of the end. */
  named(flow: Flow, side: Side, note?: NameNote): Endpoint | undefined {
    if (this.#given.size === 0 || flow.time === undefined || !isNameable(flow, side, note)) return undefined;
    const endpoint = flow[side];
    const peer = askerOf(flow[side === 'source' ? 'destination' : 'source']);
    const given = this.#given.get(`${peer} ${endpoint.ip}`);
    const learned = given && choose(given, flow.time);
    return learned && this.#ends.with(endpoint, `${learned.confidence} ${learned.name}`, { name: learned });
  }
}

/** Whether there is a name to learn for the end of a flow. Most are pods: to look at each would miss the processor's cache. */
function isNameable(flow: Flow, side: Side, note?: NameNote): boolean {
  if (note?.isNameable !== undefined) return note.isNameable;
  const endpoint = flow[side];
  const nameable = endpoint.learned === undefined && isNameless(endpoint);
  if (note !== undefined) note.isNameable = nameable;
  return nameable;
}

function choose(given: readonly Given[], time: bigint): LearnedName | undefined {
  const before = given.filter(({ since }) => since <= time + OUT_OF_ORDER);
  const [newest] = before;
  if (newest === undefined) return undefined;
  const fresh = before.filter(({ until }) => time <= until);
  const [name] = fresh;
  if (name !== undefined) return { name: name.name, confidence: fresh.length === 1 ? 'exact' : 'shared' };
  return time <= newest.until + LONGEST_STALE ? { name: newest.name, confidence: 'stale' } : undefined;
}

/** Who was given the answer. */
function clientOf(flow: Flow): string | undefined {
  const side = clientSide(flow);
  return side === undefined ? undefined : askerOf(flow[side]);
}
