import type { Endpoint, Learned, Workload } from './flow.js';
import { Forgetful } from './forgetful.js';
import { isWrittenAlike, valueLength } from './template.js';
import { charactersOf, equal, listOf, numberOf, objectOf, textOf, textsOf, type Json } from './json.js';

/** What an endpoint is read from: its object in the flow, and what the flow tells of it elsewhere. */
export interface EndpointSource {
  raw: Json;
  ip: string;
  names: unknown;
  service: unknown;
}

interface Known extends EndpointSource {
  endpoint: Endpoint;
}

/** Some 50,000 endpoints. */
const MOST_CHARACTERS = 32 << 20;

/** Reads endpoints and hands out the same object for equal ones: flows repeat them over and over. */
export class EndpointReader {
  readonly #byAddress = new Forgetful<Known>(MOST_CHARACTERS);
  /** An object that comes again, as the decoder hands out those whose text it knows. */
  readonly #byObject = new WeakMap<Json, Known>();

  read(value: unknown, ip: string, names: unknown, service: unknown): Endpoint {
    const source = { raw: objectOf(value), ip, names, service };
    const same = this.#byObject.get(source.raw);
    if (same !== undefined && isSame(same, source)) return same.endpoint;
    return this.#find(source).endpoint;
  }

  #find(source: EndpointSource): Known {
    const address = source.ip === '' ? textOf(source.raw['pod_name']) : source.ip;
    const known = this.#byAddress.find(address, (candidate) => isSame(candidate, source));
    if (known !== undefined) return known;
    const { raw, names, service } = source;
    const characters = valueLength(raw) + charactersOf([names, service]);
    const fresh = { raw, ip: source.ip, names, service, endpoint: readEndpoint(source) };
    this.#byObject.set(raw, fresh);
    return this.#byAddress.add(address, fresh, characters);
  }
}

function isSame(known: EndpointSource, source: EndpointSource): boolean {
  return (
    known.ip === source.ip &&
    isWrittenAlike(known.raw, source.raw) &&
    equal(known.names, source.names) &&
    equal(known.service, source.service)
  );
}

export function readEndpoint({ raw, ip, names, service }: EndpointSource): Endpoint {
  const frontend = objectOf(service);
  return {
    raw,
    ip,
    identity: numberOf(raw['identity']),
    cluster: textOf(raw['cluster_name'] ?? raw['clusterName']),
    namespace: textOf(raw['namespace']),
    pod: textOf(raw['pod_name'] ?? raw['podName']),
    labels: labelsOf(raw['labels']),
    workloads: readWorkloads(raw['workloads']),
    names: textsOf(names),
    service: textOf(frontend['name']),
    serviceNamespace: textOf(frontend['namespace']),
    learned: undefined,
  };
}

/**
 * The end with what was learned for it. Part by part: where objects of many kinds are spread, V8 gives each copy a
 * hidden class of its own, and whatever looks at ends of flows is slow from then on.
 */
export function withLearned(endpoint: Endpoint, learned: Learned | undefined): Endpoint {
  return {
    raw: endpoint.raw,
    ip: endpoint.ip,
    identity: endpoint.identity,
    cluster: endpoint.cluster,
    namespace: endpoint.namespace,
    pod: endpoint.pod,
    labels: endpoint.labels,
    workloads: endpoint.workloads,
    names: endpoint.names,
    service: endpoint.service,
    serviceNamespace: endpoint.serviceNamespace,
    learned,
  };
}

/** The list itself where it holds nothing else: there is one for each endpoint. */
function labelsOf(value: unknown): readonly string[] {
  const list = listOf(value);
  return list.every((label) => typeof label === 'string') ? list : textsOf(list);
}

function readWorkloads(value: unknown): Workload[] {
  const workloads = listOf(value).map(readWorkload);
  // What is filtered has room for more.
  return workloads.every(isNamed) ? workloads : workloads.filter(isNamed);
}

function readWorkload(value: unknown): Workload {
  const { name, kind } = objectOf(value);
  return { name: textOf(name), kind: textOf(kind) };
}

function isNamed({ name }: Workload): boolean {
  return name !== '';
}
