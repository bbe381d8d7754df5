import { describe, expect } from '@jest/globals';
import {
  itWithCaptures,
  listCaptures,
  orSkipped,
  readCapture,
  readExpected,
} from '../../test/support/captures.js';
import { ingest } from '../../test/support/ingest.js';
import { losslessly } from '../../test/support/json-text.js';
import type { Filter } from '../domain/filter/filter.js';
import { verdictName } from '../domain/flow/enums.js';
import { always } from '../domain/filter/window.js';
import { everyone } from '../domain/viewer.js';

interface Expected {
  flows?: number;
  duplicates?: number;
  lostEvents?: number;
  unreadableLines?: number;
  notHubble?: number;
  verdicts: Record<string, number>;
}

const expected = (readExpected('flows/expected.json') ?? {}) as Record<string, Expected>;
const captures = [...listCaptures('flows/json'), ...listCaptures('flows/odd')];

/** Read in the simplest way: one value, or one a line. Undefined where neither does. */
function parsedPlainly(text: string): unknown[] | undefined {
  try {
    return [losslessly(text)].flat();
  } catch {
    const lines = text
      .replace(/^\ufeff/, '')
      .split('\n')
      .filter((line) => line.trim() !== '');
    try {
      return lines.flatMap((line) => (/^\s*\{/.test(line) ? [losslessly(line)] : []));
    } catch {
      return undefined;
    }
  }
}

describe('every real capture', () => {
  itWithCaptures(`is there to be read, and its content was counted${orSkipped}`, () => {
    expect(captures.length).toBeGreaterThan(50);
    for (const path of captures) expect(expected).toHaveProperty([path.replace('flows/', '')]);
  });

  for (const path of captures) {
    const counted = expected[path.replace('flows/', '')];
    if (counted === undefined) continue;
    itWithCaptures(`${path} gives what an independent reader counted`, async () => {
      const { report, store } = await ingest(readCapture(path));
      const {
        flows = 0,
        duplicates = 0,
        lostEvents = 0,
        unreadableLines = 0,
        notHubble = 0,
        verdicts,
      } = counted;
      expect(report).toMatchObject({
        stored: flows - duplicates,
        duplicates,
        lostEvents,
        rejected: unreadableLines + notHubble,
      });
      for (const [verdict, count] of Object.entries(verdicts)) {
        // Not by the words of a filter: some of these verdicts are none that Hubble has.
        const name = verdictName(/^\d+$/.test(verdict) ? Number(verdict) : verdict);
        const filter: Filter = { isEmpty: false, matches: ({ traits }) => traits.verdict === name };
        let found = 0;
        for await (const _ of store.find(everyone, { filter, window: always, order: 'asc' })) found++;
        expect([verdict, found]).toEqual([verdict, count]);
      }
    });

    itWithCaptures(`${path} is given back as it was`, async () => {
      const bytes = readCapture(path);
      const values = parsedPlainly(bytes.toString('utf8'));
      const { records } = await ingest(bytes);
      const given = records.map(losslessly);
      if (values === undefined) expect(given.length).toBe((counted.flows ?? 0) - (counted.duplicates ?? 0));
      else for (const value of given) expect(values).toContainEqual(value);
    });
  }
});
