import { invalidFilter } from '../errors.js';
import { criteria, sidedCriteria } from './criteria.js';
import { readText, Refusal, shown, refuseUnlessOn, type Flag } from './criterion.js';
import { explain, readValue, refuseHttpWithoutL7, refuseTooMany, type FlowFilter } from './flow-filter.js';
import { isRange } from './port.js';

/** Words of a filter: names of flags, each with its values. */
export type FilterWords = ReadonlyMap<string, readonly string[]>;

/**
 * Where a flag writes. Two filters are filled, of which one has to match: a flag about either side writes
 * the source into the left one and the destination into the right one, all others write into both alike.
 */
interface Target {
  readonly flag: Flag;
  readonly left: string;
  readonly right: string;
}

const targets: ReadonlyMap<string, Target> = new Map(
  [...findTargets()].map((target) => [target.flag.name, target]),
);

function* findTargets(): Generator<Target> {
  for (const { field, flags } of criteria) {
    for (const flag of flags) yield { flag, left: field, right: field };
  }
  for (const { field, flag } of sidedCriteria) {
    const [source, destination] = [`source_${field}`, `destination_${field}`];
    yield { flag: aboutSide(flag, '', 'on either side'), left: source, right: destination };
    yield { flag: aboutSide(flag, 'from-', 'on the source side'), left: source, right: source };
    yield { flag: aboutSide(flag, 'to-', 'on the destination side'), left: destination, right: destination };
  }
}

function aboutSide(flag: Flag, prefix: string, side: string): Flag {
  return { ...flag, name: prefix + flag.name, describe: `${flag.describe}, ${side}` };
}

/** Namespaces are no field: they are written before the names of pods and services. */
const namespaceFlags: readonly Flag[] = [
  ...sides({ name: 'namespace', describe: 'exact Kubernetes namespace' }),
  ...sides({
    name: 'all-namespaces',
    describe: 'anything that has a namespace',
    isSwitch: true,
    value: refuseUnlessOn,
  }),
];

function sides(flag: Flag): Flag[] {
  return [
    aboutSide(flag, '', 'on either side'),
    aboutSide(flag, 'from-', 'on the source side'),
    aboutSide(flag, 'to-', 'on the destination side'),
  ];
}

export const flags: readonly Flag[] = [...namespaceFlags, ...[...targets.values()].map(({ flag }) => flag)];
const flagNamed: ReadonlyMap<string, Flag> = new Map(flags.map((flag) => [flag.name, flag]));

/** Flags of which Hubble takes only one, because they would write the same field of its filter. */
const conflicts = [
  [
    'from-fqdn',
    'from-ip',
    'ip',
    'fqdn',
    'from-namespace',
    'namespace',
    'from-all-namespaces',
    'all-namespaces',
  ],
  ['from-fqdn', 'from-ip', 'ip', 'fqdn', 'from-pod', 'pod'],
  ['to-fqdn', 'to-ip', 'ip', 'fqdn', 'to-namespace', 'namespace', 'to-all-namespaces', 'all-namespaces'],
  ['to-fqdn', 'to-ip', 'ip', 'fqdn', 'to-pod', 'pod'],
  ['from-pod', 'namespace', 'all-namespaces'],
  ['to-pod', 'namespace', 'all-namespaces'],
  ['from-service', 'namespace', 'all-namespaces'],
  ['to-service', 'namespace', 'all-namespaces'],
  ...['label', 'service', 'port', 'identity', 'workload'].flatMap((name) => [
    [`from-${name}`, name],
    [`to-${name}`, name],
  ]),
  ['encrypted', 'unencrypted'],
];

function refuseConflicts(words: FilterWords, prefix: string): void {
  for (const group of conflicts) {
    const [first, second] = group.filter((name) => words.has(name));
    if (first === undefined || second === undefined) continue;
    const names = group.map((name) => prefix + name).join(', ');
    throw invalidFilter(prefix + second, `cannot go with ${prefix}${first}: Hubble takes one of ${names}`);
  }
}

/** The filters that flags stand for, of which one has to match; `prefix` is what stood before their names. */
export function flowFiltersOfFlags(words: FilterWords, prefix: '' | 'not-'): FlowFilter[] {
  if (words.size === 0) return [];
  refuseConflicts(words, prefix);
  const draft = new Draft(words, prefix);
  for (const [name, values] of words) {
    refuseTooMany(targets.get(name)?.left ?? 'namespace', values, prefix + name);
    for (const word of values) draft.add(name, word);
  }
  return draft.finish();
}

class Draft {
  readonly #left = new Map<string, unknown[]>();
  readonly #right = new Map<string, unknown[]>();
  readonly #anyPort: unknown[] = [];
  #isEither = false;

  constructor(
    private readonly words: FilterWords,
    private readonly prefix: string,
  ) {}

  add(name: string, word: string): void {
    const place = this.prefix + name;
    const value = wordOf(flagNamed.get(name), word, place);
    const target = targets.get(name);
    if (target === undefined)
      explain(place, () => {
        refuseSlash(value);
      });
    else if (name === 'port' && this.#hasPortRange())
      this.#anyPort.push(readValue(target.left, value, place));
    else this.#put(target, readValue(target.left, value, place));
  }

  #put({ left, right }: Target, value: unknown): void {
    push(this.#left, left, value);
    push(this.#right, right, value);
    if (left !== right) this.#isEither = true;
  }

  /** Ranges are not Hubble's, nor is what it makes of a port beside others: they may be of either side. */
  #hasPortRange(): boolean {
    return this.words.get('port')?.some(isRange) === true;
  }

  finish(): FlowFilter[] {
    for (const filter of [this.#left, this.#right]) this.#refuseTwoNamespaces(filter);
    this.#writeNamespaces();
    refuseHttpWithoutL7(this.#left, `${this.prefix}type`);
    const filters = this.#isEither ? [this.#left, this.#right] : [this.#left];
    if (this.#anyPort.length === 0) return filters;
    return filters.flatMap((filter) => [
      new Map([...filter, ['source_port', this.#anyPort]]),
      new Map([...filter, ['destination_port', this.#anyPort]]),
    ]);
  }

  #writeNamespaces(): void {
    const [source, destination, either] = ['from-', 'to-', ''].map((side) => this.#namespaces(side));
    for (const filter of [this.#left, this.#right]) {
      writeNamespaces(filter, 'source', source);
      writeNamespaces(filter, 'destination', destination);
    }
    if (either === undefined) return;
    writeNamespaces(this.#left, 'source', either);
    writeNamespaces(this.#right, 'destination', either);
    this.#isEither = true;
  }

  /** The empty one is any. */
  #namespaces(side: string): readonly string[] | undefined {
    const { words } = this;
    return words.get(`${side}namespace`) ?? words.get(`${side}all-namespaces`)?.map(() => '');
  }

  #refuseTwoNamespaces(filter: FlowFilter): void {
    for (const side of ['source', 'destination'] as const) {
      const [from, pods, services] = [
        side === 'source' ? 'from-' : 'to-',
        namesOf(filter, `${side}_pod`),
        namesOf(filter, `${side}_service`),
      ];
      const namespaces = [...(this.#namespaces('') ?? []), ...(this.#namespaces(from) ?? [])];
      for (const [flag, names] of Object.entries({ pod: pods, service: services })) {
        const other = names.find((name) =>
          namespaces.some((namespace) => namespaceOf(name) !== '' && namespaceOf(name) !== namespace),
        );
        if (other !== undefined)
          throw invalidFilter(
            this.prefix + (this.words.has(flag) ? flag : from + flag),
            `${shown(other)} is in another namespace than the filter on namespaces says`,
          );
      }
      const pod = pods.find((name) => namespaceOf(name) !== '');
      const service = services.find((name) => pod !== undefined && namespaceOf(name) !== namespaceOf(pod));
      if (pod !== undefined && service !== undefined)
        throw invalidFilter(
          this.prefix + (this.words.has('service') ? 'service' : `${from}service`),
          `${shown(service)} is not in the namespace of the pod ${shown(pod)}`,
        );
    }
  }
}

function wordOf(flag: Flag | undefined, word: string, place: string): unknown {
  if (flag === undefined) throw invalidFilter(place, 'no such filter');
  return explain(place, () => {
    const read = flag.isSwitch === true ? word : readText(word);
    return flag.value === undefined ? read : flag.value(read);
  });
}

function refuseSlash(value: unknown): void {
  if (String(value).includes('/')) throw new Refusal(`${shown(value)} is no name of a namespace`);
}

function push(filter: Map<string, unknown[]>, field: string, value: unknown): void {
  const values = filter.get(field);
  if (values === undefined) filter.set(field, [value]);
  else values.push(value);
}

function namesOf(filter: FlowFilter, field: string): string[] {
  return (filter.get(field) ?? []).map(String);
}

/** What stands before the slash; nothing where there is none. */
function namespaceOf(name: string): string {
  return name.slice(0, Math.max(name.indexOf('/'), 0));
}

/** Names without a namespace get each of these; where there are no names, all pods of them are meant. */
function writeNamespaces(
  filter: Map<string, unknown[]>,
  side: 'source' | 'destination',
  namespaces: readonly string[] | undefined,
): void {
  if (namespaces === undefined) return;
  const [pod, service] = [`${side}_pod`, `${side}_service`];
  if (!filter.has(pod) && !filter.has(service)) filter.set(pod, ['']);
  for (const field of [pod, service].filter((name) => filter.has(name))) {
    const names = namesOf(filter, field).flatMap((name) =>
      name.includes('/') ? [name] : namespaces.map((namespace) => `${namespace}/${name}`),
    );
    filter.set(field, names);
  }
}
