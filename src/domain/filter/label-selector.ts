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
const ORDER = new RegExp(`^${KEY}\\s*([<>])\\s*([-+]?\\d{1,18})$`);
const EXISTS = new RegExp(`^${KEY}$`);

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
    const values = (set[4] ?? '').split(',').map((value) => value.trim());
    return requirement(set[2] ?? '', values, set[3] === 'in');
  }
  const equality = EQUALITY.exec(text);
  if (equality && equality[1] === '') {
    return requirement(equality[2] ?? '', [equality[4] ?? ''], equality[3] !== '!=');
  }
  const order = ORDER.exec(text);
  if (order && order[1] === '') return ordered(order[2] ?? '', order[3] === '>', BigInt(order[4] ?? 0));
  const exists = EXISTS.exec(text);
  if (exists) {
    const key = exists[2] ?? '';
    return (labels) => valuesOf(labels, key).length > 0 !== (exists[1] === '!');
  }
  throw new Refusal(
    `cannot read ${shown(text)}; write key=value, key!=value, key in (a,b), key>1, key or !key`,
  );
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
