import { invalidFilter } from '../errors.js';

/**
 * Kubernetes label selectors over Cilium's labels, which are `source:key=value`. A key may name its
 * source (`k8s:app`); without one, or with `any:`, every source counts.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors
 */
export type LabelSelector = (labels: readonly string[]) => boolean;

const KEY = '([!]?)\\s*([A-Za-z0-9][\\w.:/-]*)';
const SET = new RegExp(`^${KEY}\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUALITY = new RegExp(`^${KEY}\\s*(==|=|!=)\\s*([^=!,()\\s]*)$`);
const EXISTS = new RegExp(`^${KEY}$`);

export function parseLabelSelector(text: string): LabelSelector {
  const requirements = splitOutsideParentheses(text).map(parseRequirement);
  return (labels) => requirements.every((holds) => holds(labels));
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
  const exists = EXISTS.exec(text);
  if (exists) {
    const key = exists[2] ?? '';
    return (labels) => labels.some((label) => valueOf(label, key) !== undefined) !== (exists[1] === '!');
  }
  throw invalidFilter(
    'label',
    `cannot read "${text}"; write key=value, key!=value, key in (a,b), key or !key`,
  );
}

/** `!=` and `notin` also hold where the key is absent, as in Kubernetes. */
function requirement(key: string, values: readonly string[], wanted: boolean): LabelSelector {
  return (labels) =>
    labels.some((label) => {
      const value = valueOf(label, key);
      return value !== undefined && values.includes(value);
    }) === wanted;
}

/** The value of `label` if it has this key, "" for a label without a value. */
function valueOf(label: string, key: string): string | undefined {
  const equals = label.indexOf('=');
  const name = equals < 0 ? label : label.slice(0, equals);
  const value = equals < 0 ? '' : label.slice(equals + 1);
  const colon = key.indexOf(':');
  if (colon > 0 && !key.startsWith('any:')) return name === key ? value : undefined;
  const bareKey = colon > 0 ? key.slice(colon + 1) : key;
  return name.slice(name.indexOf(':') + 1) === bareKey ? value : undefined;
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
