import type { Endpoint, L7, Policies, Traits } from '../../domain/flow/flow.js';
import {
  leanEndpoint,
  readEndpoint,
  withLearned,
  type EndpointSource,
} from '../../domain/flow/endpoint-reader.js';
import { objectOf, type Json } from '../../domain/flow/json.js';
import { isWrittenUsually, keepText, Template, valueText } from '../../domain/flow/template.js';
import { learnedJson, readLearned } from '../../domain/names/learned.js';
import { l7Json, readL7Json } from '../../domain/service-map/coarse.js';
import { parseHeld } from './damage.js';

/** A node has other labels when it is upgraded or moved: seldom. */
export interface NodeEntry {
  node: string;
  labels: readonly string[];
}

/** The raw object comes first and unchanged: what an endpoint means is read from it again. */
export function endpointLine({ raw, ip, names, service, serviceNamespace, learned }: Endpoint): string {
  const frontend =
    service === '' && serviceNamespace === ''
      ? undefined
      : JSON.stringify({ name: service, namespace: serviceNamespace });
  const more =
    learned === undefined
      ? ((frontend && `,${frontend}`) ?? '')
      : `,${frontend ?? 'null'},${JSON.stringify(learnedJson(learned, ({ raw }) => raw))}`;
  return `[${asWritten(raw)},${JSON.stringify(ip)},${JSON.stringify(names)}${more}]`;
}

type EndpointLine = [Json | string, string, string[], EndpointSource['service'], unknown];

export function readEndpointLine(line: Buffer): Endpoint {
  const [raw, ip, names, service, learned] = parse(line) as EndpointLine;
  const object = typeof raw === 'string' ? leanEndpoint(JSON.parse(raw) as Json, raw) : raw;
  return withLearned(
    readEndpoint({ raw: object, ip, names, service }),
    readLearned(learned, (pod) => readEndpoint({ raw: objectOf(pod), ip, names: [], service: undefined })),
  );
}

/** The mark of a slot is a control character, which JSON escapes. */
export function templateLine({ text, traits }: Template): string {
  return JSON.stringify([text, traits]);
}

/** `share`: the same traits for the same text, where somebody knows them. */
export function readTemplateLine(
  line: Buffer,
  share: (text: Buffer, traits: Traits) => Traits = (_, traits) => traits,
): Template {
  const [text, traits] = parse(line) as [string, Traits];
  return new Template(text, share(Buffer.from(JSON.stringify(traits)), traits));
}

export function nodeLine({ node, labels }: NodeEntry): string {
  return `[${JSON.stringify(node)},${asWritten(labels)}]`;
}

export function readNodeLine(line: Buffer): NodeEntry {
  const [node, labels] = parse(line) as [string, string[] | string];
  return { node, labels: written(labels) };
}

export function policiesLine({ allowedBy, deniedBy }: Policies): string {
  return JSON.stringify([allowedBy, deniedBy]);
}

export function readPoliciesLine(line: Buffer): Policies {
  const [allowedBy, deniedBy] = parse(line) as [string[], string[]];
  return { allowedBy, deniedBy };
}

export function l7Line(l7: L7): string {
  return JSON.stringify(l7Json(l7));
}

export function readL7Line(line: Buffer): L7 {
  return readL7Json(objectOf(parse(line)));
}

/** The value itself where its text is what JSON.stringify makes of it, else its text, as a string. */
function asWritten(value: object): string {
  return JSON.stringify(isWrittenUsually(value) ? value : valueText(value));
}

/** The value, or the one that the text stands for, which is then how it is written. */
function written<T extends object>(value: T | string): T {
  if (typeof value !== 'string') return value;
  const parsed = JSON.parse(value) as T;
  keepText(parsed, value);
  return parsed;
}

function parse(line: Buffer): unknown {
  return parseHeld(line.toString('utf8'));
}
