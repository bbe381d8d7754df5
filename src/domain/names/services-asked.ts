import { EventType, type Endpoint, type Flow, type ServiceName, type Side } from '../flow/flow.js';
import { askerOf } from './asker.js';
import { LearnedEnds } from './learned-ends.js';

/** A Service that a client's socket asked for. */
interface Asked {
  service: ServiceName;
  /** Nanoseconds since 1970. */
  time: bigint;
}

/** Hubble's numbers of `sock_xlate_point`, which is the sub-type of the event. */
const PRE_FORWARD = 1;
const POST_FORWARD = 2;

/** Nanoseconds: what a socket asked for, and where it was sent, come one behind the other. */
const LONGEST_BETWEEN = 10_000_000_000n;
/** Addresses with ports, and sockets, that are remembered: some 150 bytes each. */
const MOST_FRONTENDS = 100_000;
const MOST_SOCKETS = 20_000;
/** Of these, the oldest are forgotten at once: to look for them takes as long as a thousand sockets. */
const FORGOTTEN = 1 / 8;
/** Characters of what is remembered; longer ones are of no cluster. */
const LONGEST_KEY = 800;

/**
 * Which Service clients asked for. Under socket-level load balancing packets go to a backend at once, and only trace
 * events of sockets tell the Service: before and after the translation, with the same cookie.
 */
export class ServicesAsked {
  /** By cluster, address and port. */
  readonly #frontends = new Map<string, ServiceName>();
  /** By client and cookie. */
  readonly #sockets = new Map<string, Asked>();
  readonly #ends = new LearnedEnds();

  constructor(private readonly mostSockets = MOST_SOCKETS) {}

  /** An end that is told with its Service. */
  learnFrontend(flow: Flow, side: Side, cluster: string): void {
    const { service: name, serviceNamespace: namespace, ip } = flow[side];
    if (name !== '' && ip !== '')
      remember(this.#frontends, frontendOf(flow, side, cluster), { name, namespace }, MOST_FRONTENDS);
  }

  /** An unknown end that another record named a Service at, with that Service. */
  atFrontend(flow: Flow, side: Side, cluster: string): Endpoint | undefined {
    const service = this.#frontends.get(frontendOf(flow, side, cluster));
    return service && this.#with(flow[side], service);
  }

  /** Whether it tells what a socket asked for, or where it was sent. */
  isTold({ traits }: Flow): boolean {
    const { subType, eventType } = traits;
    return eventType === EventType.traceSock && (subType === PRE_FORWARD || subType === POST_FORWARD);
  }

  /** Of such a flow: the backend that its socket was sent to, with the Service that it had asked for. */
  reached(flow: Flow, cookie: string, cluster: string): Endpoint | undefined {
    if (flow.time === undefined || cookie === '') return undefined;
    const key = `${askerOf(flow.source)} ${cookie}`;
    if (flow.traits.subType === POST_FORWARD) return this.#backend(flow, this.#sockets.get(key));
    const service = this.#asked(flow, cluster);
    if (service === undefined) this.#sockets.delete(key);
    else remember(this.#sockets, key, { service, time: flow.time }, this.mostSockets);
    return undefined;
  }

  #asked(flow: Flow, cluster: string): ServiceName | undefined {
    const { service: name, serviceNamespace: namespace } = flow.destination;
    return name === '' ? this.#frontends.get(frontendOf(flow, 'destination', cluster)) : { name, namespace };
  }

  #backend({ time, destination }: Flow, asked: Asked | undefined): Endpoint | undefined {
    if (time === undefined || asked === undefined || destination.service !== '') return undefined;
    return time - asked.time > LONGEST_BETWEEN ? undefined : this.#with(destination, asked.service);
  }

  #with(endpoint: Endpoint, service: ServiceName): Endpoint {
    return this.#ends.with(endpoint, `${service.namespace}/${service.name}`, { service });
  }
}

function remember<T>(known: Map<string, T>, key: string, value: T, most: number): void {
  if (key.length > LONGEST_KEY) return;
  known.set(key, value);
  if (known.size <= most) return;
  const left = Math.floor(most * (1 - FORGOTTEN));
  for (const oldest of known.keys()) {
    if (known.size <= left) return;
    known.delete(oldest);
  }
}

function frontendOf(flow: Flow, side: Side, cluster: string): string {
  return `${cluster} ${flow[side].ip} ${side === 'source' ? flow.sourcePort : flow.destinationPort}`;
}
