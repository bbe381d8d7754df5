// Prints every record of a Flowatlas database, in order of arrival, from nothing but the layout that
// design.md describes ("Segments"): node docs/read-every-flow.mjs data/flowatlas.db
import { brotliDecompressSync, crc32 } from 'node:zlib';

// As Flowatlas chooses (decision 18).
const { default: Database } = await import(
  Number(process.versions.napi) >= 10 ? 'better-sqlite3-13' : 'better-sqlite3'
);

const ENDPOINT = 0;
const TEMPLATE = 1;
const TEXT = 2;
const NODE = 3;
const HABIT = 5;
const KEY_IS_UUID = 1;
const MARK = '\u0001';
/** Of blocks. Those of an older Flowatlas have another one, until they are merged. */
const LAYOUT = 2;

const db = new Database(process.argv[2], { readonly: true, fileMustExist: true });
const lines = (blob) => brotliDecompressSync(blob).toString('utf8').split('\n').slice(0, -1);

const blocks = db.prepare(
  'SELECT entries, lines FROM dictionary WHERE generation = ? AND kind = ? ORDER BY first_id',
);
const chunks = db.prepare('SELECT texts FROM text_chunk WHERE segment_id = ? ORDER BY first_text');
const segments = db.prepare(
  'SELECT id, generation, flows, layout, columns, keys FROM segment ORDER BY first_seq',
);

const entriesOf = (generation, kind) => blocks.all(generation, kind).flatMap((block) => lines(block.lines));

function readGeneration(number) {
  const parsed = (kind) => entriesOf(number, kind).map((line) => JSON.parse(line));
  return {
    number,
    endpoints: parsed(ENDPOINT),
    templates: parsed(TEMPLATE).map(([text]) => split(text)),
    texts: entriesOf(number, TEXT),
    nodes: parsed(NODE),
    habits: readHabits(number),
  };
}

/** By subject and endpoint: the value, and how many habits were known before it. */
function readHabits(generation) {
  const habits = new Map();
  for (const { entries, lines: blob } of blocks.all(generation, HABIT)) {
    const read = columnReader(brotliDecompressSync(blob));
    const [subjects, steps, values] = [read(entries), read(entries), read(entries)];
    let endpoint = 0;
    subjects.forEach((subject, i) => {
      endpoint += steps[i] | 0;
      const key = `${subject} ${endpoint}`;
      const before = habits.size;
      habits.set(key, { value: values[i], before });
    });
  }
  return habits;
}

/** The text before the first slot, then the kind of each slot, the text behind it, and what the text before it says. */
function split(text) {
  const [first, ...rest] = text.split(MARK);
  let before = first;
  const slots = rest.map((piece) => {
    const subject = (crc32(Buffer.from(before).subarray(-12)) & ~1) >>> 0;
    before += MARK + piece;
    return { kind: piece[0], behind: piece.slice(1), subject };
  });
  return { first, slots };
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
  return value ^ (value >>> 13);
}

/** 0, 1 and 2 stand for the number last seen in that one of the three companies; else it is the number plus three. */
function prediction() {
  const last = [0, 1, 2].map(() => new Uint32Array(16_384));
  return (companies, written) => {
    const places = companies.map((company) => company & 16_383);
    const value = written < 3 ? last[written][places[written]] : written - 3;
    places.forEach((place, i) => (last[i][place] = value));
    return value;
  };
}

const portCompanies = (own, other, template) => [
  company(own, other),
  company(own, template, 1),
  company(own, 0, 2),
];

/**
 * Two guesses: what the number last was with the source and with the destination at the same subject, else the
 * habit of that end. 0 stands for the one that was right more often in this context, 1 for the other one; else it
 * is the number plus two. What was seen is kept plus one.
 */
function guesses({ habits }, known) {
  const seen = [0, 1].map(() => new Uint32Array(65_536));
  const scores = [0, 1].map(() => new Uint16Array(4_096));
  const habitOf = (subject, endpoint) => {
    const habit = habits.get(`${subject} ${endpoint}`);
    return habit !== undefined && habit.before < known ? habit.value + 1 : 0;
  };
  return (ends, subject, context, written) => {
    const places = ends.map((end, i) => company(end, subject, i + 1) & 65_535);
    const found = places.map((place, i) => seen[i][place] || habitOf(subject + i, ends[i]));
    const at = context & 4_095;
    const first = scores[0][at] >= scores[1][at] ? 0 : 1;
    const value = written < 2 ? found[written === 0 ? first : 1 - first] : written - 1;
    found.forEach((guess, i) => {
      if (guess !== 0) scores[i][at] += (guess === value ? 32 : 0) - (scores[i][at] >> 5);
      seen[i][places[i]] = value;
    });
    return value - 1;
  };
}

/** Written is 0 for whom the source was with last, else the number plus one. */
function readDestinations(source, written) {
  const partners = new Uint32Array(16_384);
  return written.map((told, row) => {
    const destination = (told || partners[source[row] % 16_384]) - 1;
    partners[source[row] % 16_384] = destination + 1;
    partners[destination % 16_384] = source[row] + 1;
    return destination;
  });
}

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

function readNodes(read, { template, source, destination }, guess) {
  return read(template.length).map((written, row) =>
    guess([source[row], destination[row]], 0, company(template[row], 0), written),
  );
}

/** Of each row a list: a text for each `k` of its template. */
function readKnown(read, { template, source, destination }, { templates }, guess) {
  const written = read(read(1)[0]);
  let next = 0;
  return Array.from(template, (number, row) =>
    templates[number].slots
      .filter(({ kind }) => kind === 'k')
      .map(({ subject }, i) =>
        guess([source[row], destination[row]], subject, company(number, i + 1), written[next++]),
      ),
  );
}

function readColumns(blob, rows, parts) {
  const read = columnReader(brotliDecompressSync(blob));
  const time = readTimes(read, rows);
  const [template, source, flags] = Array.from({ length: 3 }, () => read(rows));
  read(rows); // the weight less one, which no record is made of
  const numbers = { template, source, destination: readDestinations(source, read(rows)) };
  const ports = readPorts(read, numbers);
  read(rows); // policies, which stand in the record as texts
  const [known] = read(1);
  const node = readNodes(read, numbers, guesses(parts, known));
  // Behind the texts there may be latencies, which are no part of records.
  return {
    time,
    ...numbers,
    flags,
    ...ports,
    node,
    known: readKnown(read, numbers, parts, guesses(parts, known)),
  };
}

/** Plane by plane: the first byte of every key, then the second. Before them stand their lengths. */
function readKeys(blob, rows) {
  let at = 64;
  return Array.from({ length: 16 }, (_, byte) => {
    const plane = blob.subarray(at, (at += blob.readUInt32LE(byte * 4)));
    return plane.length === rows ? plane : brotliDecompressSync(plane);
  });
}

function uuidOf(planes, row) {
  const bytes = planes.map((plane) => plane[row]);
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
for (const { id, generation, flows, layout, columns: blob, keys: keyBlob } of segments.iterate()) {
  if (layout !== LAYOUT)
    throw new Error(`block ${id} has layout ${layout}; \`flowatlas export\` reads it, too`);
  if (parts?.number !== generation) parts = readGeneration(generation);
  const columns = readColumns(blob, flows, parts);
  const keys = readKeys(keyBlob, flows);
  const own = ownTexts(id);
  for (let row = 0; row < flows; row++) {
    const known = columns.known[row].values();
    console.log(compose(parts.templates[columns.template[row]], row, { columns, keys, parts, own, known }));
  }
}
