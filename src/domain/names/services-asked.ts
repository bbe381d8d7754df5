import { EventType, type Endpoint, type Flow, type ServiceName, type Side } from '../flow/flow.js';
import { askerOf } from './asker.js';
import { LearnedEnds } from './learned-ends.js';

/** A Service that a client asked for, where the socket was sent to one of its backends. */
interface Asked {
  service: ServiceName;
  /** Who was behind it then. */
  backend: string;
  /** Nanoseconds since 1970. */
  time: bigint;
  /** The end that was last joined to it, before and after: most often it is the same again. */
  joined?: { from: Endpoint; to: Endpoint };
}

/** Hubble's numbers of `sock_xlate_point`, which is the sub-type of the event. */
const PRE_FORWARD = 1;
const POST_FORWARD = 2;

const SECOND = 1_000_000_000n;
/** What a socket asked for, and where it was sent, come one behind the other. */
const LONGEST_BETWEEN = 10n * SECOND;
/** A connection goes on when nothing more is told of its socket. */
const LONGEST_STALE = 3_600n * SECOND;
/** Records of a node come nearly in order. */
const OUT_OF_ORDER = 2n * SECOND;
/** Of each kind: some 300 bytes. Full, all is forgotten. */
const MOST = 100_000;
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
  readonly #sockets = new Map<string, Omit<Asked, 'backend'>>();
  /** By the backend's address, then by client, then by port and protocol. */
  readonly #backends = new Map<string, Map<string, Map<number, Asked>>>();
  /** Ports of backends, as most ends are told apart from those by their port alone. */
  readonly #isPort = new Uint8Array(2 << 16);
  readonly #askers = new WeakMap<Endpoint, string>();
  #asked = 0;
  readonly #ends = new LearnedEnds();

  constructor(private readonly most = MOST) {}

  /** An end that is told with its Service. */
  learnFrontend(flow: Flow, side: Side, cluster: string): void {
    const { service: name, serviceNamespace: namespace, ip } = flow[side];
    if (name !== '' && ip !== '')
      this.#remember(this.#frontends, frontendOf(flow, side, cluster), { name, namespace });
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

  learn(flow: Flow, cookie: string, cluster: string): void {
    const { time, source, destination, traits } = flow;
    const key = `${askerOf(source)} ${cookie}`;
    if (time === undefined || cookie === '') return;
    if (traits.subType === PRE_FORWARD) {
      const { service: name, serviceNamespace: namespace } = destination;
      const known = name === '' ? this.#frontends.get(frontendOf(flow, 'destination', cluster)) : undefined;
      const service = name === '' ? known : { name, namespace };
      if (service === undefined) this.#sockets.delete(key);
      else this.#remember(this.#sockets, key, { service, time });
      return;
    }
    const asked = this.#sockets.get(key);
    if (asked === undefined || time - asked.time > LONGEST_BETWEEN) return;
    this.#learnBackend(flow, { service: asked.service, time, backend: askerOf(destination) });
  }

  #learnBackend({ source, destination, destinationPort, traits }: Flow, asked: Asked): void {
    const { ip } = destination;
    const client = askerOf(source);
    const port = portKey(destinationPort, traits.protocol);
    if (ip === '' || port === 0 || client.length + ip.length > LONGEST_KEY) return;
    if (this.#asked >= this.most) {
      this.#backends.clear();
      this.#asked = 0;
    }
    const clients = valueOf(this.#backends, ip, () => new Map<string, Map<number, Asked>>());
    const ports = valueOf(clients, client, () => new Map<number, Asked>());
    this.#isPort[port] = 1;
    if (!ports.has(port)) this.#asked++;
    ports.set(port, asked);
  }

  /** The end with the Service that the other end asked for when it was sent here; undefined where it asked for none. */
  reached(flow: Flow, side: Side): Endpoint | undefined {
    const isSource = side === 'source';
    const port = portKey(isSource ? flow.sourcePort : flow.destinationPort, flow.traits.protocol);
    if (this.#isPort[port] !== 1) return undefined;
    const endpoint = isSource ? flow.source : flow.destination;
    const { time } = flow;
    const clients = this.#backends.get(endpoint.ip);
    if (clients === undefined || time === undefined || endpoint.service !== '') return undefined;
    const asked = clients.get(this.#askerOf(isSource ? flow.destination : flow.source))?.get(port);
    if (asked === undefined || time < asked.time - OUT_OF_ORDER || time > asked.time + LONGEST_STALE)
      return undefined;
    if (asked.joined?.from === endpoint) return asked.joined.to;
    if (asked.backend !== this.#askerOf(endpoint)) return undefined;
    const to = this.#with(endpoint, asked.service);
    asked.joined = { from: endpoint, to };
    return to;
  }

  /** The same text for the same end: to make it takes longer than to find it. */
  #askerOf(endpoint: Endpoint): string {
    let asker = this.#askers.get(endpoint);
    if (asker === undefined) this.#askers.set(endpoint, (asker = askerOf(endpoint)));
    return asker;
  }

  #with(endpoint: Endpoint, service: ServiceName): Endpoint {
    return this.#ends.with(endpoint, `${service.namespace}/${service.name}`, { service });
  }

  #remember<T>(known: Map<string, T>, key: string, value: T): void {
    if (key.length > LONGEST_KEY) return;
    if (known.size >= this.most && !known.has(key)) known.clear();
    known.set(key, value);
  }
}

function valueOf<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

/** Sockets are told of TCP and UDP; 0 is of none. */
function portKey(port: number, protocol: string): number {
  if (port === 0) return 0;
  return protocol === 'TCP' ? port : protocol === 'UDP' ? port + (1 << 16) : 0;
}

function frontendOf(flow: Flow, side: Side, cluster: string): string {
  return `${cluster} ${flow[side].ip} ${side === 'source' ? flow.sourcePort : flow.destinationPort}`;
}
