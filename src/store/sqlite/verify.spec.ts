import { describe, expect, it } from '@jest/globals';
import { connect } from './connect.js';
import { flipBits } from '../../../test/support/damage-file.js';
import { jsonText } from '../../../test/support/json-text.js';
import { eventOf, newFlow, pod, record } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { openForReading } from './database.js';
import { verify } from './verify.js';

const newFolder = temporaryFolders();

const uuid = (i: number) => `5b1f0a1e-0001-4000-8000-${String(i).padStart(12, '0')}`;
/** Flows with every kind of key, L7 messages and several nodes. */
const text = (i: number) =>
  jsonText(
    record({
      ...(i % 3 === 0 ? { uuid: uuid(i) } : i % 3 === 1 ? { uuid: `odd ${i}` } : {}),
      source: pod(`shop/web-${i}`),
      node_name: `c/n${i % 2}`,
      time: `2026-06-01T10:00:${String((i * 7) % 60).padStart(2, '0')}Z`,
      Summary: `number ${i}`,
      ...(i % 5 === 0
        ? { Type: 'L7', l7: { type: 'REQUEST', http: { method: 'GET', url: `http://a/${i}` } } }
        : {}),
    }),
  );

/** Three segments of ten flows each, and an event. */
async function threeSegments(): Promise<string> {
  const { file, writer, close } = openSqlite(newFolder());
  const lost = { lost_events: { source: 'X', num_events_lost: '1' }, node_name: 'n' };
  writer.appendEvent(eventOf(lost), Buffer.from(jsonText(lost)));
  for (let i = 0; i < 30; i++) {
    writer.append(newFlow(text(i)));
    if (i % 10 === 9) await writer.commit();
  }
  await close();
  return file;
}

function verified(file: string) {
  const db = openForReading(file);
  const found = [...verify(db)];
  db.close();
  return {
    problems: found.flatMap(({ problems }) => problems),
    notes: found.flatMap(({ notes }) => notes),
    done: Math.max(...found.map(({ done }) => done)),
  };
}

function change(file: string, sql: string): void {
  const db = connect(file);
  db.pragma('foreign_keys = OFF');
  db.exec(sql);
  db.close();
}

const SUMS = /^sums of the hour 2026-06-01T10:00:00Z: \d+ are not those of its flows$/;
const second = '(SELECT id FROM segment WHERE first_seq = 11)';

describe('verify', () => {
  it('finds nothing wrong with what was written', async () => {
    expect(verified(await threeSegments())).toEqual({ problems: [], notes: [], done: 30 });
  });

  for (const [place, where] of [
    ['segment.columns', 'first_seq = 11'],
    ['segment.keys', 'first_seq = 11'],
    ['text_chunk.texts', `segment_id = ${second}`],
  ] as const) {
    it(`names the block, its numbers and its times when bits of ${place} have flipped`, async () => {
      const file = await threeSegments();
      flipBits(file, place, where);
      const { problems, done } = verified(file);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(
        /^block 2, flows 11 to 20, 2026-06-01T10:00:\d\dZ to 2026-06-01T10:00:\d\dZ: .*not those that were written/,
      );
      expect(done).toBe(30);
    });
  }

  it('names the entries of the dictionary whose bits have flipped, and the block that needs them', async () => {
    const file = await threeSegments();
    flipBits(file, 'dictionary.lines', 'kind = 0 AND first_id > 5 AND first_id < 15');
    const { problems } = verified(file);
    expect(problems[0]).toMatch(/^dictionary 1, endpoints 11 to 20: .*not those that were written/);
    expect(problems[1]).toMatch(
      /^block 2, flows 11 to 20, .* 10 of its flows \(11 to 20\): it names an entry/,
    );
    expect(problems).toHaveLength(2);
  });

  for (const [what, sql, words] of [
    [
      'a checksum was forged',
      `UPDATE segment SET columns = x'00', checksum = NULL WHERE id = ${second}`,
      /unpacked|size/,
    ],
    [
      'a key is of another flow',
      `UPDATE segment SET keys = (SELECT keys FROM segment WHERE first_seq = 1), keys_checksum = NULL WHERE id = ${second}`,
      /10 of its flows \(11 to 20\): the key is not that of the record/,
    ],
    [
      'flows are held twice',
      `UPDATE segment SET (keys, keys_checksum, columns, checksum) =
         (SELECT keys, keys_checksum, columns, checksum FROM segment WHERE first_seq = 1) WHERE id = ${second}`,
      /: 10 of its flows are held twice/,
    ],
    [
      'times are wrong',
      `UPDATE segment SET time_min = time_min - 1 WHERE id = ${second}`,
      /oldest or newest time/,
    ],
    [
      'nodes are wrong',
      `UPDATE segment_node SET flows = flows + 1 WHERE segment_id = ${second}`,
      /of its nodes/,
    ],
    [
      'a node is missing',
      `DELETE FROM segment_node WHERE segment_id = ${second} AND node = 'c/n1'`,
      /of its nodes/,
    ],
    [
      'minutes are wrong',
      'UPDATE node_minute SET flows = flows + 1 WHERE first_seq = 11',
      /of the minutes of its nodes/,
    ],
    ['texts are missing', `DELETE FROM text_chunk WHERE segment_id = ${second}`, /lost its texts|is missing/],
    [
      'texts have no block',
      `DELETE FROM segment WHERE id = ${second}`,
      /belong to blocks that are not there/,
    ],
    ['blocks overlap', `UPDATE segment SET first_seq = 10 WHERE id = ${second}`, /overlap/],
    ['a sum is wrong', 'UPDATE edge_hour SET flows = flows + 1', SUMS],
    ['a sum is missing', 'DELETE FROM edge_hour WHERE source = (SELECT max(source) FROM edge_hour)', SUMS],
    [
      'a sum is of nothing',
      'INSERT INTO edge_hour SELECT hour, 999, 999, kind, 0, 0, 1, 0, 0, 0, 0, NULL FROM edge_hour LIMIT 1',
      SUMS,
    ],
    ['a latency is wrong', "UPDATE edge_hour SET latencies = x'0101' WHERE latencies IS NULL", SUMS],
    ['an event was changed', `UPDATE event SET record = '{}'`, /^event 1: /],
    ['an event is cut off', `UPDATE event SET record = '{'`, /^event 1: /],
  ] as const) {
    it(`finds that ${what}`, async () => {
      const file = await threeSegments();
      change(file, sql);
      expect(verified(file).problems.join('\n')).toMatch(words);
    });
  }

  it('looks only at sums that were made of all their flows', async () => {
    const file = await threeSegments();
    flipBits(file, 'segment.columns', second.replace(/^.*WHERE/, '').replace(')', ''));
    expect(verified(file).notes).toEqual([
      'the sums by hour were not compared, as not all flows can be read',
    ]);
  });

  it('only notes what was taken away as a whole', async () => {
    const file = await threeSegments();
    change(
      file,
      `UPDATE retention SET removed_until = (SELECT time_max FROM segment WHERE id = ${second}); DELETE FROM text_chunk WHERE segment_id = ${second}; DELETE FROM segment_node WHERE segment_id = ${second}; DELETE FROM segment WHERE id = ${second}`,
    );
    expect(verified(file)).toEqual({
      problems: [],
      notes: ['flows 11 to 20 are not held any more'],
      done: 20,
    });
  });
});

describe('verify of sums by minute', () => {
  const name = /^minutes of the hour 2026-06-01T10:00:00Z, part 0: /;

  async function removed(): Promise<string> {
    const { file, writer, store, close } = openSqlite(newFolder(), () => Date.UTC(2026, 5, 2));
    for (let i = 0; i < 30; i++) writer.append(newFlow(text(i)));
    await writer.commit();
    await writer.trim({ keepFor: 3_600_000, keepMinutesFor: 7 * 86_400_000 });
    expect(store.summary().flows).toBe(0);
    await close();
    return file;
  }

  it('finds nothing wrong with what was written', async () => {
    expect(verified(await removed())).toMatchObject({ problems: [] });
  });

  it.each([
    ['bits have flipped', undefined, /not those that were written/],
    ['flows are missing', 'UPDATE edge_minutes SET flows = flows + 1', /: 30 flows instead of 31$/],
    [
      'a minute is another one',
      'UPDATE edge_minutes SET minute_max = minute_max + 1',
      /minute is another one$/,
    ],
    ['kinds are gone', 'DELETE FROM rollup_kind', /ends or kinds that are not there$/],
  ])('tells that %s', async (_, sql, words) => {
    const file = await removed();
    if (sql === undefined) flipBits(file, 'edge_minutes.columns');
    else change(file, sql);
    const { problems } = verified(file);
    expect(problems).toEqual([expect.stringMatching(words)]);
    expect(problems[0]).toMatch(name);
  });
});
