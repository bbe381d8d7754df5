import { FlowatlasError, invalidFilter } from '../errors.js';
import type { Criterion, FilterWords, Predicate, SidedCriterion } from './criterion.js';
import { cluster } from './cluster.js';
import { dropReasonDesc } from './drop-reason-desc.js';
import { all, allowButDeny, everything, type Filter } from './filter.js';
import { fqdn } from './fqdn.js';
import { httpMethod, httpPath, httpStatus } from './http.js';
import { ip } from './ip.js';
import { label } from './label.js';
import { namespace } from './namespace.js';
import { nodeName } from './node-name.js';
import { pod } from './pod.js';
import { port } from './port.js';
import { protocol } from './protocol.js';
import { service } from './service.js';
import { trafficDirection } from './traffic-direction.js';
import { type } from './type.js';
import { uuid } from './uuid.js';
import { verdict } from './verdict.js';
import { workload } from './workload.js';

/** To add a criterion: write its file, name it here. */
const criteria: readonly Criterion[] = [
  verdict,
  protocol,
  type,
  trafficDirection,
  httpStatus,
  httpMethod,
  httpPath,
  dropReasonDesc,
  nodeName,
  uuid,
];
const sidedCriteria: readonly SidedCriterion[] = [
  namespace,
  pod,
  label,
  workload,
  service,
  ip,
  fqdn,
  port,
  cluster,
];

/** Every name that a filter may use, with what it takes: for the API's description and for refusing others. */
export const filterNames: ReadonlyMap<string, string> = new Map(describeNames());

function* describeNames(): Generator<[string, string]> {
  for (const { name, describe } of criteria) yield* withNot(name, describe);
  for (const { name, describe } of sidedCriteria) {
    yield* withNot(name, `${describe}, on either side`);
    yield* withNot(`from-${name}`, `${describe}, on the source side`);
    yield* withNot(`to-${name}`, `${describe}, on the destination side`);
  }
}

function* withNot(name: string, describe: string): Generator<[string, string]> {
  yield [name, describe];
  yield [`not-${name}`, `leave out: ${describe}`];
}

/** Flags of which Hubble takes only one, because they would write the same field of its filter. */
const conflicts = [
  ['from-fqdn', 'from-ip', 'ip', 'fqdn', 'from-namespace', 'namespace'],
  ['from-fqdn', 'from-ip', 'ip', 'fqdn', 'from-pod', 'pod'],
  ['to-fqdn', 'to-ip', 'ip', 'fqdn', 'to-namespace', 'namespace'],
  ['to-fqdn', 'to-ip', 'ip', 'fqdn', 'to-pod', 'pod'],
  ['from-pod', 'namespace'],
  ['to-pod', 'namespace'],
  ['from-service', 'namespace'],
  ['to-service', 'namespace'],
  ['from-service', 'service'],
  ['to-service', 'service'],
  ['from-label', 'label'],
  ['to-label', 'label'],
  ['from-port', 'port'],
  ['to-port', 'port'],
  ['from-workload', 'workload'],
  ['to-workload', 'workload'],
];

/** Builds a filter from words, each a flag's name with its values; a wrong one is refused by name. */
export function parseFilter(words: FilterWords): Filter {
  if (words.size === 0) return everything;
  const allow = new Map<string, readonly string[]>();
  const deny = new Map<string, readonly string[]>();
  for (const [name, values] of words) {
    if (!filterNames.has(name)) throw invalidFilter(name, 'no such filter');
    if (values.some((value) => value === '')) throw invalidFilter(name, 'an empty value matches nothing');
    if (name.startsWith('not-')) deny.set(name.slice('not-'.length), values);
    else allow.set(name, values);
  }
  return {
    matches: allowButDeny(flowFilters(allow, ''), flowFilters(deny, 'not-')),
    isEmpty: false,
  };
}

/**
 * One flow filter, or two where a flag asks about either side: one with all such flags on the
 * source, one with all on the destination. So `pod=x&port=80` correlates: x must own the port.
 */
function flowFilters(words: FilterWords, prefix: '' | 'not-'): Predicate[] {
  if (words.size === 0) return [];
  refuseConflicts(words);
  const plain = criteria.flatMap((criterion) => {
    const values = words.get(criterion.name);
    if (values === undefined) return [];
    return [named(criterion.name, `${prefix}${criterion.name}`, () => criterion.parse(values, words))];
  });
  const source: Predicate[] = [...plain];
  const destination: Predicate[] = [...plain];
  let eitherSide = false;
  for (const criterion of sidedCriteria) {
    const either = words.get(criterion.name);
    if (either !== undefined && !impliedByName(criterion, words)) {
      const test = named(criterion.name, `${prefix}${criterion.name}`, () => criterion.parse(either, words));
      source.push((flow) => test(flow, 'source'));
      destination.push((flow) => test(flow, 'destination'));
      eitherSide = true;
    }
    for (const side of ['source', 'destination'] as const) {
      const name = `${side === 'source' ? 'from' : 'to'}-${criterion.name}`;
      const values = words.get(name);
      if (values === undefined) continue;
      const test = named(criterion.name, `${prefix}${name}`, () =>
        criterion.parse(values, wordsOfSide(words, side)),
      );
      const predicate: Predicate = (flow) => test(flow, side);
      source.push(predicate);
      destination.push(predicate);
    }
  }
  return eitherSide ? [all(source), all(destination)] : [all(source)];
}

/** A criterion complains in its own name; whoever asked used one with from-, to- or not- before it. */
function named<T>(own: string, given: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof FlowatlasError) || error.field !== own || own === given) throw error;
    throw invalidFilter(given, error.message.slice(own.length + 2));
  }
}

/** With pods or services, a namespace only says where one named without it is to be looked for. */
function impliedByName(criterion: SidedCriterion, words: FilterWords): boolean {
  if (criterion !== namespace) return false;
  const namespaces = words.get('namespace') ?? [];
  for (const flag of ['pod', 'service']) {
    for (const value of words.get(flag) ?? []) {
      const slash = value.indexOf('/');
      if (slash > 0 && !namespaces.includes(value.slice(0, slash))) {
        throw invalidFilter(flag, `"${value}" is in another namespace than the filter on namespaces says`);
      }
    }
  }
  return words.has('pod') || words.has('service');
}

/** What `namespace` means to the words of one side: `from-namespace` supplies the namespace of `from-pod`. */
function wordsOfSide(words: FilterWords, side: 'source' | 'destination'): FilterWords {
  const namespaces = words.get(side === 'source' ? 'from-namespace' : 'to-namespace');
  const rest = [...words].filter(([name]) => name !== 'namespace');
  return new Map(namespaces === undefined ? rest : [...rest, ['namespace', namespaces] as const]);
}

function refuseConflicts(words: FilterWords): void {
  for (const group of conflicts) {
    const [first, second] = group.filter((name) => words.has(name));
    if (first !== undefined && second !== undefined) {
      throw invalidFilter(second, `cannot go with ${first}: Hubble takes one of ${group.join(', ')}`);
    }
  }
}
