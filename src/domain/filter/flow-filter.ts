import { FlowatlasError, invalidFilter } from '../errors.js';
import { camelCase, isObject } from '../flow/json.js';
import { criteria, sidedCriteria } from './criteria.js';
import { Refusal, shown, type Criterion, type Predicate, type SidedCriterion } from './criterion.js';
import { all, allowButDeny, type Filter } from './filter.js';
import { eachPort } from './port.js';
import { canBeL7 } from './type.js';

/**
 * Hubble's FlowFilter, into which the flags of `hubble observe` are translated and from which predicates
 * are made: a list of values for each field. Any value of a field, and all fields, must match.
 * https://docs.cilium.io/en/stable/_api/v1/flow/README/#flowfilter
 */
export type FlowFilter = ReadonlyMap<string, readonly unknown[]>;

export interface FlowFilters {
  readonly whitelist: readonly FlowFilter[];
  readonly blacklist: readonly FlowFilter[];
}

/** In the order of the proto file, in which Hubble writes them. */
const hubbleFields = [
  'uuid',
  'source_ip',
  'source_ip_xlated',
  'source_pod',
  'source_fqdn',
  'source_label',
  'source_service',
  'source_workload',
  'source_cluster_name',
  'destination_ip',
  'destination_pod',
  'destination_fqdn',
  'destination_label',
  'destination_service',
  'destination_workload',
  'destination_cluster_name',
  'traffic_direction',
  'verdict',
  'drop_reason_desc',
  'interface',
  'event_type',
  'http_status_code',
  'protocol',
  'source_port',
  'destination_port',
  'reply',
  'dns_query',
  'source_identity',
  'destination_identity',
  'http_method',
  'http_path',
  'http_url',
  'http_header',
  'tcp_flags',
  'node_name',
  'node_labels',
  'ip_version',
  'trace_id',
  'ip_trace_id',
  'encrypted',
  'cel_expression',
] as const;

type Field = Pick<Criterion, 'field' | 'most' | 'read' | 'test'>;

/** Every field once, the two of a sided criterion each for itself, in the order in which they are tried. */
const fields: ReadonlyMap<string, Field> = new Map(
  [...sidedCriteria.flatMap(bothSides), ...criteria].map((field) => [field.field, field]),
);

function bothSides(criterion: SidedCriterion): Field[] {
  return (['source', 'destination'] as const).map((side) => ({
    field: `${side}_${criterion.field}`,
    ...(criterion.most !== undefined && { most: criterion.most }),
    read: (value) => criterion.read(value),
    test(values) {
      const passes = criterion.test(values);
      return (flow) => passes(flow, side);
    },
  }));
}

/** Filters of each list: as many as that are held against every flow. */
export const MOST_FILTERS = 100;

export function filterOf({ whitelist, blacklist }: FlowFilters): Filter {
  return {
    matches: allowButDeny(whitelist.map(predicateOf), blacklist.map(predicateOf)),
    isEmpty: whitelist.length === 0 && blacklist.length === 0,
    uuids: uuidsOf(whitelist),
  };
}

/** Undefined where flows with any uuid can pass. */
function uuidsOf(whitelist: readonly FlowFilter[]): string[] | undefined {
  const named = whitelist.map((filter) => filter.get('uuid'));
  if (named.length === 0 || named.includes(undefined)) return undefined;
  return named.flatMap((uuids = []) => uuids.map(String));
}

function predicateOf(filter: FlowFilter): Predicate {
  const tests: Predicate[] = [];
  for (const [name, field] of fields) {
    const values = filter.get(name);
    if (values !== undefined) tests.push(field.test(values));
  }
  return all(tests);
}

/** A value as the field keeps it; one that makes no sense is refused in the name of `place`. */
export function readValue(field: string, value: unknown, place: string): unknown {
  const known = fields.get(field);
  if (known === undefined) throw invalidFilter(place, `a flow filter has no field ${shown(field)}`);
  return explain(place, () => known.read(value));
}

const MOST_VALUES = 1_000;

export function refuseTooMany(field: string, values: readonly unknown[], place: string): void {
  const most = fields.get(field)?.most ?? MOST_VALUES;
  if (values.length > most) throw invalidFilter(place, `has at most ${most} values`);
}

/** What is refused inside is refused in the name of `place`. */
export function explain<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw invalidFilter(place, error.message);
  }
}

/** Hubble takes filters on HTTP only beside types of which one is L7. */
export function refuseHttpWithoutL7(filter: FlowFilter, place: string): void {
  const types = filter.get('event_type');
  const asksHttp = [...filter.keys()].some((field) => field.startsWith('http_'));
  if (asksHttp && types !== undefined && !canBeL7(types))
    throw invalidFilter(place, 'filters on HTTP go with the type l7 only');
}

/** Reads Hubble's own JSON as strictly as Hubble: unknown fields and values are refused. */
export function readFlowFilter(value: unknown, place: string): FlowFilter {
  if (!isObject(value)) throw invalidFilter(place, `${shown(value)} is no object of a flow filter`);
  const { experimental, ...plain } = value;
  const given = { ...plain, ...readExperimental(experimental, place) };
  const filter = new Map<string, readonly unknown[]>();
  for (const [name, values] of Object.entries(given)) {
    const field = fieldNamed(name, place);
    if (values === null) continue;
    if (!Array.isArray(values)) throw invalidFilter(place, `${field}: ${shown(values)} is no list`);
    if (filter.has(field)) throw invalidFilter(place, `${field}: is there twice`);
    refuseTooMany(field, values, place);
    if (values.length > 0)
      filter.set(
        field,
        values.map((item) => readItem(field, item, place)),
      );
  }
  refuseHttpWithoutL7(filter, place);
  return filter;
}

/** The error's field is the parameter; its message names the field inside too. */
function readItem(field: string, value: unknown, place: string): unknown {
  try {
    return readValue(field, value, field);
  } catch (error) {
    if (!(error instanceof FlowatlasError)) throw error;
    throw invalidFilter(place, error.message);
  }
}

function readExperimental(value: unknown, place: string): Record<string, unknown> {
  if (value === undefined || value === null) return {};
  const cel = isObject(value) ? (value['cel_expression'] ?? value['celExpression']) : undefined;
  const known = isObject(value) && Object.keys(value).length === (cel === undefined ? 0 : 1);
  if (!known) throw invalidFilter(place, 'experimental: has cel_expression only');
  return cel === undefined ? {} : { cel_expression: cel };
}

function fieldNamed(name: string, place: string): string {
  const field = hubbleFields.find((known) => known === name || camelCase(known) === name);
  if (field !== undefined && fields.has(field)) return field;
  throw invalidFilter(
    place,
    `a flow filter has no field ${shown(name)}; it has ${hubbleFields.filter((known) => fields.has(known)).join(', ')}`,
  );
}

/** The JSON of a filter as Hubble writes it; refused where a field is one that Hubble does not have. */
export function writeFlowFilter(filter: FlowFilter): string {
  const known: ReadonlySet<string> = new Set(hubbleFields);
  const own = [...filter.keys()].find((field) => !known.has(field));
  if (own !== undefined) throw invalidFilter(own, 'Hubble has no such field in its filters');
  const members: Record<string, unknown> = {};
  for (const field of hubbleFields) {
    const values = filter.get(field);
    if (values === undefined) continue;
    if (field === 'cel_expression') members['experimental'] = { cel_expression: values };
    else
      members[field] = field.endsWith('_port') ? values.flatMap((value) => eachPort(String(value))) : values;
  }
  return JSON.stringify(members).replace(HTML, escaped);
}

/** Go escapes these in JSON. */
const HTML = /[<>&\u2028\u2029]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
