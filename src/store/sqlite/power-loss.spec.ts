import { copyFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonText } from '../../../test/support/json-text.js';
import { newFlow, record } from '../../../test/support/make-flow.js';
import { migrations, openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { openExisting } from './database.js';
import { verify } from './verify.js';

const newFolder = temporaryFolders();
const FLOWS = 10;
const COMMITS = 8;

const text = (i: number) =>
  jsonText(
    record({ uuid: `5b1f0a1e-0001-4000-8000-${String(i).padStart(12, '0')}`, Summary: `number ${i}` }),
  );

/**
 * What a commit flushed (`synchronous = FULL`, see the spec of the database) is on disk when the power goes; of
 * what was written to the log after it, any part may be, torn at any place and with whatever behind.
 */
it('a loss of power takes nothing that was acknowledged, wherever the log was torn', async () => {
  const opened = openSqlite(newFolder());
  const sizes = [statSync(`${opened.file}-wal`).size];
  for (let commit = 0; commit < COMMITS; commit++) {
    for (let i = 0; i < FLOWS; i++) opened.writer.append(newFlow(text(commit * FLOWS + i)));
    await opened.writer.commit();
    sizes.push(statSync(`${opened.file}-wal`).size);
  }
  const log = readFileSync(`${opened.file}-wal`);
  const torn = fc.record({
    at: fc.integer({ min: sizes[0] ?? 0, max: log.length }),
    noise: fc.uint8Array({ maxLength: 200 }),
  });
  await fc.assert(
    fc.asyncProperty(torn, async ({ at, noise }) => {
      const folder = newFolder();
      const file = join(folder, 'flowatlas.db');
      copyFileSync(opened.file, file);
      writeFileSync(`${file}-wal`, Buffer.concat([log.subarray(0, at), noise]));
      const acknowledged = sizes.findLastIndex((size) => size <= at) * FLOWS;

      const again = openSqlite(folder);
      const { flows, lastSeq } = again.store.summary();
      expect(flows).toBeGreaterThanOrEqual(acknowledged);
      expect([flows % FLOWS, lastSeq]).toEqual([0, flows]);
      // What was lost is stored when it is sent again, what is held is known.
      let isNew = 0;
      for (let i = 0; i < COMMITS * FLOWS; i++) if (again.writer.append(newFlow(text(i)))) isNew++;
      expect(isNew).toBe(COMMITS * FLOWS - flows);
      await again.close();
      const db = openExisting(file, migrations);
      expect([...verify(db)].flatMap(({ problems }) => problems)).toEqual([]);
      db.close();
    }),
    { numRuns: 20 },
  );
  await opened.close();
});
