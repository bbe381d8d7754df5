import type { Predicate } from './criterion.js';

/**
 * Which flows an answer is about. The fields of one flow filter are AND, a list of them is OR, and
 * what the deny list matches is taken away again: Hubble's rules, written once.
 * https://docs.cilium.io/en/stable/_api/v1/observer/README/#getflowsrequest
 */
export interface Filter {
  readonly matches: Predicate;
  /** Nothing is asked: every flow passes. */
  readonly isEmpty: boolean;
  /** Where they are told, flows with other uuids do not pass: so a store need not look at them. */
  readonly uuids?: readonly string[] | undefined;
}

export const everything: Filter = { matches: () => true, isEmpty: true };

/** What a predicate is made of: whoever remembers answers does better to remember those of its parts. */
export interface Join {
  readonly by: 'all' | 'any' | 'not';
  readonly of: readonly Predicate[];
}

const joins = new WeakMap<Predicate, Join>();

/** Undefined where a predicate is not made of others. */
export function joinOf(predicate: Predicate): Join | undefined {
  return joins.get(predicate);
}

function joined(by: Join['by'], of: readonly Predicate[], predicate: Predicate): Predicate {
  joins.set(predicate, { by, of });
  return predicate;
}

export function all(predicates: readonly Predicate[]): Predicate {
  const [first, second] = predicates;
  if (first === undefined) return () => true;
  if (second === undefined) return first;
  return joined('all', predicates, (flow) => predicates.every((matches) => matches(flow)));
}

export function any(predicates: readonly Predicate[]): Predicate {
  const [first, second] = predicates;
  if (first !== undefined && second === undefined) return first;
  return joined('any', predicates, (flow) => predicates.some((matches) => matches(flow)));
}

export function not(matches: Predicate): Predicate {
  return joined('not', [matches], (flow) => !matches(flow));
}

/** An empty allow list allows everything. */
export function allowButDeny(allow: readonly Predicate[], deny: readonly Predicate[]): Predicate {
  const allowed = allow.length === 0 ? () => true : any(allow);
  if (deny.length === 0) return allowed;
  return all([allowed, not(any(deny))]);
}

/** Narrows a filter: a viewer's scope is put before whatever was asked. */
export function within(scope: Predicate | undefined, filter: Filter): Filter {
  if (scope === undefined) return filter;
  return { matches: all([scope, filter.matches]), isEmpty: false, uuids: filter.uuids };
}
