// One round of fuzzing: a few lines of a capture, changed, through the decoder into a memory store.
import { protoMessages } from '../dist/domain/flow/flow-proto.js';
import { mutate } from './mutations.mjs';

const MOST_LINES = 12;
/** A round takes one or two; what grows faster than its text takes minutes. */
const MOST_MILLISECONDS = 60_000;

/** A JSON value in which numbers are told apart by their digits; undefined where the text is none. */
function value(text) {
  try {
    JSON.parse(text);
    return JSON.parse(
      text.replace(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g, (token) =>
        token[0] === '"' ? token : JSON.stringify(`digits ${token}`),
      ),
    );
  } catch {
    return undefined;
  }
}

const canonical = (json) =>
  JSON.stringify(json, (_, member) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );

/** The input of one round, and what was done to it. */
export function fuzzInput(captures, random) {
  const { text, names } = mutate(slice(captures, random), random, slice(captures, random));
  return { bytes: Buffer.from(text, 'latin1'), names };
}

/** Throws what is wrong; `ingest(chunks, redactor)` answers `{ report, records, memory }`. */
export async function fuzzRound(bytes, random, ingest, redactor) {
  const started = performance.now();
  const whole = await ingest([bytes]);
  const milliseconds = performance.now() - started;
  const pieces = await ingest(cut(bytes, random));
  const fail = (what) => {
    throw new Error(what);
  };
  if (milliseconds > MOST_MILLISECONDS) fail(`it took ${milliseconds.toFixed(0)} ms`);
  if (JSON.stringify(whole.report) !== JSON.stringify(pieces.report))
    fail('the report depends on the chunks');
  if (whole.records.join('\n') !== pieces.records.join('\n')) fail('the records depend on the chunks');
  checkCounts(whole, fail);
  checkLines(bytes.toString('utf8'), whole, fail);
  const redacted = await ingest([bytes], redactor);
  checkCounts(redacted, fail);
  if (redacted.report.records !== whole.report.records) fail('redaction makes records or takes them away');
  const again = await ingest([Buffer.from(whole.records.join('\n'))]);
  if (
    again.records.map((json) => canonical(value(json))).join('\n') !==
    whole.records.map((json) => canonical(value(json))).join('\n')
  ) {
    fail('what is given back is not read as the same again');
  }
  return whole.report;
}

function slice(captures, random) {
  const lines = captures[Math.floor(random() * captures.length)];
  const from = Math.floor(random() * lines.length);
  return `${lines.slice(from, from + 1 + Math.floor(random() * MOST_LINES)).join('\n')}\n`;
}

function cut(bytes, random) {
  const pieces = [];
  for (let at = 0; at < bytes.length;) {
    const to = at + 1 + Math.floor(random() ** 3 * 4_000);
    pieces.push(Buffer.from(bytes.subarray(at, to)));
    at = to;
  }
  return pieces;
}

function checkCounts({ report, records }, fail) {
  const events = report.lostEvents + Object.values(report.otherEvents).reduce((sum, count) => sum + count, 0);
  if (report.records !== report.stored + report.duplicates + events) fail('the counts do not add up');
  if (report.stored !== records.length) fail('a flow was counted that is not held, or held and not counted');
  if (report.errors.length !== Math.min(100, report.rejected))
    fail('rejections and their reasons do not add up');
}

const MEMBERS = new Set(
  protoMessages
    .get('Flow')
    .flatMap(({ name }) => [name, name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase())]),
);
const ENVELOPE = ['flow', 'node_name', 'nodeName', 'time'];

/** A `flow` without a member of Hubble's, and others beside it: Suricata writes such. */
const isOfOthers = (flow, envelope) =>
  Object.keys(flow).length > 0 &&
  !Object.keys(flow).some((name) => MEMBERS.has(name)) &&
  !Object.keys(envelope).every((name) => ENVELOPE.includes(name));

/** Each line that is a flow in its envelope by itself is held, equal as JSON. */
function checkLines(text, { records, report }, fail) {
  const held = new Set(records.map((json) => canonical(value(json))));
  if (held.has(undefined)) fail('something is held that is no JSON');
  const uuids = new Map();
  for (const line of text.split('\n')) {
    const json = line.startsWith('{"flow":{') ? value(line.replace(/[\s\0]+$/, '')) : undefined;
    const flow = json?.flow;
    if (typeof flow !== 'object' || flow === null || Array.isArray(flow)) continue;
    if (isOfOthers(flow, json)) continue;
    // Of several with one uuid the first counts.
    const uuid = typeof flow.uuid === 'string' && flow.uuid !== '' ? flow.uuid : canonical(json);
    if (!uuids.has(uuid)) uuids.set(uuid, canonical(json));
  }
  const missing = [...uuids.values()].filter((json) => !held.has(json)).length;
  if (missing > report.duplicates) fail(`${missing} flows are missing`);
}
