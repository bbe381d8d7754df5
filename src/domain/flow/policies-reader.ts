import type { Policies } from './flow.js';
import { Forgetful } from './forgetful.js';
import { isObject, listOf, textOf, type Json } from './json.js';

/** Hubble names no policy: older versions, other events, a default deny. */
export const noPolicies: Policies = Object.freeze({
  allowedBy: Object.freeze([]),
  deniedBy: Object.freeze([]),
});

/** Some 20,000 lists. */
const MOST_CHARACTERS = 4 << 20;

/** Reads which policies a verdict came from, and hands out the same object for equal ones. */
export class PoliciesReader {
  readonly #known = new Forgetful<Policies>(MOST_CHARACTERS);

  read(flow: Json): Policies {
    const allowedBy = readNames(
      flow,
      'egress_allowed_by',
      'egressAllowedBy',
      'ingress_allowed_by',
      'ingressAllowedBy',
    );
    const deniedBy = readNames(
      flow,
      'egress_denied_by',
      'egressDeniedBy',
      'ingress_denied_by',
      'ingressDeniedBy',
    );
    if (allowedBy.length === 0 && deniedBy.length === 0) return noPolicies;
    const key = JSON.stringify([allowedBy, deniedBy]);
    return this.#known.get(key) ?? this.#known.add(key, { allowedBy, deniedBy }, key.length);
  }
}

function readNames(
  flow: Json,
  ...[egress, camelEgress, ingress, camelIngress]: [string, string, string, string]
): string[] {
  const lists = [flow[egress] ?? flow[camelEgress], flow[ingress] ?? flow[camelIngress]];
  return lists.flatMap(listOf).filter(isObject).map(policyName);
}

/** An entry can lack a name: rules that the agent itself derived have only labels. */
function policyName(policy: Json): string {
  const kind = textOf(policy['kind']);
  const name = textOf(policy['name']) || 'unnamed';
  const namespace = textOf(policy['namespace']);
  return `${namespace === '' ? '' : `${namespace}/`}${name}${kind === '' ? '' : ` (${kind})`}`;
}
