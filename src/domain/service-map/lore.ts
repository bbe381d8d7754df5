import { isReply, clientSide } from '../flow/direction.js';
import type { Endpoint, Side } from '../flow/flow.js';
import { identify, podKey, shownAs, type NodeIdentity } from '../flow/node-identity.js';
import type { UnforetoldPod } from './dropped.js';
import { PortNumbers } from './port-numbers.js';
import type { Tally } from './tally.js';

/** A workload, or whatever else can serve, and what is known of its ports. */
interface Server {
  node: NodeIdentity;
  /** Ports that records showed to be a server's. */
  serving: Set<number>;
  /** Ports of which it counted that nothing was known of them. */
  guessed: Set<number>;
}

/** What was worked out for an endpoint that came before; readers hand out the same object for equal ones. */
interface Known {
  server: Server | undefined;
}

/**
 * What records teach about each other: the workload of a pod that some records name without it, and
 * which ports belong to servers. A guess made before the lesson may turn out wrong; then the map
 * has to be built again, so that it never depends on the order in which records came. As long as none
 * was wrong, the node of an endpoint stays what it was.
 */
export class Lore {
  readonly #workloads = new Map<string, string>();
  readonly #podsGuessed = new Map<string, string>();
  readonly #servers = new Map<string, Server>();
  /** Whether no pod was taken for another workload's than its own: then servers are known by their right names. */
  #podsHold = true;
  /** Endpoints that have taught what they can. */
  readonly #known = new WeakMap<Endpoint, Known>();

  constructor(private readonly ports = new PortNumbers()) {}

  /** What was learned, for reading the same flows again, where guesses turned out wrong. */
  again(): Lore {
    const lore = new Lore(this.ports);
    for (const [pod, workload] of this.#workloads) lore.#workloads.set(pod, workload);
    if (!this.#podsHold) return lore;
    for (const [id, { node, serving }] of this.#servers) {
      lore.#servers.set(id, { node, serving: new Set(serving), guessed: new Set() });
    }
    return lore;
  }

  readonly workloadOfPod = (pod: string): string | undefined => this.#workloads.get(pod);

  /** What flows tell of pods. False when a guess made earlier was wrong. */
  learnPods(pods: Iterable<UnforetoldPod>): boolean {
    let holds = true;
    for (const { key, workload } of pods) holds = this.#learnWorkload(key, workload) && holds;
    return holds;
  }

  /** False when a guess made earlier was wrong. Workloads come first: they decide whose port is whose. */
  learn(tallies: readonly Tally[]): boolean {
    let holds = true;
    for (const end of endsOf(tallies)) holds = this.#learnEnd(end) && holds;
    for (const tally of tallies) holds = this.#learnServer(tally) && holds;
    return holds;
  }

  #learnEnd(endpoint: Endpoint): boolean {
    if (this.#known.has(endpoint)) return true;
    this.#known.set(endpoint, { server: undefined });
    const end = shownAs(endpoint);
    const workload = end.workloads[0]?.name;
    return workload === undefined || end.pod === '' || this.#learnWorkload(podKey(end), workload);
  }

  #learnWorkload(pod: string, workload: string): boolean {
    const known = this.#workloads.get(pod);
    // Two answers for one pod should not occur; the first in order of the alphabet wins in any order of arrival.
    if (known !== undefined && known <= workload) return true;
    this.#workloads.set(pod, workload);
    const guess = known ?? this.#podsGuessed.get(pod);
    const holds = guess === undefined || guess === workload;
    this.#podsHold &&= holds;
    return holds;
  }

  #learnServer(tally: Tally): boolean {
    const client = clientSide(tally);
    if (client === undefined) return true;
    const side = client === 'source' ? 'destination' : 'source';
    const port = portOf(tally, side);
    if (port === 0) return true;
    const { serving, guessed } = this.#serverAt(tally[side]);
    const number = this.ports.of(tally.traits.protocol, port);
    if (serving.has(number)) return true;
    serving.add(number);
    return !guessed.has(number);
  }

  /** The node of an endpoint, remembering when its workload is only a guess from the pod's name. */
  workloadNode(endpoint: Endpoint): NodeIdentity {
    return this.#serverAt(endpoint).node;
  }

  #serverAt(endpoint: Endpoint): Server {
    const known = this.#known.get(endpoint);
    if (known?.server !== undefined) return known.server;
    const node = identify(endpoint, 'workload', this.workloadOfPod);
    const end = shownAs(endpoint);
    if (end.pod !== '' && end.workloads.length === 0) {
      const key = podKey(end);
      if (!this.#workloads.has(key)) this.#podsGuessed.set(key, node.name);
    }
    let server = this.#servers.get(node.id);
    if (server === undefined) {
      this.#servers.set(node.id, (server = { node, serving: new Set(), guessed: new Set() }));
    }
    if (known !== undefined) known.server = server;
    return server;
  }

  /**
   * The client, where the record itself does not say: the side opposite to a port known as a
   * server's; else the lower port is the server's, which is a guess.
   */
  client(tally: Tally): { side: Side; guessed: boolean } {
    const told = clientSide(tally);
    if (told !== undefined) return { side: told, guessed: false };
    const sourceServes = this.#serves(tally, 'source');
    const destinationServes = this.#serves(tally, 'destination');
    if (sourceServes !== destinationServes) {
      return { side: sourceServes ? 'destination' : 'source', guessed: false };
    }
    if (isReply(tally)) return { side: 'destination', guessed: true };
    const lowerSource = tally.sourcePort !== 0 && tally.sourcePort < tally.destinationPort;
    return { side: lowerSource ? 'destination' : 'source', guessed: true };
  }

  #serves(tally: Tally, side: Side): boolean {
    const port = portOf(tally, side);
    if (port === 0) return false;
    const { serving, guessed } = this.#serverAt(tally[side]);
    const number = this.ports.of(tally.traits.protocol, port);
    guessed.add(number);
    return serving.has(number);
  }
}

function endsOf(tallies: readonly Tally[]): Set<Endpoint> {
  const ends = new Set<Endpoint>();
  for (const { source, destination } of tallies) ends.add(source).add(destination);
  return ends;
}

function portOf({ sourcePort, destinationPort }: Tally, side: Side): number {
  return side === 'source' ? sourcePort : destinationPort;
}
