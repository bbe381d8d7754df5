import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { connect } from './connect.js';
import { SegmentList } from './segment-list.js';
import { SegmentReader } from './segment-reader.js';

const newFolder = temporaryFolders();

/** What others do: so many segments are added, or so many from a place on are merged, or removed. */
const change = fc.oneof(
  fc.record({
    kind: fc.constant('add' as const),
    at: fc.constant(0),
    count: fc.integer({ min: 1, max: 90 }),
  }),
  fc.record({
    kind: fc.constantFrom('merge' as const, 'remove' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    count: fc.integer({ min: 1, max: 5 }),
  }),
);

it('is the list on disk, wherever it changes', () => {
  const schema = `CREATE TABLE segment (id INTEGER PRIMARY KEY, generation INTEGER, first_seq INTEGER UNIQUE,
    flows INTEGER, time_min INTEGER, time_max INTEGER, layout, columns, keys, keys_checksum, checksum)`;
  fc.assert(
    fc.property(fc.array(change, { maxLength: 12 }), (changes) => {
      const file = `${newFolder()}/list.db`;
      const writing = connect(file);
      writing.pragma('journal_mode = WAL');
      writing.exec(`${schema}; CREATE TABLE text_chunk (segment_id, first_text, texts, checksum);
        CREATE TABLE dictionary (generation, kind, first_id, entries, lines, checksum);
        CREATE TABLE habit (generation, first_id, entries, habits, checksum)`);
      const insert = writing.prepare(
        'INSERT INTO segment VALUES (?, 1, ?, ?, 0, 9, 3, NULL, NULL, NULL, NULL)',
      );
      const reading = connect(file);
      const list = new SegmentList(reading, new SegmentReader(reading));
      let [id, next] = [0, 1];
      for (const { kind, at, count } of changes) {
        const held = list.infos();
        const some = held.slice(Math.floor(at * held.length)).slice(0, count);
        writing.transaction(() => {
          if (kind === 'add') for (let i = 0; i < count; i++, next += 8) insert.run(++id, next, 8);
          for (const { id } of kind === 'add' ? [] : some)
            writing.prepare('DELETE FROM segment WHERE id = ?').run(id);
          const [first] = some;
          if (kind === 'merge' && first)
            insert.run(
              ++id,
              first.firstSeq,
              some.reduce((sum, { flows }) => sum + flows, 0),
            );
        })();
        const onDisk = writing
          .prepare('SELECT id, first_seq AS firstSeq, flows FROM segment ORDER BY first_seq')
          .all();
        expect(list.infos().map(({ id, firstSeq, flows }) => ({ id, firstSeq, flows }))).toEqual(onDisk);
      }
      reading.close();
      writing.close();
    }),
    { numRuns: 40 },
  );
});
