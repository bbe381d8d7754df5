import type { Endpoint, Flow, Side } from '../flow/flow.js';

/** The law of a filter: whether a flow passes. */
export type Predicate = (flow: Flow) => boolean;

/** Whether one end of a flow passes. */
export type SidePredicate = (flow: Flow, side: Side) => boolean;

/**
 * One flag of `hubble observe`. Its values are alternatives; a value that makes no sense is refused
 * when the filter is built, never when a flow passes.
 */
export interface Criterion {
  readonly name: string;
  readonly describe: string;
  parse(values: readonly string[], filter: FilterWords): Predicate;
}

/** A flag that asks about one end: `pod` asks either, `from-pod` the source, `to-pod` the destination. */
export interface SidedCriterion {
  readonly name: string;
  readonly describe: string;
  parse(values: readonly string[], filter: FilterWords): SidePredicate;
}

/** All words of the filter that a flag stands in, for the flags whose meaning depends on others. */
export type FilterWords = ReadonlyMap<string, readonly string[]>;

/** Judges each endpoint once: flows share equal endpoints. */
export function onEndpoint(test: (endpoint: Endpoint) => boolean): SidePredicate {
  const known = new WeakMap<Endpoint, boolean>();
  return (flow, side) => {
    const endpoint = flow[side];
    let answer = known.get(endpoint);
    if (answer === undefined) known.set(endpoint, (answer = test(endpoint)));
    return answer;
  };
}
