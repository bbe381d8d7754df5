import { RE2JS } from 're2js';
import { FlowatlasError } from '../../errors.js';
import { dnsName } from '../../flow/dns-name.js';
import type { RecordedFlow } from '../../flow/flow.js';
import { rcodeOf } from '../../flow/rcodes.js';
import { hintFields, type Field } from '../../grouping/fields.js';
import type { Predicate } from '../criterion.js';
import { not } from '../filter.js';
import { onL7Text, type L7Text } from '../l7-text.js';
import { filterNames, parseFilter } from '../parse-filter.js';
import { parseDuration } from '../window.js';
import { expressionError, type Operator } from './expression-reader.js';

/** Where the parts of a comparison stand, so that what is wrong with one can be pointed at. */
interface Places {
  field: number;
  operator: number;
  value: number;
}

/** What `<` and `>` compare; a flow may have two (either port), and none where it does not say. */
interface NumberField {
  of(flow: RecordedFlow): readonly (number | undefined)[];
  read(text: string): number | undefined;
  such: string;
}

const LONGEST_PATTERN = 1_000;
const DNS_QUERY = 'dns-query';

/** As filters these are patterns, found anywhere. Here `~` is for patterns, and `=` means the whole value. */
const patterns = new Set(['http-path', 'http-url', DNS_QUERY]);

const whole = {
  read: (text: string) => (/^\d{1,15}$/.test(text) ? Number(text) : undefined),
  such: 'a whole number',
};

const numbers: ReadonlyMap<string, NumberField> = new Map<string, NumberField>([
  [
    'latency',
    { of: ({ latency }) => [said(latency)], read: readNanoseconds, such: 'a duration such as 250ms' },
  ],
  ['port', { of: (flow) => [said(flow.sourcePort), said(flow.destinationPort)], ...whole }],
  ['from-port', { of: ({ sourcePort }) => [said(sourcePort)], ...whole }],
  ['to-port', { of: ({ destinationPort }) => [said(destinationPort)], ...whole }],
  ['http-status', { of: ({ l7 }) => [said(l7?.http?.status)], ...whole }],
  ['dns-rcode', { of: ({ l7 }) => [rcodeOf(l7)], ...whole }],
]);

/** The fields of expressions: names of filters that say what passes, and what has numbers or values. */
export const expressionFields: readonly string[] = [
  ...new Set([...[...filterNames.keys()].filter(isPlain), ...hintFields.keys(), ...numbers.keys()]),
];

/** What one comparison passes; what makes no sense is refused, pointing at it. */
export function comparison(field: string, operator: Operator, value: string, places: Places): Predicate {
  if (!expressionFields.includes(field)) {
    throw expressionError(
      places.field,
      `there is no field ${field}; there are ${expressionFields.join(', ')}`,
    );
  }
  switch (operator) {
    case '=':
      return equals(field, value, places);
    case '!=':
      return not(equals(field, value, places));
    case '~':
      return finds(field, value, places);
    case '!~':
      return not(finds(field, value, places));
    default:
      return compares(field, operator, value, places);
  }
}

/** What the filter of this name means; else the value itself. */
function equals(field: string, value: string, places: Places): Predicate {
  const told = hintFields.get(field);
  if (filterNames.has(field) && !(patterns.has(field) && told !== undefined)) {
    return criterion(field, value, places.value);
  }
  if (told !== undefined)
    return onValues(told, field === DNS_QUERY ? isName(value) : (text) => text === value);
  return compares(field, '=', value, places);
}

/** The one place where expressions meet the filters of flags: each comparison is a filter of one word. */
function criterion(name: string, value: string, position: number): Predicate {
  try {
    return parseFilter(new Map([[name, [value]]])).matches;
  } catch (error) {
    if (error instanceof FlowatlasError) throw expressionError(position, error.message);
    throw error;
  }
}

function finds(field: string, value: string, places: Places): Predicate {
  const told = hintFields.get(field);
  if (told === undefined) throw expressionError(places.operator, `${field} takes no pattern`);
  return onValues(told, compile(field, value, places.value));
}

/** Names are compared as DNS does it. */
function isName(value: string): (text: string) => boolean {
  const name = dnsName(value);
  return (text) => dnsName(text) === name;
}

/** Whether a pattern is found in one of the spellings of a name; throws what RE2 says of a wrong one. */
function findsName(pattern: string): (name: string) => boolean {
  const compiled = RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE);
  return (text) => {
    const name = dnsName(text);
    return compiled.test(name) || (text !== '' && compiled.test(`${name}.`));
  };
}

const l7Texts: ReadonlyMap<string, L7Text> = new Map([
  ['http-path', 'path'],
  ['http-url', 'url'],
  [DNS_QUERY, 'query'],
]);

/** Any of the values that a flow has in a field passes; a field that is not said has none. */
function onValues(field: Field, passes: (value: string) => boolean): Predicate {
  const text = l7Texts.get(field.name);
  if (text !== undefined) return onL7Text(text, (value) => value !== '' && passes(value));
  return (flow) => field.all(flow).some(passes);
}

function compile(field: string, value: string, position: number): (text: string) => boolean {
  if (value.length > LONGEST_PATTERN) {
    throw expressionError(position, `a pattern has at most ${LONGEST_PATTERN} characters`);
  }
  try {
    if (field === DNS_QUERY) return findsName(value);
    const pattern = RE2JS.compile(value);
    return (text) => pattern.test(text);
  } catch (error) {
    throw expressionError(position, error instanceof Error ? error.message : String(error));
  }
}

function compares(
  field: string,
  operator: '=' | '<' | '<=' | '>' | '>=',
  value: string,
  places: Places,
): Predicate {
  const told = numbers.get(field);
  if (told === undefined) {
    throw expressionError(places.operator, `${field} is no number; ${[...numbers.keys()].join(', ')} are`);
  }
  const wanted = told.read(value);
  if (wanted === undefined) {
    throw expressionError(places.value, `${JSON.stringify(value.slice(0, 50))} is not ${told.such}`);
  }
  const holds = orders[operator];
  return (flow) => told.of(flow).some((is) => is !== undefined && holds(is, wanted));
}

const orders = {
  '=': (a: number, b: number) => a === b,
  '<': (a: number, b: number) => a < b,
  '<=': (a: number, b: number) => a <= b,
  '>': (a: number, b: number) => a > b,
  '>=': (a: number, b: number) => a >= b,
} as const;

/** 0 is what readers have for "not said". */
function said(number: number | undefined): number | undefined {
  return number === 0 ? undefined : number;
}

function readNanoseconds(text: string): number | undefined {
  const duration = parseDuration(text);
  return duration === undefined ? undefined : Number(duration);
}

function isPlain(name: string): boolean {
  return !name.startsWith('not-') && name !== 'allowlist' && name !== 'denylist';
}
