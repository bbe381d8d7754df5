import { isObject } from '../domain/flow/json.js';
import { recogniseRecord, type HubbleRecord } from '../domain/flow/record.js';
import { JsonScanner, minify } from './json-scanner.js';

/** A record with the JSON it was written in. */
export interface FoundRecord {
  record: HubbleRecord;
  text: string;
}

/** Keys under which log pipelines put a line as text: Docker's json-file, logfmt and JSON loggers. */
const TEXT_KEYS = ['log', 'msg', 'message', 'MESSAGE'];

/**
 * The record in a JSON value, also where a log pipeline wrapped it: as text of a log line, or under
 * `result` as gRPC gateways do.
 */
export function unwrap(value: unknown, text: string): FoundRecord | undefined {
  const record = recogniseRecord(value);
  if (record !== undefined) return { record, text };
  if (!isObject(value)) return undefined;
  const inner = innerText(value, text);
  return inner === undefined ? undefined : parseRecord(inner);
}

/** `level=info msg="{\"flow\":…}"`: what an exporter to standard output looks like in some agents' logs. */
const LOGFMT_MESSAGE = /(?:^|\s)msg=("(?:[^"\\]|\\.)*")/;

export function unwrapLogfmt(line: string): FoundRecord | undefined {
  const quoted = LOGFMT_MESSAGE.exec(line)?.[1];
  const inner = quoted === undefined ? undefined : parse(quoted);
  return typeof inner === 'string' ? parseRecord(inner) : undefined;
}

function innerText(value: Record<string, unknown>, text: string): string | undefined {
  if (isObject(value['result'])) return memberText(text, 'result');
  for (const key of TEXT_KEYS) {
    const inner = value[key];
    if (typeof inner === 'string' && inner.trimStart().startsWith('{')) return inner;
  }
  return undefined;
}

/** A line as `hubble observe` prints it, in a log pipeline's JSON. */
export function unwrapText(value: unknown): string | undefined {
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

function parseRecord(text: string): FoundRecord | undefined {
  const value = parse(text);
  const record = recogniseRecord(value);
  return record === undefined ? undefined : { record, text: minify(text) };
}

/** Undefined where the text is no JSON. */
export function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
