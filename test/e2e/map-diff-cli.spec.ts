import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MapDiffResponse } from '../../src/service-map/map-diff.schema.js';
import { record, world } from '../support/make-flow.js';
import { shop, shopFile } from '../support/run-flows.js';
import { store } from '../support/run-rest.js';
import { cleanUp, runToEnd, startServer, temporaryFolder, type Server } from '../support/run-server.js';

const HALVES = ['--a', '2026-06-01T10:00/2026-06-01T10:05', '--b', '2026-06-01T10:05/2026-06-01T10:10'];

/** Holds the sample. */
let server: Server;
let folder: string;
let before: string;
let after: string;

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Nine flows, a minute apart. */
function flows(...fields: object[]): string {
  const minutes = Array.from({ length: 9 }, (_, minute) => `2026-06-01T10:0${minute}:00Z`);
  return minutes.flatMap((time) => fields.map((one) => JSON.stringify(record({ time, ...one })))).join('\n');
}

beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
  folder = temporaryFolder();
  before = file('before.json', flows({}));
  after = file('after.json', flows({}, { destination: world }));
});
afterAll(cleanUp);

const diff = (...args: string[]) => runToEnd(['map', 'diff', ...args]);

describe('flowatlas map diff', () => {
  it('prints what changed between two windows of a server', async () => {
    const { code, stdout, stderr } = await diff('--server', server.url, ...HALVES);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /~\s+shop\/web\s+payments\/api\s+8443 TCP\s+allowed → dropped; new reason POLICY_DENIED \(9\)/,
    );
    expect(stdout).toContain('b: Hubble lost 37 events in it.');
    expect(stdout).toContain('24 edges with nothing to tell');
  });

  it('does so of a file of flows, with filters, as JSON and as Markdown', async () => {
    const file = ['--input-file', shopFile, ...HALVES];
    const json = await diff(...file, '-o', 'json', '--level', 'namespace', '--to-port', '8443');
    const { level, edges } = JSON.parse(json.stdout) as MapDiffResponse;
    expect({ level, ids: edges.changed.map(({ target }) => target) }).toEqual({
      level: 'namespace',
      ids: ['shop-eu/payments'],
    });
    const markdown = await diff(...file, '-o', 'markdown');
    expect(markdown.stdout).toContain('## Changed edges (1)\n');
  });

  it('compares two files, as a pipeline does', async () => {
    const { code, stdout } = await diff(before, after);
    expect(code).toBe(0);
    expect(stdout).toMatch(/\+\s+shop\/web\s+world\s+80 TCP\s+allowed: 9 let through/);
    expect(stdout).toMatch(/new node: world/);
  });

  it('exits 1 when there is what it is to fail on, and names it', async () => {
    const failed = await diff(before, after, '--fail-on', 'new-drops,new-egress');
    expect(failed).toMatchObject({ code: 1, stderr: '✗ new-egress: 1\n' });
    expect((await diff(before, after, '--fail-on', 'new-drops', '--fail-on', 'now-dropped')).code).toBe(0);
    expect((await diff(after, before, '--fail-on', 'gone-edges')).stderr).toBe('✗ gone-edges: 1\n');
    const notes = await diff('--server', server.url, ...HALVES, '--fail-on', 'notes');
    expect(notes).toMatchObject({ code: 1, stderr: '✗ notes: 1\n' });
  });

  it('does not take a window of which nothing is held for a good one', async () => {
    const args = ['--server', server.url, '--a', '2026-06-01/2026-06-02', '--b', '2030-01-01/2030-01-02'];
    expect((await diff(...args)).code).toBe(0);
    expect(await diff(...args, '--fail-on', 'new-egress')).toMatchObject({
      code: 1,
      stderr: '✗ nothing is held of window b: it proves nothing\n',
    });
  });

  it('compares with a map that was printed earlier, in a file of flows or on a server', async () => {
    const { stdout } = await runToEnd(['map', '--input-file', before, '--level', 'namespace', '-o', 'json']);
    const saved = file('saved.json', JSON.stringify(JSON.parse(stdout), undefined, 2));
    const same = await diff(saved, before, '-o', 'json');
    expect((JSON.parse(same.stdout) as MapDiffResponse).edges).toMatchObject({
      alike: 1,
      added: [],
      removed: [],
    });
    expect((await diff(saved, after, '--fail-on', 'new-egress')).code).toBe(1);
    const live = await diff(saved, '--b', '2026-06-01/2026-06-02', '--server', server.url, '-o', 'json');
    expect((JSON.parse(live.stdout) as MapDiffResponse).level).toBe('namespace');

    const uneven = ['--level', 'namespace', '--expand', 'shop,pay'];
    const opened = await runToEnd(['map', '--input-file', before, ...uneven, '-o', 'json']);
    const savedOpened = file('opened.json', opened.stdout);
    const alike = await diff(savedOpened, before, '--expand', 'shop, pay', '-o', 'json');
    expect(JSON.parse(alike.stdout)).toMatchObject({
      expand: ['pay', 'shop'],
      edges: { added: [], removed: [] },
    });

    for (const [args, words] of [
      [[savedOpened, after, '--expand', 'shop'], 'is a finished map of level namespace, expand pay,shop'],
      [
        [savedOpened, saved],
        'one map is of level namespace, expand pay,shop, the other one of level namespace',
      ],
      [[saved, after, '--namespace', 'shop'], 'is a finished map, to which --namespace cannot be applied'],
      [[saved, after, '--level', 'pod'], 'is a finished map of level namespace'],
      [[saved, '--b', '1h', '--server', server.url], '"1h" is no window'],
      [[file('cut.json', stdout.slice(0, 300)), after], 'begins like a map, but is no whole JSON'],
      [[file('odd.json', '{"nodes":[{}],"edges":[]}'), after], 'is no map'],
    ] as const) {
      const refused = await diff(...args);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain(words);
    }
  });

  it('lists what it can fail on', async () => {
    const { stdout } = await diff('--help');
    for (const kind of ['new-egress', 'new-drops', 'now-dropped', 'slower', 'notes'])
      expect(stdout).toMatch(new RegExp(`^ {2}${kind} +\\w`, 'm'));
  });

  for (const args of [[], ['x.json'], ['x', 'y', 'z'], ['x', 'y', '--a', '2h/1h'], ['--fail-on', 'news']]) {
    it(`exits 2 on wrong use: ${args.join(' ')}`, async () => {
      expect((await diff(...args)).code).toBe(2);
    });
  }
  it('exits 2 when the window or a threshold cannot be read', async () => {
    expect((await diff('--server', server.url, '--a', '1h', '--b', '2h/1h')).code).toBe(2);
    expect((await diff(before, after, '--noise', 'much')).code).toBe(2);
  });
});
