import type { Endpoint } from '../flow/flow.js';

/**
 * Steps after which a pod need not be at its address any more: five minutes. An agent that restarts, and cannot tell
 * ends meanwhile, takes a minute or two; in five, a pod that came to the address is very likely seen there, as the
 * kubelet probes it every few seconds.
 */
const LONGEST = 5;
/** Records come nearly in order; what lies in the next step may be a moment later. */
const OUT_OF_ORDER = 1;
/** Stays that are remembered of one address. */
const MOST = 4;

/** Whatever is no pod. */
export const NOBODY = '';

/** From when to when records showed somebody at an address, in steps. */
export interface Stay {
  /** The pod by its name, or nobody. */
  readonly who: string;
  readonly endpoint: Endpoint;
  first: number;
  last: number;
  /** Up to when it goes on where they are seen again, without a look at their other stays. */
  until: number;
}

/** Who was seen at one address. Two stays of the same are always further apart than the longest that one goes unseen. */
export class Stays {
  /** Who came last comes first. */
  readonly #stays: Stay[] = [];

  /** The stay of somebody who was there before; undefined where it begins anew. */
  goOn(who: string, step: number): Stay | undefined {
    const own = this.#stays.filter((stay) => stay.who === who);
    const [stay, ...others] = own.filter(
      (stay) => step >= stay.first - LONGEST && step <= stay.last + LONGEST,
    );
    if (stay === undefined) return undefined;
    stay.first = Math.min(step, stay.first, ...others.map(({ first }) => first));
    stay.last = Math.max(step, stay.last, ...others.map(({ last }) => last));
    for (const other of others) end(this.#stays.splice(this.#stays.indexOf(other), 1)[0]);
    this.#keepApart(who);
    return stay;
  }

  begin(who: string, endpoint: Endpoint, step: number): Stay {
    const stay = { who, endpoint, first: step, last: step, until: step };
    this.#stays.unshift(stay);
    this.#keepApart(who);
    return stay;
  }

  /** One that was forgotten, as there were too many. */
  forgetOldest(): Stay | undefined {
    const oldest = this.#stays.length > MOST ? this.#stays.pop() : undefined;
    end(oldest);
    return oldest;
  }

  forgetAll(): void {
    this.#stays.forEach(end);
  }

  #keepApart(who: string): void {
    const own = this.#stays.filter((stay) => stay.who === who).sort((a, b) => a.first - b.first);
    for (const [i, stay] of own.entries()) {
      const next = own[i + 1]?.first ?? Infinity;
      stay.until = Math.min(stay.last + LONGEST, next - LONGEST - 1);
    }
  }

  /**
   * Who came to the address last, if the others had left it by then. Where two were seen in turns, or within one step,
   * nobody can tell whose it is.
   */
  at(step: number): Stay | undefined {
    const near = this.#stays.filter(
      ({ first, last }) => first <= step + OUT_OF_ORDER && last >= step - LONGEST,
    );
    const [newest] = near.sort((a, b) => b.first - a.first);
    const others = near.filter(({ who }) => who !== newest?.who);
    if (newest === undefined || others.length === 0) return newest;
    const hasTakenOver = newest.first <= step && others.every(({ last }) => last < newest.first);
    return hasTakenOver ? newest : undefined;
  }
}

/** Whoever is seen there again is noted again. */
function end(stay: Stay | undefined): void {
  if (stay !== undefined) stay.until = -Infinity;
}
