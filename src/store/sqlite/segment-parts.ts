import { readEndpoint, type EndpointSource } from '../../domain/flow/endpoint-reader.js';
import { forgetful } from '../../domain/flow/forgetful.js';
import type { Endpoint, L7, Traits } from '../../domain/flow/flow.js';
import type { Json } from '../../domain/flow/json.js';
import { valueText } from '../../domain/flow/record-template.js';

/**
 * The parts that the flows of a segment are made of, each once: lists of JSON, one value a line, an
 * empty line between the lists. Every segment carries its own parts, so it can be read alone.
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
      this.#messages.parts.map((part) => JSON.stringify(part)),
      this.#nodeLabels.parts.map(valueText),
      this.#uuids.map((part) => JSON.stringify(part)),
    ];
    return Buffer.from(lists.map((lines) => lines.join('\n')).join('\n\n'));
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

type EndpointLine = [Json, string, string[], EndpointSource['service']];

/** Reads parts and hands out the same object for equal ones, across segments. */
export class PartsReader {
  readonly #known = forgetful<unknown>(200_000);

  read(json: string): SegmentParts {
    const [endpoints = [], traits = [], messages = [], nodeLabels = [], uuids = []] = json
      .split('\n\n')
      .map((list) => (list === '' ? [] : list.split('\n')));
    const uuidOfRow = new Map(uuids.map((line) => JSON.parse(line) as [number, string]));
    return {
      endpoint: (index) => this.#part(endpoints[index], parseEndpoint) as Endpoint,
      trait: (index) => this.#part(traits[index], parse) as Traits,
      message: (index) => this.#part(messages[index], parse) as L7,
      nodeLabels: (index) => this.#part(nodeLabels[index], parse) as string[],
      uuid: (row) => uuidOfRow.get(row),
    };
  }

  #part(line: string | undefined, read: (line: string) => unknown): unknown {
    if (line === undefined) throw new Error('a segment names a part that it does not hold');
    let part = this.#known.get(line);
    if (part === undefined) this.#known.set(line, (part = read(line)));
    return part;
  }
}

function parse(line: string): unknown {
  return JSON.parse(line);
}

function parseEndpoint(line: string): Endpoint {
  const [raw, ip, names, service] = JSON.parse(line) as EndpointLine;
  return readEndpoint({ raw, ip, names, service });
}
