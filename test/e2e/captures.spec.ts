import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canonical } from '../support/json-text.js';
import { sharedFlows } from '../support/run-flows.js';
import { ndjson, post, statusOf } from '../support/run-rest.js';
import { cleanUp, startServer } from '../support/run-server.js';

interface Expected {
  flows?: number;
  duplicates?: number;
  lostEvents?: number;
  eventsLost?: number;
  unreadableLines?: number;
  notHubble?: number;
  verdicts?: Record<string, number>;
  'other:debug_event'?: number;
}

afterEach(cleanUp);
afterAll(cleanUp);

const folder = sharedFlows();
const expected =
  folder === undefined
    ? {}
    : (JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')) as Record<string, Expected>);
const captures = Object.entries(expected).filter(([name]) => !name.startsWith('text/'));

if (folder === undefined) {
  describe('real captures', () => {
    it.skip('are skipped: the folder of shared captures is not beside this repository', () => undefined);
  });
} else {
  // Pairs: a start is mostly work for one processor.
  const half = Math.ceil(captures.length / 2);
  describe('a real capture over REST', () => {
    for (let i = 0; i < half; i++) {
      const pair = [captures[i], captures[i + half]].flatMap((one) => (one === undefined ? [] : [one]));
      it(`gives what is expected of ${pair.map(([name]) => name).join(' and ')}`, async () => {
        await Promise.all(pair.map(([name, wanted]) => check(join(folder, name), wanted)));
      });
    }
  });
}

async function check(file: string, wanted: Expected): Promise<void> {
  const {
    flows = 0,
    duplicates = 0,
    lostEvents = 0,
    eventsLost = 0,
    unreadableLines = 0,
    notHubble = 0,
  } = wanted;
  const server = await startServer();
  const body = readFileSync(file);
  const { status, body: report } = await post(server, body);
  if (flows === 0 && lostEvents === 0) {
    expect({ status, code: report.error.code }).toEqual({ status: 400, code: 'no_records' });
    expect(report.error.rejected).toBe(unreadableLines + notHubble);
    expect(await ndjson(server)).toEqual([]);
    return;
  }
  const debugEvents = wanted['other:debug_event'] ?? 0;
  expect({ status, ...report, errors: undefined, from: undefined, to: undefined }).toEqual({
    status: 200,
    records: flows + lostEvents + debugEvents,
    stored: flows - duplicates,
    duplicates,
    lostEvents,
    rejected: unreadableLines + notHubble,
    otherEvents: debugEvents > 0 ? { debug_event: debugEvents } : {},
  });
  expect(report.errors).toHaveLength(report.rejected);
  expect(await statusOf(server)).toMatchObject({ flows: flows - duplicates, eventsLost });
  const records = await ndjson(server);
  await checkVerdicts(server, records);
  checkOriginals(body.toString('utf8'), records, flows - duplicates);
  const again = await post(server, body);
  expect(again.body).toMatchObject({ stored: 0, duplicates: flows, rejected: report.rejected, lostEvents });
  expect((await statusOf(server)).eventsLost).toBe(eventsLost);

  async function checkVerdicts(of: { url: string }, all: readonly string[]): Promise<void> {
    const counted: Record<string, number> = {};
    for (const verdict of Object.keys(wanted.verdicts ?? {})) {
      if (!/^[A-Z]+$/.test(verdict)) continue;
      counted[verdict] = (await ndjson(of, `verdict=${verdict}`)).length;
    }
    // Numbers stand for names; a few hand-made files spell verdicts otherwise.
    const other = Object.keys(wanted.verdicts ?? {}).some((verdict) => !/^[A-Z]+$/.test(verdict));
    if (!other && duplicates === 0) expect(counted).toEqual(wanted.verdicts ?? {});
    else expect(Object.values(counted).every((count) => count > 0 && count <= all.length)).toBe(true);
  }
}

/** Each flow that came out is one that went in, as JSON, and none is missing. */
function checkOriginals(text: string, records: readonly string[], count: number): void {
  const originals = new Map<string, number>();
  for (const value of readAll(text)) {
    const key = canonical(value);
    originals.set(key, (originals.get(key) ?? 0) + 1);
  }
  expect(records).toHaveLength(count);
  for (const record of records) {
    const key = canonical(JSON.parse(record));
    const left = originals.get(key) ?? 0;
    if (left === 0) throw new Error(`not in the capture: ${record.slice(0, 400)}`);
    originals.set(key, left - 1);
  }
}

/** Every JSON object in a text, by a reader of its own that knows nothing of records. */
function readAll(text: string): unknown[] {
  const whole = parse(text.replace(/^\ufeff/, ''));
  if (whole !== undefined) return Array.isArray(whole) ? (whole as unknown[]) : [whole];
  return text
    .replace(/^\ufeff/, '')
    .split('\n')
    .flatMap((line) => {
      // Log pipelines put text before and behind a record.
      const inner = parse(line.slice(line.indexOf('{'), line.lastIndexOf('}') + 1));
      if (inner === undefined) return [];
      return [inner];
    });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
