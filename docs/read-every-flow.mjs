// Prints every record of a Flowatlas database, in order of arrival, from nothing but the layout that
// design.md describes ("Segments"): node docs/read-every-flow.mjs data/flowatlas.db
import { brotliDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';

const ENDPOINT = 0;
const TEMPLATE = 1;
const TEXT = 2;
const NODE = 3;
const KEY_IS_UUID = 1;
const MARK = '\u0001';

const db = new Database(process.argv[2], { readonly: true, fileMustExist: true });
const lines = (blob) => brotliDecompressSync(blob).toString('utf8').split('\n').slice(0, -1);

const blocks = db.prepare('SELECT lines FROM dictionary WHERE generation = ? AND kind = ? ORDER BY first_id');
const chunks = db.prepare('SELECT texts FROM text_chunk WHERE segment_id = ? ORDER BY first_text');
const segments = db.prepare('SELECT id, generation, flows, columns, keys FROM segment ORDER BY first_seq');

const entriesOf = (generation, kind) => blocks.all(generation, kind).flatMap((block) => lines(block.lines));

function readGeneration(number) {
  const parsed = (kind) => entriesOf(number, kind).map((line) => JSON.parse(line));
  return {
    number,
    endpoints: parsed(ENDPOINT),
    templates: parsed(TEMPLATE).map(([text]) => split(text)),
    texts: entriesOf(number, TEXT),
    nodes: parsed(NODE),
  };
}

/** The text before the first slot, then the kind of each slot and the text behind it. */
function split(text) {
  const [first, ...rest] = text.split(MARK);
  return { first, slots: rest.map((piece) => ({ kind: piece[0], behind: piece.slice(1) })) };
}

/** Reads columns one after another: how many planes, then plane by plane the bytes of all rows. */
function columnReader(bytes) {
  let at = 0;
  return (rows) => {
    const values = new Uint32Array(rows);
    const planes = bytes[at++];
    for (let plane = 0; plane < planes; plane++)
      for (let row = 0; row < rows; row++) values[row] |= bytes[at++] << (plane * 8);
    return values;
  };
}

function readTimes(read, rows) {
  const [low, high] = [read(rows), read(rows)];
  const writtenOut = [...read(read(1)[0])];
  let time = 0n;
  return Array.from(low, (word, row) => {
    const folded = (BigInt(high[row]) << 32n) | BigInt(word);
    if (high[row] === 0xffffffff) time = BigInt(writtenOut.shift()) | (BigInt(writtenOut.shift() | 0) << 32n);
    else time += folded & 1n ? -(folded >> 1n) - 1n : folded >> 1n;
    return time;
  });
}

function company(a, b, c = 0) {
  let value = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) & 16_383;
}

/** 0, 1 and 2 stand for the number last seen in that one of the three companies; else it is the number plus three. */
function prediction() {
  const last = [0, 1, 2].map(() => new Uint32Array(16_384));
  return (companies, written) => {
    const value = written < 3 ? last[written][companies[written]] : written - 3;
    companies.forEach((place, i) => (last[i][place] = value));
    return value;
  };
}

const portCompanies = (own, other, template) => [
  company(own, other),
  company(own, template, 1),
  company(own, 0, 2),
];

const endCompanies = (source, destination, template) => [
  company(source, destination, template),
  company(source, 0, template),
  company(0, destination, template),
];

function readPorts(read, { template, source, destination }) {
  const [sourcePort, destinationPort] = [read(template.length), read(template.length)];
  const predict = prediction();
  template.forEach((number, row) => {
    const [from, to] = [source[row], destination[row]];
    sourcePort[row] = predict(portCompanies(from, to, number), sourcePort[row]);
    destinationPort[row] = predict(portCompanies(to, from, number), destinationPort[row]);
  });
  return { sourcePort, destinationPort };
}

function readNodes(read, { template, source, destination }) {
  const predict = prediction();
  return read(template.length).map((written, row) =>
    predict(endCompanies(source[row], destination[row], template[row]), written),
  );
}

/** Of each row a list: a text for each `k` of its template. */
function readKnown(read, { template, source, destination }, templates) {
  const written = read(read(1)[0]);
  const predict = prediction();
  let next = 0;
  return Array.from(template, (number, row) =>
    templates[number].slots
      .filter(({ kind }) => kind === 'k')
      .map((_, i) =>
        predict(endCompanies(source[row], destination[row], number + (i + 1) * 2 ** 24), written[next++]),
      ),
  );
}

function readColumns(blob, rows, templates) {
  const read = columnReader(brotliDecompressSync(blob));
  const time = readTimes(read, rows);
  const [template, source, destination, flags] = Array.from({ length: 4 }, () => read(rows));
  read(rows); // the weight less one, which no record is made of
  const numbers = { template, source, destination };
  const ports = readPorts(read, numbers);
  const node = readNodes(read, numbers);
  read(rows); // policies, which stand in the record as texts
  return { time, ...numbers, flags, ...ports, node, known: readKnown(read, numbers, templates) };
}

/** Keys lie plane by plane: the first byte of every key, then the second. */
function uuidOf(planes, row) {
  const rows = planes.length / 16;
  const bytes = Array.from({ length: 16 }, (_, byte) => planes[byte * rows + row]);
  // Of each word of four bytes the lowest comes first.
  const order = [3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12];
  const digits = order.map((byte) => bytes[byte].toString(16).padStart(2, '0')).join('');
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** RFC 3339 with as few of 0, 3, 6 or 9 fractional digits as tell all of it. */
function timeText(time) {
  const nanoseconds = ((time % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  const clock = new Date(Number((time - nanoseconds) / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = String(nanoseconds)
    .padStart(9, '0')
    .replace(/(000){1,3}$/, '');
  return fraction === '' ? `${clock}Z` : `${clock}.${fraction}Z`;
}

/** A string is the text itself, where that is not what JSON.stringify makes of the value. */
const asWritten = (value) => (typeof value === 'string' ? value : JSON.stringify(value));

/** What stands in a slot, by its kind. `own` yields the texts of the segment one after another. */
function fill(kind, row, { columns, keys, parts, own, known }) {
  const source = parts.endpoints[columns.source[row]];
  const destination = parts.endpoints[columns.destination[row]];
  const [node, labels] = parts.nodes[columns.node[row]];
  switch (kind) {
    case 't':
      return timeText(columns.time[row]);
    case 'u':
      return columns.flags[row] & KEY_IS_UUID ? uuidOf(keys, row) : '';
    case 'a':
      return source[1];
    case 'b':
      return destination[1];
    case 'p':
      return String(columns.sourcePort[row]);
    case 'q':
      return String(columns.destinationPort[row]);
    case 's':
      return asWritten(source[0]);
    case 'd':
      return asWritten(destination[0]);
    case 'm':
      return JSON.stringify(source[2]);
    case 'n':
      return JSON.stringify(destination[2]);
    case 'v':
      return JSON.stringify(source[3]);
    case 'w':
      return JSON.stringify(destination[3]);
    case 'N':
      return node;
    case 'L':
      return asWritten(labels);
    case 'k':
      return parts.texts[known.next().value];
    case 'o':
    case 'l':
      return own.next().value;
    case 'r':
      return compose(split(own.next().value), row, { columns, keys, parts, own, known });
    default:
      throw new Error(`a template has a slot of the unknown kind ${JSON.stringify(kind)}`);
  }
}

function compose({ first, slots }, row, held) {
  return slots.reduce((text, { kind, behind }) => text + fill(kind, row, held) + behind, first);
}

function* ownTexts(segment) {
  for (const { texts } of chunks.all(segment)) yield* lines(texts);
}

let parts;
for (const { id, generation, flows, columns: blob, keys: keyBlob } of segments.iterate()) {
  if (parts?.number !== generation) parts = readGeneration(generation);
  const columns = readColumns(blob, flows, parts.templates);
  const keys = brotliDecompressSync(keyBlob);
  const own = ownTexts(id);
  for (let row = 0; row < flows; row++) {
    const known = columns.known[row].values();
    console.log(compose(parts.templates[columns.template[row]], row, { columns, keys, parts, own, known }));
  }
}
