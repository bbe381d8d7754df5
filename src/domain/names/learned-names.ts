import { clientSide } from '../flow/direction.js';
import type { Endpoint, Flow, LearnedName, Side } from '../flow/flow.js';
import { isNameless } from '../flow/node-identity.js';
import { SharedTexts } from '../flow/shared-texts.js';
import { askerOf } from './asker.js';
import type { DnsAnswer } from './dns-answer.js';
import { LearnedEnds } from './learned-ends.js';

/** A name that a client was given. */
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
/** Addresses of all clients that are remembered: some 180 bytes each. */
const MOST_ADDRESSES = 100_000;
/** Of these, what is forgotten at once: to look for the oldest takes as long as a thousand answers. */
const FORGOTTEN = 1 / 8;
/** Characters of a client; longer ones are of no cluster. */
const LONGEST_CLIENT = 450;
/** Names of one address; behind a content network there are many, of which the newest count. */
const MOST_NAMES = 8;

/**
 * What clients were told by DNS, to name the addresses outside that they then speak with. An answer counts for the
 * client alone that was given it: others may know the address by another name.
 */
export class LearnedNames {
  /** By client, who was told last behind the others, and by address; the newest name first. */
  readonly #given = new Map<string, Map<string, readonly Given[]>>();
  #addresses = 0;
  /** Names and addresses: many clients are given the same. */
  readonly #texts = new SharedTexts();
  readonly #ends = new LearnedEnds();

  constructor(private readonly mostAddresses = MOST_ADDRESSES) {}

  /** A DNS answer, told by this flow. */
  learn(flow: Flow, { name, addresses, ttl }: DnsAnswer): void {
    const { time } = flow;
    const client = clientOf(flow);
    if (time === undefined || client === undefined || client.length > LONGEST_CLIENT) return;
    const until = time + (ttl > LEAST_TTL ? ttl : LEAST_TTL);
    const given = { name: this.#texts.of(name), since: time, until };
    const known = this.#given.get(client) ?? new Map<string, readonly Given[]>();
    this.#given.delete(client);
    this.#given.set(client, known);
    this.#addresses -= known.size;
    const shared = addresses.map((address) => this.#texts.of(address));
    give(known, shared, given);
    this.#addresses += known.size;
    if (this.#addresses > this.mostAddresses) this.#forgetOldest();
  }

  /** Address by address of the clients that were told longest ago. */
  #forgetOldest(): void {
    const left = Math.floor(this.mostAddresses * (1 - FORGOTTEN));
    for (const [client, known] of this.#given) {
      for (const address of known.keys()) {
        if (this.#addresses <= left) return;
        known.delete(address);
        this.#addresses--;
      }
      this.#given.delete(client);
    }
  }

  /** The end as it is with a name learned for it; undefined where there is none to learn. The note is of the end. */
  named(flow: Flow, side: Side, note?: NameNote): Endpoint | undefined {
    if (this.#given.size === 0 || flow.time === undefined || !isNameable(flow, side, note)) return undefined;
    const endpoint = flow[side];
    const peer = askerOf(flow[side === 'source' ? 'destination' : 'source']);
    const given = this.#given.get(peer)?.get(endpoint.ip);
    const learned = given && choose(given, flow.time);
    return learned && this.#ends.with(endpoint, `${learned.confidence} ${learned.name}`, { name: learned });
  }
}

/** Puts the name before those that the addresses had. Where they had none, as most, they share one list. */
function give(known: Map<string, readonly Given[]>, addresses: readonly string[], given: Given): void {
  const alone = [given];
  for (const address of addresses) {
    const others = known.get(address)?.filter(({ name }) => name !== given.name) ?? [];
    known.delete(address);
    known.set(address, others.length === 0 ? alone : [given, ...others].slice(0, MOST_NAMES));
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
