import { expect, it } from '@jest/globals';
import { jsonText } from '../../../test/support/json-text.js';
import { newFlow, record } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { everything } from '../../domain/filter/filter.js';
import { always } from '../../domain/filter/window.js';
import { everyone } from '../../domain/viewer.js';
import { GuardedFlowStore } from './guarded-store.js';

const newFolder = temporaryFolders();

it('a question that is under way when the server ends is answered by an error that says so', async () => {
  const { store, writer } = openSqlite(newFolder());
  writer.append(newFlow(jsonText(record())));
  await writer.commit();
  const guarded = new GuardedFlowStore(store);
  const flows = guarded.tallies(everyone, { filter: everything, window: always })[Symbol.asyncIterator]();
  guarded.close();
  const stopped = { code: 'unavailable', message: 'the server is being stopped; ask it again' };
  await expect(flows.next()).rejects.toMatchObject(stopped);
  expect(() => guarded.summary()).toThrow(stopped.message);
  await writer.close();
});
