import type { Endpoint, Learned, Workload } from './flow.js';
import { Forgetful } from './forgetful.js';
import { isWrittenAlike, keepText, valueLength, valueText } from './template.js';
import {
  charactersOf,
  equal,
  hasFewValues,
  listOf,
  numberOf,
  objectOf,
  textOf,
  textsOf,
  type Json,
} from './json.js';

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

/** About the bytes of 50,000 endpoints. */
const MOST_BYTES = 64 << 20;
/** Values of an endpoint's object, beside its labels and workloads, that are held as values. */
const MOST_VALUES = 64;
/** Bytes of an item of a list beside its characters: V8 gives a string up to 24, an object of two members 40, and each a place. */
const ITEM = 48;

/** Reads endpoints and hands out the same object for equal ones: flows repeat them over and over. */
export class EndpointReader {
  readonly #byAddress = new Forgetful<Known>(MOST_BYTES);
  /** An object that comes again, as the decoder hands out those whose text it knows. */
  readonly #byObject = new WeakMap<Json, Known>();

  read(value: unknown, ip: string, names: unknown, service: unknown): Endpoint {
    const source = { raw: objectOf(value), ip, names, service };
    const same = this.#byObject.get(source.raw);
    if (same !== undefined && isSame(same, source)) return same.endpoint;
    return (this.#find(source) ?? this.#keep(source)).endpoint;
  }

  #find(source: EndpointSource): Known | undefined {
    return this.#byAddress.find(addressOf(source), (candidate) => isSame(candidate, source));
  }

  #keep(source: EndpointSource): Known {
    const { ip, names, service } = source;
    const raw = leanEndpoint(source.raw);
    const known = raw === source.raw ? undefined : this.#find({ raw, ip, names, service });
    if (known !== undefined) return known;
    const endpoint = readEndpoint({ raw, ip, names, service });
    const fresh = { raw, ip, names, service, endpoint };
    this.#byObject.set(raw, fresh);
    const bytes = bytesOfEndpoint(endpoint) + charactersOf([names, service]);
    return this.#byAddress.add(addressOf(fresh), fresh, bytes);
  }
}

/** About how many bytes of memory an endpoint takes: of its text as it was written, and of what was read from it. */
export function bytesOfEndpoint(endpoint: Endpoint, characters = valueLength(endpoint.raw)): number {
  const { labels, workloads, names } = endpoint;
  const namesLength = names.reduce((length, name) => length + name.length, 0);
  const items = labels.length + 3 * workloads.length + names.length;
  return characters + namesLength + ITEM * items;
}

function addressOf({ raw, ip }: EndpointSource): string {
  return ip === '' ? textOf(raw['pod_name']) : ip;
}

function isSame(known: EndpointSource, source: EndpointSource): boolean {
  return (
    known.ip === source.ip &&
    isWrittenAlike(known.raw, source.raw) &&
    equal(known.names, source.names) &&
    equal(known.service, source.service)
  );
}

/**
 * An endpoint's object as it is held: itself, or where it has a great many values that nobody reads, or is nested
 * deeply, only those that are read, with its text. So what is held takes no more than a few times its characters, and
 * can be written again wherever there is little stack.
 *
 * @param text how it was written, where that is known
 */
export function leanEndpoint(raw: Json, text?: string): Json {
  const read = listOf(raw['labels']).length + 3 * listOf(raw['workloads']).length;
  const isLean = hasFewValues(raw, MOST_VALUES + read);
  const lean = isLean ? raw : onlyRead(raw);
  if (text !== undefined || !isLean) keepText(lean, text ?? valueText(raw));
  return lean;
}

function onlyRead(raw: Json): Json {
  const { identity, cluster, namespace, pod, labels, workloads } = readEndpoint({
    raw,
    ip: '',
    names: undefined,
    service: undefined,
  });
  return { identity, cluster_name: cluster, namespace, pod_name: pod, labels, workloads };
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
