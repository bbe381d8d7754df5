import { describe, expect } from '@jest/globals';
import { itWithCaptures, listCaptures, orSkipped, readCapture } from '../../../test/support/captures.js';
import { losslessly } from '../../../test/support/json-text.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { everything } from '../../domain/filter/filter.js';
import { always } from '../../domain/filter/window.js';
import { FlowReader } from '../../domain/flow/flow-reader.js';
import { everyone } from '../../domain/viewer.js';
import { FlowScanner } from '../../ingest/flow-scanner.js';
import { IngestSession } from '../../ingest/ingest-session.js';

const newFolder = temporaryFolders();
const captures = [...listCaptures('flows/json'), ...listCaptures('flows/odd')];

/** Stored in a database and exported again. */
async function throughDatabase(bytes: Buffer) {
  const { writer, store, close } = openSqlite(newFolder());
  const reader = new FlowReader();
  const dating = {
    year: undefined,
    notAfter: Date.UTC(2026, 5, 1),
    notAfterIs: 'the time of arrival',
  } as const;
  const session = new IngestSession(writer, reader, new FlowScanner(reader), dating);
  session.write(bytes);
  session.end();
  await writer.commit();
  const { stored, lostEvents, otherEvents } = session.report();
  const events = Object.values(otherEvents).reduce((sum, count) => sum + count, lostEvents);
  let text = '';
  for await (const batch of store.records(everyone, { filter: everything, window: always }))
    text += batch.text;
  await close();
  return { lines: text.split('\n').slice(0, -1), stored, events };
}

function valuesIn(text: string): unknown[] | undefined {
  try {
    return [losslessly(text)].flat();
  } catch {
    return undefined;
  }
}

describe('every real capture', () => {
  itWithCaptures(
    `is exported as it came, byte for byte where it has one object a line${orSkipped}`,
    async () => {
      let identical = 0;
      for (const path of captures) {
        const bytes = readCapture(path);
        const { lines, stored, events } = await throughDatabase(bytes);
        expect([path, lines.length]).toEqual([path, expect.any(Number)]);
        expect(lines.length).toBeGreaterThanOrEqual(stored);
        expect(lines.length).toBeLessThanOrEqual(stored + events);
        const input = bytes
          .toString('utf8')
          .replace(/^\ufeff/, '')
          .split('\n')
          .map((line) => line.trim());
        const known = new Set(input);
        if (lines.length > 0 && lines.every((line) => known.has(line))) {
          identical++;
          // The same lines in the same order, without those that are known or no record.
          const given = new Set(lines);
          expect([path, lines]).toEqual([path, [...new Set(input.filter((line) => given.has(line)))]]);
          continue;
        }
        const values = valuesIn(bytes.toString('utf8'));
        if (values !== undefined) for (const line of lines) expect(values).toContainEqual(losslessly(line));
      }
      expect(identical).toBeGreaterThan(captures.length / 3);
    },
  );
});
