import { isObject } from '../domain/flow/json.js';
import { JsonScanner } from './json-scanner.js';

/** Keys under which log pipelines put a line as text: Docker's json-file, logfmt and JSON loggers, Loki, Google Cloud. */
const TEXT_KEYS = ['log', 'msg', 'message', 'MESSAGE', 'line', 'textPayload'];
/** Those under which they put what they parsed: gRPC gateways, Fluent Bit, Elasticsearch, Google Cloud. */
const OBJECT_KEYS = ['result', 'log', 'msg', 'message', 'log_processed', '_source', 'jsonPayload'];

/** What a log pipeline wrapped into JSON, as it was written. */
export function wrappedTexts(value: unknown, text: string): string[] {
  if (!isObject(value)) return [];
  const objects = OBJECT_KEYS.filter((key) => isObject(value[key])).map((key) => memberText(text, key));
  return [...objects, ...TEXT_KEYS.map((key) => value[key])].filter(
    (inner): inner is string => typeof inner === 'string' && inner.includes('{'),
  );
}

/** `level=info msg="{\"flow\":…}"`: what an exporter to standard output looks like in some agents' logs. */
const LOGFMT_MESSAGE = /(?:^|\s)msg=("(?:[^"\\]|\\.)*")/;

/** What stands in a line that is no JSON: the message of logfmt, or an object behind other text. */
export function textsWithin(line: string): string[] {
  const quoted = LOGFMT_MESSAGE.exec(line)?.[1];
  const message = quoted === undefined ? undefined : parse(quoted);
  const object = line.indexOf('{"');
  return [...(typeof message === 'string' ? [message] : []), ...(object > 0 ? [line.slice(object)] : [])];
}

/** A line as `hubble observe` prints it, in a log pipeline's JSON. */
export function printedText(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  for (const key of TEXT_KEYS) {
    const inner = value[key];
    if (typeof inner === 'string' && mayBePrinted(inner)) return inner;
  }
  return undefined;
}

/** False for JSON and for blank lines, told by little: text that Hubble prints is looked for in the rest. */
export function mayBePrinted(line: string): boolean {
  return /^\s*(?:[^\s[\]{},\0]|\[[a-z])/i.test(line) && (!line.includes('{"') || / (?:->|<-|<>) /.test(line));
}

/** The text of a member, so that its numbers stay as they were written. */
function memberText(text: string, key: string): string | undefined {
  const start = new RegExp(`"${key}"\\s*:\\s*(?=\\{)`).exec(text);
  if (start === null) return undefined;
  const from = start.index + start[0].length;
  const end = new JsonScanner().scan(text, from);
  return end < 0 ? undefined : text.slice(from, end);
}

/** Undefined where the text is no JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
