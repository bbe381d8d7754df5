import { l7TypeName } from './enums.js';
import type { DnsMessage, HttpMessage, L7 } from './flow.js';
import { Forgetful } from './forgetful.js';
import { ReadHttp } from './http-message.js';
import { equal, isObject, listOf, numberOf, textOf, textsOf, type Json } from './json.js';

/** Characters; UUIDs have 36. Longer ones are no ids, and many of them are remembered. */
const LONGEST_ID = 200;
/** Some 20,000 messages. */
const MOST_CHARACTERS = 4 << 20;

/** Reads L7 messages without headers and latency, and hands out the same object for equal ones. */
export class L7Reader {
  readonly #known = new Forgetful<L7>(MOST_CHARACTERS);

  read(value: unknown): L7 | undefined {
    const l7 = readL7(value);
    if (l7 === undefined) return undefined;
    const { http, dns } = l7;
    const key = `${l7.type} ${l7.kind} ${http ? `${http.method} ${http.status} ${http.protocol} ${http.url}` : ''} ${dns ? `${dns.rcode} ${dns.qtypes} ${dns.query}` : ''}`;
    // The key holds nearly all that the message does.
    return this.#known.find(key, (known) => equal(known, l7)) ?? this.#known.add(key, l7, key.length);
  }
}

export function readL7(value: unknown): L7 | undefined {
  if (!isObject(value)) return undefined;
  return {
    type: l7TypeName(value['type']),
    kind: kindOf(value),
    http: readHttp(value['http']),
    dns: readDns(value['dns']),
  };
}

/**
 * Nanoseconds until this answer; 0 where nothing was measured. Hubble finds the request by its `X-Request-Id`, among
 * the last 10,000 of a node. Apart from the message, as no two take equally long.
 */
export function readLatency(l7: unknown): number {
  if (!isObject(l7)) return 0;
  return Math.max(0, numberOf(l7['latency_ns'] ?? l7['latencyNs']));
}

/**
 * What proxies and clients tell a message and its answer by: the `X-Request-Id` of HTTP, the correlation id of Kafka.
 * Empty where there is none, or where redaction took it.
 */
export function readMessageId(l7: unknown): string {
  if (!isObject(l7)) return '';
  const { http, kafka } = l7;
  if (isObject(kafka)) return correlationId(kafka['correlation_id'] ?? kafka['correlationId']);
  if (!isObject(http)) return '';
  for (const header of listOf(http['headers'])) {
    if (!isObject(header) || textOf(header['key']).toLowerCase() !== 'x-request-id') continue;
    const id = textOf(header['value']);
    return id.length > LONGEST_ID || id.endsWith('_REDACTED') ? '' : id;
  }
  return '';
}

/** A number; protobuf's JSON leaves out 0. */
function correlationId(value: unknown): string {
  return String(numberOf(value));
}

function kindOf(l7: Json): L7['kind'] {
  if (isObject(l7['http'])) return 'http';
  if (isObject(l7['dns'])) return 'dns';
  return isObject(l7['kafka']) ? 'kafka' : 'other';
}

function readHttp(value: unknown): HttpMessage | undefined {
  if (!isObject(value)) return undefined;
  const { method, url, protocol, code } = value;
  return new ReadHttp(textOf(method), textOf(url), textOf(protocol), numberOf(code));
}

function readDns(value: unknown): DnsMessage | undefined {
  if (!isObject(value)) return undefined;
  return {
    query: textOf(value['query']),
    qtypes: textsOf(value['qtypes']).join(','),
    rcode: numberOf(value['rcode']),
  };
}
