import { readEndpoint, type EndpointSource } from '../../domain/flow/endpoint-reader.js';
import { forgetful } from '../../domain/flow/forgetful.js';
import type { Endpoint, L7, Traits } from '../../domain/flow/flow.js';
import type { Json } from '../../domain/flow/json.js';
import { valueText } from '../../domain/flow/record-template.js';

/**
 * The parts that the flows of a segment are made of, each once: lists of JSON, one value a line, and
 * an empty line behind each list. Every segment carries its own parts, so it can be read alone.
 */
export interface SegmentParts {
  endpoint(index: number): Endpoint;
  trait(index: number): Traits;
  message(index: number): L7;
  nodeLabels(index: number): readonly string[];
  /** Of a row whose uuid is not its key. */
  uuid(row: number): string | undefined;
}

/** Collects parts while a segment is filled. Equal parts are the same object (see FlowReader). */
export class PartsBuilder {
  readonly #endpoints = new PartList<Endpoint>();
  readonly #traits = new PartList<Traits>();
  readonly #messages = new PartList<L7>();
  readonly #nodeLabels = new PartList<readonly string[]>();
  readonly #uuids: [number, string][] = [];

  endpoint = (part: Endpoint): number => this.#endpoints.indexOf(part);
  trait = (part: Traits): number => this.#traits.indexOf(part);
  message = (part: L7): number => this.#messages.indexOf(part);
  nodeLabels = (part: readonly string[]): number => this.#nodeLabels.indexOf(part);

  uuid(row: number, uuid: string): void {
    this.#uuids.push([row, uuid]);
  }

  traits(): readonly Traits[] {
    return this.#traits.parts;
  }

  pack(): Buffer {
    const lists = [
      this.#endpoints.parts.map(endpointLine),
      this.#traits.parts.map((part) => JSON.stringify(part)),
      this.#messages.parts.map(messageLine),
      this.#nodeLabels.parts.map(valueText),
      this.#uuids.map((part) => JSON.stringify(part)),
    ];
    return Buffer.from(lists.map((lines) => `${lines.map((line) => `${line}\n`).join('')}\n`).join(''));
  }
}

class PartList<T extends object> {
  readonly #indices = new Map<T, number>();
  readonly parts: T[] = [];

  indexOf(part: T): number {
    let index = this.#indices.get(part);
    if (index === undefined) {
      index = this.parts.push(part) - 1;
      this.#indices.set(part, index);
    }
    return index;
  }
}

const endpointLines = new WeakMap<Endpoint, string>();

/** Segment after segment names the same endpoints. */
function endpointLine(endpoint: Endpoint): string {
  let line = endpointLines.get(endpoint);
  if (line === undefined) endpointLines.set(endpoint, (line = writeEndpoint(endpoint)));
  return line;
}

/** The raw object comes first and unchanged: what an endpoint means is read from it again. */
function writeEndpoint({ raw, ip, names, service, serviceNamespace }: Endpoint): string {
  const frontend = service === '' ? '' : `,${JSON.stringify({ name: service, namespace: serviceNamespace })}`;
  return `[${valueText(raw)},${JSON.stringify(ip)},${JSON.stringify(names)}${frontend}]`;
}

type MessageLine = [
  L7['type'],
  L7['kind'],
  [string, string, string, number] | null,
  [string, string, number] | null,
];

/** Without names of fields: messages differ in their URLs, so there are many. */
function messageLine({ type, kind, http, dns }: L7): string {
  const line: MessageLine = [
    type,
    kind,
    http === undefined ? null : [http.method, http.url, http.protocol, http.status],
    dns === undefined ? null : [dns.query, dns.qtypes, dns.rcode],
  ];
  return JSON.stringify(line);
}

function parseMessage(bytes: Buffer): L7 {
  const [type, kind, http, dns] = parse(bytes) as MessageLine;
  return {
    type,
    kind,
    http: http === null ? undefined : { method: http[0], url: http[1], protocol: http[2], status: http[3] },
    dns: dns === null ? undefined : { query: dns[0], qtypes: dns[1], rcode: dns[2] },
  };
}

type EndpointLine = [Json, string, string[], EndpointSource['service']];

/** Bytes: the address and the end of the pod's name or workload, which tell most endpoints apart. */
const KEY_LENGTH = 48;
const MOST_ALIKE = 32;

interface KnownPart {
  line: Buffer;
  part: unknown;
}

/**
 * Reads parts, each when it is first asked for. Endpoints, traits and labels that are equal are the
 * same object across segments; L7 messages seldom come again.
 */
export class PartsReader {
  readonly #known = forgetful<KnownPart[]>(50_000);

  read(bytes: Buffer): SegmentParts {
    const [endpoints = [], traits = [], messages = [], nodeLabels = [], uuids = []] = splitLists(bytes);
    const uuidOfRow = new Map(uuids.map((line) => parse(line) as [number, string]));
    return {
      endpoint: lazily(endpoints, (line) => this.#shared(line, parseEndpoint) as Endpoint),
      trait: lazily(traits, (line) => this.#shared(line, parse) as Traits),
      message: lazily(messages, parseMessage),
      nodeLabels: lazily(nodeLabels, (line) => this.#shared(line, parse) as string[]),
      uuid: (row) => uuidOfRow.get(row),
    };
  }

  #shared(line: Buffer, read: (line: Buffer) => unknown): unknown {
    const key = line.toString('latin1', Math.max(0, line.length - KEY_LENGTH));
    const alike = this.#known.get(key) ?? [];
    const known = alike.find((candidate) => candidate.line.equals(line));
    if (known !== undefined) return known.part;
    const part = read(line);
    if (alike.length >= MOST_ALIKE) alike.shift();
    // A copy: the line would keep the whole segment's parts in memory.
    if (alike.push({ line: Buffer.from(line), part }) === 1) this.#known.set(key, alike);
    return part;
  }
}

const LINE_BREAK = 10;

/** The lines of each list, as views of the bytes. */
function splitLists(bytes: Buffer): Buffer[][] {
  const lists: Buffer[][] = [];
  let list: Buffer[] = [];
  let from = 0;
  for (let at = bytes.indexOf(LINE_BREAK); at >= 0; at = bytes.indexOf(LINE_BREAK, from)) {
    if (at > from) list.push(bytes.subarray(from, at));
    else {
      lists.push(list);
      list = [];
    }
    from = at + 1;
  }
  return lists;
}

function lazily<T extends object>(lines: readonly Buffer[], read: (line: Buffer) => T): (index: number) => T {
  const parts: (T | undefined)[] = [];
  return (index) => {
    const known = parts[index];
    if (known !== undefined) return known;
    const line = lines[index];
    if (line === undefined) throw new Error('a segment names a part that it does not hold');
    return (parts[index] = read(line));
  };
}

function parse(line: Buffer): unknown {
  return JSON.parse(line.toString('utf8'));
}

function parseEndpoint(line: Buffer): Endpoint {
  const [raw, ip, names, service] = parse(line) as EndpointLine;
  return readEndpoint({ raw, ip, names, service });
}
