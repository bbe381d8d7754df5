import { clientSide } from '../flow/direction.js';
import { identify } from '../flow/node-identity.js';
import { coarseEndpoint } from '../service-map/coarse.js';
import { counterOf } from '../service-map/counter.js';
import { edgeId } from '../service-map/edge-id.js';
import type { Tally } from '../service-map/tally.js';
import type { Acknowledgement, LedgerEntry } from './ledger.js';

const ALLOWED = ['FORWARDED', 'REDIRECTED', 'AUDIT'];

/** The ledger of flows at its plainest. Where no record tells the client, the lower port is the server's. */
export function ledgerOf(
  tallies: readonly Tally[],
  acknowledged: ReadonlyMap<string, Acknowledgement>,
): LedgerEntry[] {
  const entries = new Map<string, LedgerEntry>();
  for (const tally of tallies) {
    if (counterOf(tally).isSocket) continue;
    const entry = entryOf(tally, acknowledged);
    const known = entries.get(entry.id);
    entries.set(entry.id, known === undefined ? entry : joined(known, entry));
  }
  return [...entries.values()];
}

function entryOf(tally: Tally, acknowledged: ReadonlyMap<string, Acknowledgement>): LedgerEntry {
  const { traits, sourcePort, destinationPort, first, last } = tally;
  const client = clientSide(tally);
  const isLower = sourcePort > 0 && sourcePort < destinationPort;
  const isSwapped = client === undefined ? isLower : client === 'destination';
  const [from, to] = isSwapped ? [tally.destination, tally.source] : [tally.source, tally.destination];
  const [source, target] = [nodeOf(from), nodeOf(to)];
  const port = isSwapped ? sourcePort : destinationPort;
  const isAllowed = ALLOWED.includes(traits.verdict);
  const isDropped = traits.verdict === 'DROPPED';
  const id = edgeId(source.id, target.id, traits.protocol, port);
  return {
    id,
    source,
    target,
    protocol: traits.protocol,
    port,
    first,
    last,
    firstAllowed: isAllowed ? first : undefined,
    lastAllowed: isAllowed ? last : undefined,
    firstDropped: isDropped ? first : undefined,
    lastDropped: isDropped ? last : undefined,
    acknowledged: acknowledged.get(id),
  };
}

function nodeOf(endpoint: Tally['source']) {
  return identify(coarseEndpoint(endpoint), 'workload', () => undefined);
}

function joined(a: LedgerEntry, b: LedgerEntry): LedgerEntry {
  return {
    ...a,
    first: a.first < b.first ? a.first : b.first,
    last: a.last > b.last ? a.last : b.last,
    firstAllowed: earlier(a.firstAllowed, b.firstAllowed),
    lastAllowed: later(a.lastAllowed, b.lastAllowed),
    firstDropped: earlier(a.firstDropped, b.firstDropped),
    lastDropped: later(a.lastDropped, b.lastDropped),
  };
}

function earlier(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}

function later(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  return a === undefined || (b !== undefined && b > a) ? b : a;
}
