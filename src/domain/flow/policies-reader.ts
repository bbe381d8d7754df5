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
    const allowedBy = namesOf(
      flow['egress_allowed_by'] ?? flow['egressAllowedBy'],
      flow['ingress_allowed_by'] ?? flow['ingressAllowedBy'],
    );
    const deniedBy = namesOf(
      flow['egress_denied_by'] ?? flow['egressDeniedBy'],
      flow['ingress_denied_by'] ?? flow['ingressDeniedBy'],
    );
    if (allowedBy.length === 0 && deniedBy.length === 0) return noPolicies;
    const key = JSON.stringify([allowedBy, deniedBy]);
    return this.#known.get(key) ?? this.#known.add(key, { allowedBy, deniedBy }, key.length);
  }
}

/** Most records have neither list. */
function namesOf(egress: unknown, ingress: unknown): readonly string[] {
  if (egress === undefined && ingress === undefined) return noPolicies.allowedBy;
  return [egress, ingress].flatMap(listOf).filter(isObject).map(policyName);
}

/** An entry can lack a name: rules that the agent itself derived have only labels. */
function policyName(policy: Json): string {
  const kind = textOf(policy['kind']);
  const name = textOf(policy['name']) || 'unnamed';
  const namespace = textOf(policy['namespace']);
  return `${namespace === '' ? '' : `${namespace}/`}${name}${kind === '' ? '' : ` (${kind})`}`;
}
