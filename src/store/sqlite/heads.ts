import type { L7 } from '../../domain/flow/flow.js';
import { Forgetful } from '../../domain/flow/forgetful.js';
import { ReadHttp } from '../../domain/flow/http-message.js';

/** Some 10,000: methods and statuses are few, unless a sender makes them up. */
const MOST_CHARACTERS = 2 << 20;

/** What an L7 message tells beside its text, which is empty in it. */
export interface Head {
  /** Equal heads have the same in all segments; no other ever gets it. Counts from 1. */
  readonly number: number;
  readonly l7: L7;
}

/** Which parts a message has: bits, of which the first is for itself. No message at all is 0. */
export type L7Parts = number;

export const HTTP = 2;
export const DNS = 4;
const KAFKA = 8;

export function partsOf({ kind, http, dns }: L7): L7Parts {
  return 1 + (http ? HTTP : 0) + (dns ? DNS : 0) + (kind === 'kafka' ? KAFKA : 0);
}

/** The one text of a message that is seldom the same: the URL, or the name that DNS was asked for. */
export function textOfMessage({ http, dns }: L7): string {
  return http?.url ?? dns?.query ?? '';
}

/** The heads of messages, shared by all segments: what was answered for one is good for all. */
export class Heads {
  readonly #known = new Forgetful<Head>(MOST_CHARACTERS);
  #last = 0;

  of(message: L7): Head {
    const { type, http, dns } = message;
    const key = `${type} ${http ? `${http.method} ${http.status} ${http.protocol}` : ''} ${dns ? `${dns.rcode} ${dns.qtypes}` : ''}`;
    const known = this.#known.find(key, ({ l7 }) => isHeadOf(l7, message));
    return known ?? this.#known.add(key, this.#make(message), key.length);
  }

  #make({ type, kind, http, dns }: L7): Head {
    const l7: L7 = {
      type,
      kind,
      http: http && new ReadHttp(http.method, '', http.protocol, http.status),
      dns: dns && { ...dns, query: http ? dns.query : '' },
    };
    return { number: ++this.#last, l7 };
  }
}

function isHeadOf(head: L7, { type, kind, http, dns }: L7): boolean {
  return (
    head.type === type &&
    head.kind === kind &&
    head.http?.method === http?.method &&
    head.http?.status === http?.status &&
    head.http?.protocol === http?.protocol &&
    head.dns?.rcode === dns?.rcode &&
    head.dns?.qtypes === dns?.qtypes &&
    (http === undefined || head.dns?.query === dns?.query)
  );
}
