import type { Policies } from './flow.js';
import { forgetful } from './forgetful.js';
import { isObject, listOf, textOf, type Json } from './json.js';

/** Hubble names no policy: older versions, other events, a default deny. */
export const noPolicies: Policies = Object.freeze({
  allowedBy: Object.freeze([]),
  deniedBy: Object.freeze([]),
});

/** Reads which policies a verdict came from, and hands out the same object for equal ones. */
export class PoliciesReader {
  readonly #known = forgetful<Policies>(20_000);

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
    const known = this.#known.get(key) ?? { allowedBy, deniedBy };
    this.#known.set(key, known);
    return known;
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
