import { readText, Refusal, shown } from './criterion.js';

/**
 * Kubernetes label selectors over Cilium's labels, which are `source:key=value`. A key may name its
 * source (`k8s:app`); without one, or with `any:`, every source counts.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export type LabelSelector = (labels: readonly string[]) => boolean;

const KEY = '([!]?)\\s*([A-Za-z0-9][\\w.:/-]*)';
const SET = new RegExp(`^${KEY}\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUALITY = new RegExp(`^${KEY}\\s*(==|=|!=)\\s*([^=!,()\\s]*)$`);
const ORDER = new RegExp(`^${KEY}\\s*([<>])\\s*(\\d{1,18})$`);
const EXISTS = new RegExp(`^${KEY}$`);

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const LONGEST_PREFIX = 253;
const LONGEST_NAME = 63;
const DNS_LABEL = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const PREFIX = new RegExp(`^${DNS_LABEL}(?:\\.${DNS_LABEL})*$`);
const NAME = /^[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?$/;

export function parseLabelSelector(text: string): LabelSelector {
  const requirements = splitOutsideParentheses(text).map(parseRequirement);
  return (labels) => requirements.every((holds) => holds(labels));
}

/** The text of a selector that can be parsed. */
export function readLabelSelector(value: unknown): string {
  const text = readText(value);
  parseLabelSelector(text);
  return text;
}

function parseRequirement(text: string): LabelSelector {
  const set = SET.exec(text);
  if (set && set[1] === '') {
    const values = (set[4] ?? '').split(',').map((value) => readValue(value.trim()));
    return requirement(readKey(set[2]), values, set[3] === 'in');
  }
  const equality = EQUALITY.exec(text);
  if (equality && equality[1] === '')
    return requirement(readKey(equality[2]), [readValue(equality[4])], equality[3] !== '!=');
  const order = ORDER.exec(text);
  if (order && order[1] === '') return ordered(readKey(order[2]), order[3] === '>', BigInt(order[4] ?? 0));
  const exists = EXISTS.exec(text);
  if (exists) {
    const key = readKey(exists[2]);
    return (labels) => valuesOf(labels, key).length > 0 !== (exists[1] === '!');
  }
  throw new Refusal(
    `cannot read ${shown(text)}; write key=value, key!=value, key in (a,b), key>1, key or !key`,
  );
}

/** Hubble asks Kubernetes for `source.key`, so the source counts as a part of the first name. */
function readKey(key = ''): string {
  const [first = '', name, ...more] = (key.includes(':') ? key.replace(':', '.') : `any.${key}`).split('/');
  const isKey =
    more.length === 0 &&
    (name === undefined
      ? isName(first)
      : isName(name) && first.length <= LONGEST_PREFIX && PREFIX.test(first));
  if (isKey) return key;
  throw new Refusal(
    `${shown(key)} is no key of a label: a prefix in lower case and a slash, where there is one, and up to ${LONGEST_NAME} letters, digits, -, _ and .`,
  );
}

function readValue(value = ''): string {
  if (value === '' || isName(value)) return value;
  throw new Refusal(
    `${shown(value)} is no value of a label: up to ${LONGEST_NAME} letters, digits, -, _ and ., which neither begin nor end it`,
  );
}

function isName(text: string): boolean {
  return text.length <= LONGEST_NAME && NAME.test(text);
}

/** `!=` and `notin` also hold where the key is absent, as in Kubernetes. */
function requirement(key: string, values: readonly string[], wanted: boolean): LabelSelector {
  const among = new Set(values);
  return (labels) => valuesOf(labels, key).some((value) => among.has(value)) === wanted;
}

/** Of values that are whole numbers; others are neither more nor less. */
function ordered(key: string, isMore: boolean, than: bigint): LabelSelector {
  const holds = (value: string) =>
    /^[-+]?\d{1,18}$/.test(value) && (isMore ? BigInt(value) > than : BigInt(value) < than);
  return (labels) => valuesOf(labels, key).some(holds);
}

/** Labels by their key, with its source and without. A label without a value has the value "". */
class LabelIndex {
  readonly #byName = new Map<string, string[]>();
  readonly #byKey = new Map<string, string[]>();

  constructor(labels: readonly string[]) {
    for (const label of labels) {
      const equals = label.indexOf('=');
      const name = equals < 0 ? label : label.slice(0, equals);
      const value = equals < 0 ? '' : label.slice(equals + 1);
      add(this.#byName, name, value);
      add(this.#byKey, name.slice(name.indexOf(':') + 1), value);
    }
  }

  valuesOf(key: string): readonly string[] {
    const colon = key.indexOf(':');
    if (colon > 0 && !key.startsWith('any:')) return this.#byName.get(key) ?? [];
    return this.#byKey.get(colon > 0 ? key.slice(colon + 1) : key) ?? [];
  }
}

function add(map: Map<string, string[]>, key: string, value: string): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

const indexes = new WeakMap<readonly string[], LabelIndex>();

/** Many selectors ask the same labels. */
function valuesOf(labels: readonly string[], key: string): readonly string[] {
  let index = indexes.get(labels);
  if (index === undefined) indexes.set(labels, (index = new LabelIndex(labels)));
  return index.valuesOf(key);
}

function splitOutsideParentheses(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}
