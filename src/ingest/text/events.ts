import type { Json } from '../../domain/flow/json.js';
import type { TimedLine } from './compact.js';
import type { Block } from './dict.js';
import { readTime, TIME_PATTERN, type Dating } from './printed-time.js';

/** What Hubble prints beside flows, as the records that its JSON has for it. */

const LOST_WORDS = 'EVENTS LOST';
const BETWEEN = `(?: \\(first: (${TIME_PATTERN}), last: (${TIME_PATTERN})\\))?`;
const LOST = new RegExp(
  `(?:^|[^\\w.])(?:(${TIME_PATTERN}) )?EVENTS LOST: (\\w+) CPU\\((-?\\d+)\\) (\\d+)${BETWEEN}`,
);
/** What the command said of losses before it could print them: protobuf's text, with one blank or two. */
const UNPRINTED =
  /unknown response type: &\{LostEvents:source:(\w+) {1,2}num_events_lost:(\d+)(?: {1,2}cpu:[{<](?:value:(\d+))? ?[}>])? ?\}/;
/** Cells without anything are empty, or `-` since Hubble 1.19. */
const LOST_ROW = new RegExp(
  `(?:^|\\s)(?:(${TIME_PATTERN})\\s+(?:(\\S+)\\s+)?)?([A-Z][A-Z_]+)\\s+(?:-\\s+)?EVENTS LOST\\s+(?:-\\s+)?CPU\\((-?\\d+)\\) - (\\d+)${BETWEEN}`,
);
const LOST_SUMMARY = new RegExp(`^CPU\\((-?\\d+)\\) - (\\d+)${BETWEEN}$`);

/** `[TIME ]EVENTS LOST: HUBBLE_RING_BUFFER CPU(0) 12[ (first: …, last: …)]` */
export function readLostLine(text: string, dating: Dating): Json | undefined {
  if (!text.includes(LOST_WORDS)) return readUnprinted(text);
  const [, time = '', source, cpu = '', count = '', ...between] = LOST.exec(text) ?? [];
  if (source === undefined) return undefined;
  return { ...lostEvents(source, cpu, count, between, dating), ...observed(time, '', dating) };
}

function readUnprinted(text: string): Json | undefined {
  const [, source, count, cpu = '0'] = UNPRINTED.exec(text) ?? [];
  if (source === undefined) return undefined;
  return { lost_events: { source, num_events_lost: count, cpu: Number(cpu) } };
}

/** A row of a table: no destination, no verdict, and before Hubble 1.19 no time and no node. */
export function readLostRow(text: string, dating: Dating): Json | undefined {
  if (!text.includes(LOST_WORDS)) return undefined;
  const [, time = '', node = '', source, cpu = '', count = '', ...between] = LOST_ROW.exec(text) ?? [];
  if (source === undefined) return undefined;
  return { ...lostEvents(source, cpu, count, between, dating), ...observed(time, node, dating) };
}

function lostEvents(
  source: string,
  cpu: string,
  count: string,
  [first = '', last = '']: readonly string[],
  dating: Dating,
): Json {
  const times = { first: readTime(first, dating)?.time, last: readTime(last, dating)?.time };
  return { lost_events: { source, num_events_lost: count, cpu: Number(cpu), ...times } };
}

const AGENT_TYPE =
  'AGENT_EVENT_UNKNOWN|AGENT_STARTED|POLICY_(?:UPDATED|DELETED)|ENDPOINT_REGENERATE_(?:SUCCESS|FAILURE)|ENDPOINT_(?:CREATED|DELETED)|IPCACHE_(?:UPSERTED|DELETED)|SERVICE_(?:UPSERTED|DELETED)';
const AGENT_EVENT = new RegExp(`^(${AGENT_TYPE}) \\((.*)\\)$`);
const DEBUG_EVENT = /^.* (DBG_\w+) MARK: (N\/A|0x[\da-f]+) CPU: (N\/A|\d+) \((.*)\)$/;
/** What Hubble puts first into the details of any event of the agent tells them from another program's log. */
const AGENT_ROW = new RegExp(
  `(?:^|[^\\w.])(${TIME_PATTERN})\\s+(?:([^\\s:]+)\\s+)?(${AGENT_TYPE})\\s+(?:(?:type|start time|labels|id|cidr): |UNKNOWN$)`,
);
const DEBUG_ROW = new RegExp(
  `(?:^|[^\\w.])(${TIME_PATTERN})\\s+(?:([^\\s:]+)\\s+)?(?:N/A|ID: \\d+|\\S+ \\(ID: \\d+\\))\\s+(DBG_\\w+)\\s+(N/A|\\d+) (N/A|0x[\\da-f]+)\\s+(\\S.*)$`,
);
const EVENT_HEADING = /\bTIMESTAMP\s+(?:NODE\s+)?(?:TYPE\s+DETAILS|FROM\s+TYPE\s+CPU\/MARK\s+MESSAGE)\b/;
const NODE_STATUS = [
  ['NODE_CONNECTED', /^Receiving flows from \d+ nodes: ()(.*)$/],
  ['NODE_UNAVAILABLE', /^\d+ nodes are unavailable: ()(.*)$/],
  ['NODE_GONE', /^\d+ nodes removed from cluster: ()(.*)$/],
  ['NODE_ERROR', /^Error ("(?:[^"\\]|\\.)*") on \d+ nodes: (.*)$/],
] as const;

/** A line of the compact format that is no flow. */
export function readEventLine({ time, node, rest }: TimedLine, dating: Dating): Json | undefined {
  const event = agentEvent(rest) ?? debugEvent(rest) ?? nodeStatus(rest);
  return event && { ...event, ...observed(time, node, dating) };
}

export function isEventHeading(text: string): boolean {
  return EVENT_HEADING.test(text);
}

/** A row of a table of agent or debug events. */
export function readEventRow(text: string, dating: Dating): Json | undefined {
  const [, time = '', node = '', type] = AGENT_ROW.exec(text) ?? [];
  if (type !== undefined) return { agent_event: { type }, ...observed(time, node, dating) };
  const [, debugTime = '', debugNode = '', debugType, cpu = '', mark = '', message = ''] =
    DEBUG_ROW.exec(text) ?? [];
  if (debugType === undefined) return undefined;
  return { ...debug(debugType, mark, cpu, message), ...observed(debugTime, debugNode, dating) };
}

/** A block of the dict format that is no flow. */
export function readEventBlock(block: Block, dating: Dating): Json | undefined {
  const event = blockEvent((name) => block.get(name), dating);
  return event && { ...event, ...observed(block.get('TIMESTAMP') ?? '', block.get('NODE') ?? '', dating) };
}

function blockEvent(field: (name: string) => string | undefined, dating: Dating): Json | undefined {
  const type = field('TYPE');
  const [, cpu = '', count, ...between] = LOST_SUMMARY.exec(field('SUMMARY') ?? '') ?? [];
  if (type === LOST_WORDS && count !== undefined)
    return lostEvents(field('SOURCE') ?? '', cpu, count, between, dating);
  if (type !== undefined && field('DETAILS') !== undefined) return { agent_event: { type } };
  if (type?.startsWith('DBG_') === true)
    return debug(type, field('MARK') ?? '', field('CPU') ?? '', field('MESSAGE') ?? '');
  const state = field('STATE');
  return state === undefined ? undefined : status(state, field('MESSAGE') ?? '', field('NODES') ?? '');
}

function observed(time: string, node: string, dating: Dating): Json {
  const read = readTime(time, dating);
  return {
    ...(node === '' || node === '-' ? {} : { node_name: node }),
    ...(read?.time === undefined ? {} : { time: read.time }),
  };
}

/** Their details stay in the text: each type has a wording of its own. */
function agentEvent(text: string): Json | undefined {
  const [, type] = AGENT_EVENT.exec(text) ?? [];
  return type === undefined ? undefined : { agent_event: { type } };
}

function debugEvent(text: string): Json | undefined {
  const [, type, mark = '', cpu = '', message = ''] = DEBUG_EVENT.exec(text) ?? [];
  return type === undefined ? undefined : debug(type, mark, cpu, message);
}

function debug(type: string, mark: string, cpu: string, message: string): Json {
  return {
    debug_event: {
      type,
      ...(/^0x[\da-f]+$/.test(mark) ? { hash: Number(mark) } : {}),
      ...(/^\d+$/.test(cpu) ? { cpu: Number(cpu) } : {}),
      message,
    },
  };
}

function nodeStatus(text: string): Json | undefined {
  for (const [state, pattern] of NODE_STATUS) {
    const match = pattern.exec(text);
    if (match !== null) return status(state, match[1] ?? '', match[2] ?? '');
  }
  return undefined;
}

/** Long lists were cut by the printer: ` (and 3 more)`. */
function status(state: string, message: string, nodes: string): Json {
  const names = nodes.replace(/ \(and \d+ more\)$/, '').split(', ');
  const quoted = /^"(.*)"$/.exec(message)?.[1];
  return {
    node_status: {
      state_change: state,
      node_names: names,
      ...(quoted === undefined || quoted === '' ? {} : { message: quoted }),
    },
  };
}
