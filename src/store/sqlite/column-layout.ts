import type { Template } from '../../domain/flow/template.js';
import { ColumnReader, ColumnWriter } from './columns.js';
import { Damaged } from './damage.js';
import { foretoldColumns, readForetold, writeForetold } from './foretold-columns.js';
import type { Guesses, HabitLearner } from './guesses.js';
import { NODE, subjectsOf, type Habits } from './habits.js';
import { readPartners, writePartners } from './partners.js';
import { company } from './prediction.js';
import { emptySegmentColumns, firstOfEach, type SegmentColumns } from './segment-columns.js';
import { readTimes, writeTimes } from './times.js';

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
  return writer.take();
}

export function readSegmentColumns(bytes: Uint8Array, rows: number, vocabulary: Vocabulary): SegmentColumns {
  const reader = new ColumnReader(bytes);
  const columns = emptySegmentColumns(0);
  columns.time = readTimes(rows, reader);
  for (const name of plain) columns[name] = reader.read(rows);
  columns.weight = reader.read(rows);
  for (let row = 0; row < rows; row++) columns.weight[row] = (columns.weight[row] ?? 0) + 1;
  columns.destination = readPartners(columns.source, reader.read(rows));
  for (const group of foretoldColumns) readForetold(columns, rows, group, reader);
  const known = reader.read(1)[0] ?? 0;
  const habits = vocabulary.habits(known);
  columns.node = reader.read(rows);
  readNodes(columns, vocabulary.guesses.begin(habits, known));
  return withTexts(columns, reader.rest(), () => vocabulary.guesses.begin(habits, known), vocabulary);
}

/** The texts of records are only looked at by who wants records: until then they stay as they were written. */
function withTexts(
  columns: SegmentColumns,
  written: Uint8Array,
  beginGuesses: () => Guesses,
  vocabulary: Vocabulary,
): SegmentColumns {
  let texts: Pick<SegmentColumns, 'known' | 'firstKnown'> | undefined;
  const read = () => (texts ??= readTexts(columns, new ColumnReader(written), beginGuesses(), vocabulary));
  return {
    ...columns,
    get known() {
      return read().known;
    },
    get firstKnown() {
      return read().firstKnown;
    },
  };
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

function readNodes({ template, source, destination, node }: SegmentColumns, guesses: Guesses): void {
  for (let row = 0; row < node.length; row++) {
    guesses.among(source[row] ?? 0, destination[row] ?? 0, NODE, company(template[row] ?? 0, 0));
    node[row] = guesses.read(node[row] ?? 0);
  }
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
  { template, source, destination }: SegmentColumns,
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
