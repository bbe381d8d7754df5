import type { Template } from '../../domain/flow/template.js';
import { ColumnReader, ColumnWriter, type RowNumbers } from './columns.js';
import { Damaged } from './damage.js';
import { foretoldColumns, readForetold, writeForetold, type Ends } from './foretold-columns.js';
import type { Guesses, HabitLearner } from './guesses.js';
import { NODE, subjectsOf, type Habits } from './habits.js';
import { readPartners, writePartners } from './partners.js';
import { company } from './prediction.js';
import { firstOfEach, type L7Columns, type PartColumn, type SegmentColumns } from './segment-columns.js';
import { readSparse, skipSparse, writeSparse } from './sparse-column.js';
import { readTimes, skipTimes, writeTimes } from './times.js';

/** What of the dictionary tells how columns are laid out. */
export interface Vocabulary {
  template(id: number): Template;
  /** Those known so far, or at least so many. */
  habits(least?: number): Habits;
  /** For one column at a time. */
  guesses: Guesses;
}

const plain = ['template', 'source', 'flags'] as const;

/** The columns of the first `rows` rows as bytes, for a compressor. */
export function writeSegmentColumns(
  columns: SegmentColumns,
  rows: number,
  vocabulary: Vocabulary,
  learner?: HabitLearner,
): Buffer {
  const writer = new ColumnWriter();
  writeTimes(columns.time.subarray(0, rows), writer);
  for (const name of plain) writer.write(columns[name].subarray(0, rows));
  writer.write(columns.weight.subarray(0, rows).map((weight) => weight - 1));
  writer.write(writePartners(columns.source.subarray(0, rows), columns.destination));
  for (const group of foretoldColumns) writeForetold(columns, rows, group, writer);
  const habits = vocabulary.habits();
  const { guesses } = vocabulary;
  writer.write(Uint32Array.of(habits.size));
  writer.write(writeNodes(columns, rows, guesses.begin(habits, habits.size), learner));
  const texts = writeTexts(columns, rows, guesses.begin(habits, habits.size), vocabulary, learner);
  writer.write(Uint32Array.of(texts.length));
  writer.write(texts);
  writeSparse(columns.paired.subarray(0, rows), writer);
  if (columns.l7 !== undefined) {
    writeSparse(columns.l7.kind.subarray(0, rows), writer);
    writeSparse(columns.l7.bucket.subarray(0, rows), writer);
  }
  return writer.take();
}

/** The columns again, each unpacked when it is first asked for: most questions ask for a few of them. */
export function readSegmentColumns(bytes: Uint8Array, rows: number, vocabulary: Vocabulary): SegmentColumns {
  return new WrittenColumns(bytes, rows, vocabulary);
}

/** In the order in which they are written, behind the times and in front of the habits. */
const ofRows = [
  'template',
  'source',
  'flags',
  'weight',
  'destination',
  'sourcePort',
  'destinationPort',
  'policies',
] as const;
type Place = 'times' | (typeof ofRows)[number] | 'habits' | 'node' | 'texts' | 'paired' | 'l7';

class WrittenColumns implements SegmentColumns {
  /** Where each begins; blocks of schema 13 and older end before `paired`, those of 14 before `l7`. */
  readonly #places = new Map<Place, number>();
  #time?: BigInt64Array;
  #template?: Uint32Array;
  #source?: Uint32Array;
  #destination?: Uint32Array;
  #ports?: Record<'sourcePort' | 'destinationPort', Uint32Array>;
  #policies?: Uint32Array;
  #node?: Uint32Array;
  #weight?: Uint32Array;
  #flags?: Uint32Array;
  #texts?: Pick<SegmentColumns, 'known' | 'firstKnown'>;
  #paired?: Uint32Array;
  #l7?: L7Columns;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly rows: number,
    private readonly vocabulary: Vocabulary,
  ) {
    const reader = new ColumnReader(bytes);
    this.#places.set('times', reader.at);
    skipTimes(rows, reader);
    for (const name of ofRows) this.#places.set(name, reader.skip(rows));
    this.#places.set('habits', reader.skip(1));
    this.#places.set('node', reader.skip(rows));
    this.#places.set('texts', reader.at);
    reader.skip(reader.read(1)[0] ?? 0);
    for (const place of ['paired', 'l7'] as const) {
      if (reader.isAtEnd) return;
      this.#places.set(place, reader.at);
      skipSparse(reader);
    }
  }

  asWritten(name: PartColumn): RowNumbers | undefined {
    if (name === 'template') return this.#template ? undefined : this.#rowsOf(name);
    if (name === 'source') return this.#source ? undefined : this.#rowsOf(name);
    return undefined;
  }

  #rowsOf(name: 'template' | 'source'): RowNumbers {
    return this.#reader(name).rowsOf(this.rows);
  }

  get time(): BigInt64Array {
    return (this.#time ??= readTimes(this.rows, this.#reader('times')));
  }

  get template(): Uint32Array {
    return (this.#template ??= this.#read('template'));
  }

  get source(): Uint32Array {
    return (this.#source ??= this.#read('source'));
  }

  get destination(): Uint32Array {
    return (this.#destination ??= readPartners(this.source, this.#read('destination')));
  }

  get sourcePort(): Uint32Array {
    return this.#bothPorts.sourcePort;
  }

  get destinationPort(): Uint32Array {
    return this.#bothPorts.destinationPort;
  }

  /** Each foretells the other. */
  get #bothPorts(): Record<'sourcePort' | 'destinationPort', Uint32Array> {
    return (this.#ports ??= readForetold(this, {
      sourcePort: this.#read('sourcePort'),
      destinationPort: this.#read('destinationPort'),
    }));
  }

  get policies(): Uint32Array {
    return (this.#policies ??= readForetold(this, { policies: this.#read('policies') }).policies);
  }

  get node(): Uint32Array {
    return (this.#node ??= readNodes(this, this.#read('node'), this.#guesses()));
  }

  get weight(): Uint32Array {
    return (this.#weight ??= this.#reader('weight').isZero
      ? ones(this.rows)
      : this.#read('weight').map((less) => less + 1));
  }

  get flags(): Uint32Array {
    return (this.#flags ??= this.#read('flags'));
  }

  get known(): Uint32Array {
    return this.#ownTexts.known;
  }

  get firstKnown(): Uint32Array {
    return this.#ownTexts.firstKnown;
  }

  get #ownTexts(): Pick<SegmentColumns, 'known' | 'firstKnown'> {
    return (this.#texts ??= readTexts(this, this.#reader('texts'), this.#guesses(), this.vocabulary));
  }

  get paired(): Uint32Array {
    return (this.#paired ??= this.#places.has('paired')
      ? readSparse(this.rows, this.#reader('paired'))
      : new Uint32Array(this.rows));
  }

  get l7(): L7Columns | undefined {
    const from = this.#places.get('l7');
    if (from !== undefined) this.#l7 ??= new WrittenL7(this.bytes, this.rows, from);
    return this.#l7;
  }

  #reader(place: Place): ColumnReader {
    return new ColumnReader(this.bytes, this.#places.get(place));
  }

  #read(place: Place): Uint32Array {
    return this.#reader(place).read(this.rows);
  }

  #guesses(): Guesses {
    const known = this.#reader('habits').read(1)[0] ?? 0;
    return this.vocabulary.guesses.begin(this.vocabulary.habits(known), known);
  }
}

/** Filters ask for kinds alone. */
class WrittenL7 implements L7Columns {
  #kind?: Uint32Array;
  #bucket?: Uint32Array;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly rows: number,
    private readonly from: number,
  ) {}

  get kind(): Uint32Array {
    return (this.#kind ??= readSparse(this.rows, new ColumnReader(this.bytes, this.from)));
  }

  get bucket(): Uint32Array {
    return (this.#bucket ??= this.#readBucket());
  }

  #readBucket(): Uint32Array {
    const reader = new ColumnReader(this.bytes, this.from);
    skipSparse(reader);
    return readSparse(this.rows, reader);
  }
}

let shared = new Uint32Array();

/** Nearly all records stand for one flow: those columns are one. */
function ones(rows: number): Uint32Array {
  if (shared.length < rows) shared = new Uint32Array(rows).fill(1);
  return shared.subarray(0, rows);
}

function writeNodes(
  columns: SegmentColumns,
  rows: number,
  guesses: Guesses,
  learner: HabitLearner | undefined,
): Uint32Array {
  const written = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const source = columns.source[row] ?? 0;
    const destination = columns.destination[row] ?? 0;
    const node = columns.node[row] ?? 0;
    guesses.among(source, destination, NODE, company(columns.template[row] ?? 0, 0));
    if (learner !== undefined) guesses.teach(learner, node, source, destination, NODE);
    written[row] = guesses.write(node);
  }
  return written;
}

function readNodes(
  { template, source, destination }: Ends,
  node: Uint32Array,
  guesses: Guesses,
): Uint32Array {
  for (let row = 0; row < node.length; row++) {
    guesses.among(source[row] ?? 0, destination[row] ?? 0, NODE, company(template[row] ?? 0, 0));
    node[row] = guesses.read(node[row] ?? 0);
  }
  return node;
}

function writeTexts(
  columns: SegmentColumns,
  rows: number,
  guesses: Guesses,
  vocabulary: Vocabulary,
  learner: HabitLearner | undefined,
): Uint32Array {
  const slots = new SlotsOfTemplates(vocabulary);
  const { known, firstKnown } = columns;
  const written = new Uint32Array(firstKnown[rows] ?? 0);
  for (let row = 0; row < rows; row++) {
    const { subjects, contexts } = slots.of(columns.template[row] ?? 0);
    const source = columns.source[row] ?? 0;
    const destination = columns.destination[row] ?? 0;
    let at = firstKnown[row] ?? 0;
    for (let slot = 0; slot < subjects.length; slot++, at++) {
      const subject = subjects[slot] ?? 0;
      const text = known[at] ?? 0;
      guesses.among(source, destination, subject, contexts[slot] ?? 0);
      if (learner !== undefined) guesses.teach(learner, text, source, destination, subject);
      written[at] = guesses.write(text);
    }
  }
  return written;
}

function readTexts(
  { template, source, destination }: Ends,
  reader: ColumnReader,
  guesses: Guesses,
  vocabulary: Vocabulary,
): Pick<SegmentColumns, 'known' | 'firstKnown'> {
  const known = reader.read(reader.read(1)[0] ?? 0);
  const firstKnown = firstOfEach(template, (id) => vocabulary.template(id).knownTexts);
  if (firstKnown.at(-1) !== known.length) throw new Damaged('a block of columns has the wrong size');
  const slots = new SlotsOfTemplates(vocabulary);
  for (let row = 0; row < template.length; row++) {
    const { subjects, contexts } = slots.of(template[row] ?? 0);
    const first = firstKnown[row] ?? 0;
    for (let slot = 0; slot < subjects.length; slot++) {
      guesses.among(source[row] ?? 0, destination[row] ?? 0, subjects[slot] ?? 0, contexts[slot] ?? 0);
      known[first + slot] = guesses.read(known[first + slot] ?? 0);
    }
  }
  return { known, firstKnown };
}

interface Slots {
  subjects: Uint32Array;
  contexts: Int32Array;
}

/** The slots for repeated texts of the templates of one segment. */
class SlotsOfTemplates {
  readonly #slots: Slots[] = [];

  constructor(private readonly vocabulary: Vocabulary) {}

  of(template: number): Slots {
    return (this.#slots[template] ??= this.#read(template));
  }

  #read(template: number): Slots {
    const subjects = subjectsOf(this.vocabulary.template(template));
    return { subjects, contexts: Int32Array.from(subjects, (_, slot) => company(template, slot + 1)) };
  }
}
