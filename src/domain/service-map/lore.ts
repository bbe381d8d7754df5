import { isReply, clientSide } from '../flow/direction.js';
import type { Endpoint, Side } from '../flow/flow.js';
import { identify, podKey, type NodeIdentity } from '../flow/node-identity.js';
import type { Tally } from './tally.js';

/**
 * What records teach about each other: the workload of a pod that some records name without it, and
 * which ports belong to servers. A guess made before the lesson may turn out wrong; then the map
 * has to be built again, so that it never depends on the order in which records came.
 */
export class Lore {
  readonly #workloads = new Map<string, string>();
  readonly #podsGuessed = new Map<string, string>();
  readonly #servers = new Set<string>();
  readonly #portsGuessed = new Set<string>();
  /** Of endpoints whose workload is certain, or cannot become so. */
  readonly #nodes = new WeakMap<Endpoint, NodeIdentity>();

  readonly workloadOfPod = (pod: string): string | undefined => this.#workloads.get(pod);

  /** False when a guess made earlier was wrong. Workloads come first: they decide whose port is whose. */
  learn(tallies: readonly Tally[]): boolean {
    let holds = true;
    for (const tally of tallies) {
      holds = this.#learnWorkload(tally, 'source') && holds;
      holds = this.#learnWorkload(tally, 'destination') && holds;
    }
    for (const tally of tallies) holds = this.#learnServer(tally) && holds;
    return holds;
  }

  #learnWorkload(tally: Tally, side: Side): boolean {
    const endpoint = tally[side];
    const name = endpoint.workloads[0]?.name;
    if (name === undefined || endpoint.pod === '') return true;
    const key = podKey(endpoint);
    const known = this.#workloads.get(key);
    // Two answers for one pod should not occur; the first in order of the alphabet wins in any order of arrival.
    if (known !== undefined && known <= name) return true;
    this.#workloads.set(key, name);
    const guess = known ?? this.#podsGuessed.get(key);
    return guess === undefined || guess === name;
  }

  #learnServer(tally: Tally): boolean {
    const client = clientSide(tally);
    if (client === undefined) return true;
    const server = client === 'source' ? 'destination' : 'source';
    const key = this.#serverKey(tally, server);
    if (key === undefined || this.#servers.has(key)) return true;
    this.#servers.add(key);
    return !this.#portsGuessed.has(key);
  }

  /** The node of an endpoint, remembering when its workload is only a guess from the pod's name. */
  workloadNode(endpoint: Endpoint): NodeIdentity {
    const known = this.#nodes.get(endpoint);
    if (known !== undefined) return known;
    const node = identify(endpoint, 'workload', this.workloadOfPod);
    if (endpoint.pod === '' || endpoint.workloads.length > 0) {
      this.#nodes.set(endpoint, node);
      return node;
    }
    const key = podKey(endpoint);
    if (!this.#workloads.has(key)) this.#podsGuessed.set(key, node.name);
    return node;
  }

  /**
   * The client, where the record itself does not say: the side opposite to a port known as a
   * server's; else the lower port is the server's, which is a guess.
   */
  client(tally: Tally): { side: Side; guessed: boolean } {
    const told = clientSide(tally);
    if (told !== undefined) return { side: told, guessed: false };
    const source = this.#serverKey(tally, 'source');
    const destination = this.#serverKey(tally, 'destination');
    if (source !== undefined) this.#portsGuessed.add(source);
    if (destination !== undefined) this.#portsGuessed.add(destination);
    const sourceServes = source !== undefined && this.#servers.has(source);
    const destinationServes = destination !== undefined && this.#servers.has(destination);
    if (sourceServes !== destinationServes) {
      return { side: sourceServes ? 'destination' : 'source', guessed: false };
    }
    if (isReply(tally)) return { side: 'destination', guessed: true };
    const lowerSource = tally.sourcePort !== 0 && tally.sourcePort < tally.destinationPort;
    return { side: lowerSource ? 'destination' : 'source', guessed: true };
  }

  #serverKey(tally: Tally, side: Side): string | undefined {
    const port = side === 'source' ? tally.sourcePort : tally.destinationPort;
    if (port === 0) return undefined;
    return `${this.workloadNode(tally[side]).id} ${tally.traits.protocol} ${port}`;
  }
}
