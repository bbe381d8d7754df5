import type { Endpoint, Workload } from './flow.js';
import { forgetful } from './forgetful.js';
import { valueText } from './template.js';
import { equal, isObject, listOf, numberOf, objectOf, textOf, textsOf, type Json } from './json.js';

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

/** Alike by address and yet different: remembered up to this many. */
const MOST_ALIKE = 64;

/** Reads endpoints and hands out the same object for equal ones: flows repeat them over and over. */
export class EndpointReader {
  readonly #byAddress = forgetful<Known[]>(50_000);
  /** An object that comes again, as the decoder hands out those whose text it knows. */
  readonly #byObject = new WeakMap<Json, Known>();

  read(value: unknown, ip: string, names: unknown, service: unknown): Endpoint {
    const source = { raw: objectOf(value), ip, names, service };
    const same = this.#byObject.get(source.raw);
    if (same !== undefined && isSame(same, source)) return same.endpoint;
    const known = this.#find(source);
    this.#byObject.set(known.raw, known);
    return known.endpoint;
  }

  #find(source: EndpointSource): Known {
    const address = source.ip === '' ? textOf(source.raw['pod_name']) : source.ip;
    const alike = this.#byAddress.get(address);
    const known = alike?.find((candidate) => isSame(candidate, source));
    if (known !== undefined) return known;
    const fresh = { ...source, endpoint: readEndpoint(source) };
    if (alike !== undefined && alike.length < MOST_ALIKE) alike.push(fresh);
    else this.#byAddress.set(address, [fresh]);
    return fresh;
  }
}

function isSame(a: EndpointSource, b: EndpointSource): boolean {
  return (
    a.ip === b.ip &&
    valueText(a.raw) === valueText(b.raw) &&
    equal(a.names, b.names) &&
    equal(a.service, b.service)
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
    labels: textsOf(raw['labels']),
    workloads: readWorkloads(raw['workloads']),
    names: textsOf(names),
    service: textOf(frontend['name']),
    serviceNamespace: textOf(frontend['namespace']),
  };
}

function readWorkloads(value: unknown): Workload[] {
  return listOf(value)
    .filter(isObject)
    .map((workload) => ({ name: textOf(workload['name']), kind: textOf(workload['kind']) }))
    .filter((workload) => workload.name !== '');
}
