import { isObject } from '../domain/flow/json.js';
import { JsonScanner } from './json-scanner.js';

/** Keys under which log pipelines put a line as text: Docker's json-file, logfmt and JSON loggers. */
const TEXT_KEYS = ['log', 'msg', 'message', 'MESSAGE'];

/** The JSON that a log pipeline wrapped: as text of a log line, or under `result` as gRPC gateways do. */
export function wrappedText(value: unknown, text: string): string | undefined {
  if (!isObject(value)) return undefined;
  if (isObject(value['result'])) return memberText(text, 'result');
  for (const key of TEXT_KEYS) {
    const inner = value[key];
    if (typeof inner === 'string' && inner.trimStart().startsWith('{')) return inner;
  }
  return undefined;
}

/** `level=info msg="{\"flow\":…}"`: what an exporter to standard output looks like in some agents' logs. */
const LOGFMT_MESSAGE = /(?:^|\s)msg=("(?:[^"\\]|\\.)*")/;

export function wrappedInLogfmt(line: string): string | undefined {
  const quoted = LOGFMT_MESSAGE.exec(line)?.[1];
  const inner = quoted === undefined ? undefined : parse(quoted);
  return typeof inner === 'string' ? inner : undefined;
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
