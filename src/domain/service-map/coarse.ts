import { clientSide, isReply } from '../flow/direction.js';
import { reservedEntity } from '../flow/enums.js';
import type { Endpoint, Flow, L7, Traits } from '../flow/flow.js';
import { ReadHttp } from '../flow/http-message.js';
import { isObject, numberOf, objectOf, textOf, textsOf, type Json } from '../flow/json.js';
import { learnedJson, readLearned } from '../names/learned.js';
import {
  identify,
  isLearnedService,
  withoutGeneratedSuffix,
  type NodeIdentity,
} from '../flow/node-identity.js';
import { counterOf } from './counter.js';

/**
 * What sums over hours keep of a flow: all that the service map at the levels of workloads, namespaces and
 * clusters is made of, but labels and the paths and names of layer 7. The map of coarse flows is that of the flows
 * themselves, as long as no pod turns out to belong to another workload than its name foretells.
 */
type Coarse = Pick<Flow, 'traits' | 'policies' | 'l7'>;

/** An end without what differs from pod to pod of one workload: what makes it the node that it is. */
export function coarseEndpoint(endpoint: Endpoint): Endpoint {
  const { learned } = endpoint;
  if (learned?.pod !== undefined) return { ...nobody, learned: { pod: coarseEndpoint(learned.pod) } };
  const node = identify(endpoint, 'workload', () => undefined);
  const { kind, name, cluster, namespace } = node;
  switch (kind) {
    case 'workload':
      return inside(endpoint, node);
    case 'namespace':
      return { ...nobody, cluster, namespace };
    case 'fqdn':
      return learned?.name === undefined
        ? { ...nobody, names: [name] }
        : { ...nobody, learned: { name: { ...learned.name, name } } };
    case 'cidr':
      return { ...nobody, labels: [`cidr:${name}`] };
    case 'entity': {
      const { identity } = endpoint;
      const isNumber = reservedEntity(identity) !== undefined;
      return isNumber ? { ...nobody, identity } : { ...nobody, labels: [`reserved:${name}`] };
    }
    case 'service':
      return isLearnedService(endpoint)
        ? { ...nobody, cluster, learned: { service: { name, namespace } } }
        : { ...nobody, cluster, service: name, serviceNamespace: namespace };
    case 'ip':
      return { ...nobody, ip: name };
    default:
      return nobody;
  }
}

/**
 * A pod told without its workload is one of the workload that its name foretells. The map would believe another
 * record that tells a different one; sums cannot be taken apart again. A name that foretells nothing stays.
 */
function inside({ pod, workloads }: Endpoint, { name, cluster, namespace }: NodeIdentity): Endpoint {
  const foretells = pod === '' || withoutGeneratedSuffix(pod) !== pod;
  const told = workloads.length > 0;
  return {
    ...nobody,
    cluster,
    namespace,
    workloads: told || foretells ? [{ name, kind: '' }] : [],
    pod: foretells || (told && name === pod) ? '' : pod,
  };
}

const nobody: Endpoint = {
  raw: {},
  ip: '',
  identity: 0,
  cluster: '',
  namespace: '',
  pod: '',
  labels: [],
  workloads: [],
  names: [],
  service: '',
  serviceNamespace: '',
  learned: undefined,
};

/** What was told of the flow, without what tells it from others on its edge. */
export function coarseKind({ traits, policies, l7 }: Coarse): Coarse {
  return { traits: coarseTraits({ traits, l7 }), policies, l7: l7 && coarseL7(l7) };
}

/** Whose reply it is is settled, so flags and ICMP types that tell it are needed no more. */
function coarseTraits(flow: Pick<Flow, 'traits' | 'l7'>): Traits {
  const { traits } = flow;
  return {
    ...untold,
    verdict: traits.verdict,
    dropReason: traits.dropReason,
    type: traits.type,
    eventType: traits.eventType,
    subType: traits.subType,
    direction: traits.direction,
    observationPoint: traits.observationPoint,
    protocol: traits.protocol,
    isReply: isReply(flow) ? true : clientSide(flow) === 'source' ? false : undefined,
    encrypted: traits.encrypted,
    authType: traits.authType,
  };
}

const untold: Traits = {
  verdict: '',
  dropReason: '',
  type: '',
  eventType: 0,
  subType: 0,
  direction: '',
  isReply: undefined,
  observationPoint: '',
  traceReason: '',
  protocol: '',
  tcpFlags: '',
  icmpType: -1,
  ipVersion: '',
  encrypted: false,
  authType: '',
  policyMatchType: 0,
};

/** The method or the status of HTTP, the answer's code of DNS. */
function coarseL7({ type, kind, http, dns }: L7): L7 {
  return {
    type,
    kind,
    http: http && new ReadHttp(http.method, '', '', http.status),
    dns: dns && { query: '', qtypes: '', rcode: dns.rcode },
  };
}

/** Methods and codes come from the network: beyond so many kinds they are no longer the same objects. */
const MOST_KINDS = 20_000;

/** Messages without what tells them from others of their kind: the same object for equal ones. */
export class L7Kinds {
  readonly #kinds = new Map<string, L7>();

  of(l7: L7): L7 {
    const { type, kind, http, dns } = l7;
    // A type may hold anything, also what looks like the rest.
    const name = `${type.length} ${type} ${kind} ${http?.status} ${dns?.rcode} ${http?.method}`;
    let found = this.#kinds.get(name);
    if (found === undefined) {
      if (this.#kinds.size >= MOST_KINDS) this.#kinds.clear();
      this.#kinds.set(name, (found = coarseL7(l7)));
    }
    return found;
  }
}

/** JSON of an end, without what is empty. */
export function endText(end: Endpoint): string {
  return JSON.stringify(endJson(end));
}

function endJson(end: Endpoint): object {
  const {
    cluster,
    namespace,
    workloads,
    pod,
    labels,
    names,
    ip,
    identity,
    service,
    serviceNamespace,
    learned,
  } = end;
  return {
    cluster: cluster || undefined,
    namespace: namespace || undefined,
    workload: workloads[0]?.name,
    pod: pod || undefined,
    labels: labels.length === 0 ? undefined : labels,
    name: names[0],
    learned: learned && learnedJson(learned, endJson),
    ip: ip || undefined,
    identity: identity || undefined,
    service: service || undefined,
    serviceNamespace: serviceNamespace || undefined,
  };
}

/** The end that was written so. */
export function readEndText(value: unknown): Endpoint {
  const told = objectOf(value);
  const { workload, name } = told;
  return {
    ...nobody,
    cluster: textOf(told['cluster']),
    namespace: textOf(told['namespace']),
    workloads: workload === undefined ? [] : [{ name: textOf(workload), kind: '' }],
    pod: textOf(told['pod']),
    labels: textsOf(told['labels']),
    names: name === undefined ? [] : [textOf(name)],
    ip: textOf(told['ip']),
    identity: numberOf(told['identity']),
    service: textOf(told['service']),
    serviceNamespace: textOf(told['serviceNamespace']),
    learned: readLearned(told['learned'], readEndText),
  };
}

/** JSON of what was told, without what is empty; `point` is the counter of the map that it adds to. */
export function kindText({ traits, policies, l7 }: Coarse): string {
  return JSON.stringify({
    point: counterOf({ traits, l7 }).name,
    verdict: traits.verdict || undefined,
    dropReason: traits.dropReason || undefined,
    protocol: traits.protocol || undefined,
    direction: traits.direction || undefined,
    isReply: traits.isReply,
    type: traits.type || undefined,
    eventType: traits.eventType || undefined,
    subType: traits.subType || undefined,
    observationPoint: traits.observationPoint || undefined,
    encrypted: traits.encrypted || undefined,
    authType: traits.authType || undefined,
    allowedBy: policies.allowedBy.length === 0 ? undefined : policies.allowedBy,
    deniedBy: policies.deniedBy.length === 0 ? undefined : policies.deniedBy,
    l7: l7 && l7Json(l7),
  });
}

/** What was told of a message of its kind, without what is empty. */
export function l7Json({ type, kind, http, dns }: L7): object {
  return {
    type,
    kind,
    method: http?.method === '' ? undefined : http?.method,
    status: http?.status === 0 ? undefined : http?.status,
    rcode: dns?.rcode,
  };
}

/** What was told, where it was written so. */
export function readKindText(value: unknown): Coarse {
  const told = objectOf(value);
  const { isReply, l7 } = told;
  return {
    traits: {
      ...untold,
      verdict: textOf(told['verdict']),
      dropReason: textOf(told['dropReason']),
      type: textOf(told['type']),
      eventType: numberOf(told['eventType']),
      subType: numberOf(told['subType']),
      direction: textOf(told['direction']),
      observationPoint: textOf(told['observationPoint']),
      protocol: textOf(told['protocol']),
      isReply: typeof isReply === 'boolean' ? isReply : undefined,
      encrypted: told['encrypted'] === true,
      authType: textOf(told['authType']),
    },
    policies: { allowedBy: textsOf(told['allowedBy']), deniedBy: textsOf(told['deniedBy']) },
    l7: isObject(l7) ? readL7Json(l7) : undefined,
  };
}

/** The kind of messages that was written so. */
export function readL7Json({ type, kind, method, status, rcode }: Json): L7 {
  const known = L7_KINDS.find((name) => name === kind) ?? 'other';
  return {
    type: textOf(type),
    kind: known,
    http: known === 'http' ? new ReadHttp(textOf(method), '', '', numberOf(status)) : undefined,
    dns: rcode === undefined ? undefined : { query: '', qtypes: '', rcode: numberOf(rcode) },
  };
}

const L7_KINDS = ['http', 'dns', 'kafka', 'other'] as const;
