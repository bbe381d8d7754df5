import { readEndpoint } from './endpoint.js';
import { POLICIES_PATTERN, VERDICT_PATTERN, type PrintedEndpoint, type PrintedFlow } from './printed-flow.js';
import { TIME_PATTERN } from './printed-time.js';

/**
 * `TIME[ [NODE]]: SOURCE[ (IDENTITY)] ARROW DESTINATION[ (IDENTITY)] TYPE VERDICT[ BY POLICY, …] (SUMMARY)`,
 * behind whatever stands in front of it: indentation, marks of lists and quotes, prefixes of log files.
 */
const LINE = new RegExp(
  `(?:^|[^\\w.])(?:\\[(\\d+)\\] )?(${TIME_PATTERN})(?:\\s\\[([^\\]]*)\\])?:(?:\\s(.*))?$`,
);
const ARROW = / (->|<-|<>) /;
const IDENTITY = /^\(([^()\s]+)\)$/;
/** Behind the arrow: a host, an identity, and the rest. */
const BEHIND = /^\s*([^\s(]\S*)?\s*(?:\(((?:ID:\d+|[a-z][a-z\d-]*))\))?\s+(.*)$/;
/** What `cilium connectivity test` puts behind the verdict of a flow. */
const DETAILS = '(?: (?:(INGRESS|EGRESS)|TRAFFIC_DIRECTION_UNKNOWN) ([A-Z][A-Z\\d_]*|\\d+))?';
const DECISION = new RegExp(
  `^(\\S.*?)\\s(${VERDICT_PATTERN})(?: BY (${POLICIES_PATTERN}))?${DETAILS}(?:\\s*\\((.*)|[\\s\`'"|]*)$`,
);
/** What people put behind a line that they quote. */
const DECORATION = /[\s`'"|*,;]/;

/** The part of a line from its time on. */
export interface TimedLine {
  /** The flow's number in what `cilium connectivity test` logs, else empty. */
  number: string;
  time: string;
  node: string;
  rest: string;
}

export interface CompactLine {
  /** Undefined as long as the line is cut before its verdict. */
  printed: PrintedFlow | undefined;
  /** The line is cut: its summary is not closed, or it has none and no verdict. */
  isCut: boolean;
}

export function hasArrow(text: string): boolean {
  return ARROW.test(text) || HTML_ARROW.test(text);
}

/** A whole flow, and no text inside of JSON. */
export function isPrintedFlow(text: string): boolean {
  if (!hasArrow(text) || text.trimStart().startsWith('"')) return false;
  const found = readCompact(text);
  return found?.printed !== undefined && !found.isCut;
}

export function readTimedLine(text: string): TimedLine | undefined {
  const match = LINE.exec(text);
  if (match === null) return undefined;
  const [, number = '', time = '', node = '', rest = ''] = match;
  return { number, time, node, rest };
}

/** What may be left of an identity or of an arrow where a line was wrapped. */
const TORN = /\s(?:\([^()\s]*|->?|<[->]?)$/;

/** One end of a flow and no more behind the time: what follows is on the next line. */
export function isCutBeforeArrow({ rest }: TimedLine): boolean {
  const end = readEnd(rest.replace(TORN, ''));
  const read = end && readEndpoint(end);
  if (end === undefined || read === undefined) return false;
  // A name alone may be any word of a log.
  const isName = end.host === '' || read.names.length > 0;
  return read.port > 0 || read.identity !== undefined || !isName;
}

/** Undefined where the line is no flow in the compact format, nor the beginning of one. */
export function readCompact(text: string): CompactLine | undefined {
  const plain = HTML_ARROW.test(text) ? unescapeHtml(text) : text;
  const line = readTimedLine(plain);
  const arrow = line && ARROW.exec(line.rest);
  if (line === undefined || arrow === null || arrow === undefined) return undefined;
  const left = readEnd(line.rest.slice(0, arrow.index));
  const behind = line.rest.slice(arrow.index + arrow[0].length - 1);
  if (left === undefined) return undefined;
  const decided = readBehind(behind);
  if (decided === undefined) return { printed: undefined, isCut: true };
  const [, type = '', verdict = '', policies = '', direction = '', dropReason = '', tail] = decided.decision;
  const { summary, isClosed } = closeSummary(tail ?? '');
  const ends = readArrow(arrow[1] ?? '', line, [left, decided.right]);
  const { time, node } = line;
  return {
    printed: {
      format: 'compact',
      text,
      time,
      node,
      ...ends,
      type: type.trimEnd(),
      verdict,
      policies,
      direction,
      dropReason,
      summary,
    },
    isCut: tail !== undefined && !isClosed,
  };
}

/** Undefined where there is no verdict. */
function readBehind(text: string): { right: PrintedEndpoint; decision: RegExpExecArray } | undefined {
  const [, host = '', identity = '', rest = ''] = BEHIND.exec(`${text} `) ?? [];
  const decision = DECISION.exec(rest.trimEnd());
  if (decision !== null) return { right: { host, identity }, decision };
  // Of an end of which nothing is known, Hubble before 0.10 prints nothing between two blanks.
  const alone = /^\s{2}/.test(text) ? DECISION.exec(text.trim()) : null;
  return alone === null ? undefined : { right: { host: '', identity: '' }, decision: alone };
}

/** A host and an identity, each of which may be missing. */
function readEnd(text: string): PrintedEndpoint | undefined {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const identity = IDENTITY.exec(words.at(-1) ?? '')?.[1];
  if (identity !== undefined) words.pop();
  return words.length > 1 ? undefined : { host: words[0] ?? '', identity: identity ?? '' };
}

/**
 * Replies are printed the other way round, so that the client stays on the left. Hubble before 0.8
 * and `cilium connectivity test` print `->` for all, and never an identity: the former always name
 * the node, the latter numbers its lines. At first it did not, and had addresses alone in them.
 */
function readArrow(
  arrow: string,
  { node, number }: TimedLine,
  [left, right]: readonly [PrintedEndpoint, PrintedEndpoint],
): Pick<PrintedFlow, 'source' | 'destination' | 'isReply'> {
  if (arrow === '<-') return { source: right, destination: left, isReply: true };
  const isOfAll = node !== '' || number !== '' || mayBeAnswer(left, right);
  const saysNothing = arrow === '<>' || (left.identity === '' && right.identity === '' && isOfAll);
  return { source: left, destination: right, isReply: saysNothing ? undefined : false };
}

/** Between addresses, and not to the lower port, as clients send. */
function mayBeAnswer(left: PrintedEndpoint, right: PrintedEndpoint): boolean {
  const [from, to] = [readEndpoint(left), readEndpoint(right)];
  if (from === undefined || to === undefined || from.ip === '' || to.ip === '') return false;
  return from.port <= to.port;
}

/** Not by one pattern, which looks at a long run within the text again from each of its characters. */
function undecorated(text: string): string {
  let end = text.length;
  while (end > 0 && DECORATION.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** Up to the parenthesis that closes the summary; URLs in it may hold others. */
function closeSummary(tail: string): { summary: string; isClosed: boolean } {
  const text = undecorated(tail);
  let depth = 1;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth++;
    if (text[at] !== ')' || --depth > 0) continue;
    // What follows without a blank belongs to the summary; behind one, or as a tag, it is a remark.
    if (at === text.length - 1 || /[\s<]/.test(text[at + 1] ?? ''))
      return { summary: text.slice(0, at), isClosed: true };
    depth = 1;
  }
  const isClosed = text.endsWith(')');
  return { summary: isClosed ? text.slice(0, -1) : text, isClosed };
}

const HTML_ARROW = / (?:-&gt;|&lt;-|&lt;&gt;|[→←↔]) /;
const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  '#34': '"',
  '#39': "'",
};

const DRAWN_ARROWS: Readonly<Record<string, string>> = { '→': '->', '←': '<-', '↔': '<>' };

/** Lines that were copied out of the source of a page, or whose arrows an editor has drawn. */
function unescapeHtml(text: string): string {
  const ascii = text.replace(/(?<= )[→←↔](?= )/g, (arrow) => DRAWN_ARROWS[arrow] ?? arrow);
  return ascii.replace(/&(lt|gt|amp|quot|#34|#39);/g, (_, name: string) => ENTITIES[name] ?? '');
}
