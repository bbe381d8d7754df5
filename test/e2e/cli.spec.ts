import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Drops } from '../../src/drops/drops.schema.js';
import type { ServiceMapResponse } from '../../src/service-map/service-map.schema.js';
import type { Status } from '../../src/telemetry/status.schema.js';
import { flowLines, shop, shopFile, shopFlows } from '../support/run-flows.js';
import { ask, ndjson, statusOf, store } from '../support/run-rest.js';
import {
  cleanUp,
  run,
  runToEnd,
  startServer,
  temporaryFolder,
  until,
  type Server,
} from '../support/run-server.js';

/** Holds the sample. */
let server: Server;
let folder: string;
beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
  folder = temporaryFolder();
});
afterAll(cleanUp);

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** Nothing a terminal would obey, besides line breaks. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

describe('import', () => {
  it('sends files to a running server, one after another', async () => {
    const other = await startServer();
    const one = file('one.jsonl', flowLines('cli one', 10));
    const two = file('two.jsonl.gz', gzipSync(flowLines('cli two', 20)));
    const { code, stdout, stderr } = await runToEnd(['import', '--server', other.url, one, two, shopFile]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [first, second, third] = stdout.split('\n');
    expect(first).toMatch(/one\.jsonl: 10 flows stored/);
    expect(second).toMatch(/two\.jsonl\.gz: 20 flows stored/);
    expect(third).toMatch(new RegExp(`${shopFlows} flows stored, 1 report of lost events`));
    expect((await ndjson(other)).length).toBe(30 + shopFlows);
    const again = await runToEnd(['import', '--server', other.url, one]);
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toMatch(/0 flows stored, 10 already known/);
  });

  it('tells what came of a file that is cut off', async () => {
    const other = await startServer();
    const cut = file('cut.jsonl.gz', gzipSync(flowLines('cli cut', 10).trimEnd()).subarray(0, -8));
    const folder = join(temporaryFolder(), 'data');
    for (const to of [
      ['--server', other.url],
      ['--data', folder],
    ]) {
      const { code, stdout, stderr } = await runToEnd(['import', ...to, cut]);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/cut\.jsonl\.gz: the compressed body is damaged or cut off/);
      expect(stderr).toMatch(/of what came before: 10 flows stored/);
    }
    expect(await ndjson(other)).toHaveLength(10);
    expect(await ndjson(await startServer({ data: folder }))).toHaveLength(10);
  });

  it('reads text, and says of which year it took it to be', async () => {
    const other = await startServer();
    const text = file(
      'flows.txt',
      'Mar 17 13:56:00.709: shop/web:1 (ID:1234) -> pay/api:80 (ID:5678) to-endpoint FORWARDED (TCP Flags: SYN)\n',
    );
    utimesSync(text, 0, Date.parse('2022-03-01T00:00:00Z') / 1000);
    const dated = await runToEnd(['import', '--server', other.url, text]);
    expect(dated).toMatchObject({ code: 0, stderr: '' });
    expect(dated.stdout).toContain('1 flow stored, 1 record read from text');
    expect(dated.stdout).toContain(
      'assumed the year 2021 for 1 flows, the newest that is not after 2022-03-01, the date of the file',
    );
    const told = await runToEnd(['import', '--server', other.url, '--year', '2019', text]);
    expect(told.stdout).toContain('assumed the year 2019 for 1 flows, as told');
    expect((await statusOf(other)).oldest).toBe('2019-03-17T13:56:00.709Z');
    const wrong = await runToEnd(['import', '--server', other.url, '--year', 'x', text]);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--year');
    const map = await runToEnd(['map', '--input-file', text]);
    expect(map.stdout).toMatch(/shop\/web +pay\/api +80 TCP/);
    expect(map.stdout).toContain('2021-03-17');
  });

  it('takes the server from the environment', async () => {
    const env = { FLOWATLAS_SERVER: server.url };
    const { code, stdout } = await runToEnd(['import', shopFile], { env });
    expect(code).toBe(0);
    expect(stdout).toContain(`${shopFlows} already known`);
  });

  it('reads standard input, plain and compressed', async () => {
    const other = await startServer();
    const plain = await runToEnd(['import', '--server', other.url, '-'], { input: flowLines('stdin', 7) });
    expect(plain).toMatchObject({ code: 0, stderr: '' });
    expect(plain.stdout).toMatch(/standard input: 7 flows stored/);
    const packed = await runToEnd(['import', '--server', other.url, '-'], {
      input: gzipSync(flowLines('stdin gz', 5)),
    });
    expect(packed.stdout).toMatch(/5 flows stored/);
    expect((await statusOf(other)).flows).toBe(12);
  });

  it('writes directly into a data folder that no server holds', async () => {
    const data = join(temporaryFolder(), 'data');
    const { code, stdout } = await runToEnd(['import', '--data', data, shopFile]);
    expect(code).toBe(0);
    expect(stdout).toContain(`${shopFlows} flows stored`);
    const other = await startServer({ data });
    expect((await statusOf(other)).flows).toBe(shopFlows);
    const held = await runToEnd(['import', '--data', data, shopFile]);
    expect(held.code).toBe(1);
    expect(held.stderr).toMatch(/in use by another flowatlas/);
  });

  it('goes on after a file that fails, and exits 1', async () => {
    const other = await startServer();
    const noise = file('noise.txt', 'no record\nno record either\n');
    const good = file('good.jsonl', flowLines('good', 3));
    const missing = join(folder, 'missing.jsonl');
    const { code, stdout, stderr } = await runToEnd([
      'import',
      '--server',
      other.url,
      missing,
      noise,
      join(folder, 'none-*.log'),
      good,
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/good\.jsonl: 3 flows stored/);
    expect(stderr).toMatch(/missing\.jsonl/);
    expect(stderr).toMatch(/noise\.txt: nothing in the body is a Hubble record/);
    expect(stderr).toMatch(/line 1: .*no record/);
    expect(stderr).toMatch(/none-\*\.log: no file matches/);
    expect(stdout).toMatch(/1 of 2 files, 3 flows stored/);
  });

  it('takes folders and globs, and passes over what is no capture', async () => {
    const other = await startServer();
    const logs = temporaryFolder();
    mkdirSync(join(logs, 'node-1'));
    writeFileSync(join(logs, 'node-1/events.log'), flowLines('folder', 4));
    writeFileSync(join(logs, 'node-1/events.log.1.gz'), gzipSync(flowLines('folder', 4, 4)));
    writeFileSync(join(logs, 'package.json'), '{"name":"no record"}');
    writeFileSync(join(logs, 'core.1234'), 'no capture');
    writeFileSync(join(logs, '.hidden.log'), flowLines('hidden', 9));
    const whole = await runToEnd(['import', '--server', other.url, logs]);
    expect(whole.code).toBe(0);
    expect(whole.stdout).toMatch(/2 of 3 files, 8 flows stored/);
    expect(whole.stderr).toMatch(/1 files passed over/);
    expect(whole.stderr).toMatch(/package\.json: passed over, nothing in it is a Hubble record/);
    const globbed = await runToEnd(['import', '--server', other.url, join(logs, '*', 'events.*')]);
    expect(globbed).toMatchObject({ code: 0, stderr: '' });
    expect(globbed.stdout).toMatch(/2 of 2 files, 0 flows stored/);
    const none = await runToEnd(['import', '--server', other.url, join(logs, '*.pcap'), temporaryFolder()]);
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/\*\.pcap: no file matches/);
    expect(none.stderr).toMatch(/no file with the name of a capture/);
  });

  it('names lines that were rejected', async () => {
    const other = await startServer();
    const mixed = file(
      'mixed.jsonl',
      `${flowLines('mixed', 2)}oops \u001b]0;title\u0007\n${flowLines('mixed', 1, 2)}`,
    );
    const { code, stdout, stderr } = await runToEnd(['import', '--server', other.url, mixed]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/3 flows stored, 1 line rejected/);
    expect(stderr).toMatch(/line 3: .*oops/);
    expect(stderr).not.toMatch(CONTROL);
  });

  it('exits 1 in words when no server answers', async () => {
    const { code, stderr } = await runToEnd(['import', '--server', 'http://127.0.0.1:1', shopFile]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/ECONNREFUSED|cannot/);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('map, drops and status', () => {
  it('are printed as tables', async () => {
    const map = await runToEnd(['map', '--server', server.url]);
    expect(map).toMatchObject({ code: 0, stderr: '' });
    expect(map.stdout).toMatch(/±\s+shop\/web\s+payments\/api\s+8443 TCP\s+6\s+9\s+POLICY_DENIED/);
    expect(map.stdout).toMatch(/✗\s+shop\/cart\s+data\/postgres\s+5432 TCP\s+0\s+10\s+POLICY_DENIED/);
    expect(map.stdout).toMatch(/\d+ nodes, 25 edges/);
    const drops = await runToEnd(['drops', '--server', server.url]);
    expect(drops).toMatchObject({ code: 0, stderr: '' });
    expect(drops.stdout).toMatch(/^30 drops of 5 causes/);
    expect(drops.stdout).toMatch(/10 × shop-eu\/shop\/cart → shop-eu\/data\/postgres 5432 TCP/);
    expect(drops.stdout).toMatch(/denied by shop\/no-tracker/);
    expect(drops.stdout).toMatch(/next: /);
    const two = await runToEnd(['drops', '--server', server.url, '--limit', '2']);
    expect(two.stdout).toMatch(/^30 drops of 5 causes/);
    expect(two.stdout.match(/next: /g)).toHaveLength(2);
    expect(two.stdout).toMatch(/and 3 more causes; --limit tells more of them/);
    const none = await runToEnd(['drops', '--server', server.url, '--limit', '0']);
    expect(none).toMatchObject({ code: 2, stderr: expect.stringMatching(/limit: /) });
    const status = await runToEnd(['status', '--server', server.url]);
    expect(status).toMatchObject({ code: 0, stderr: '' });
    expect(status.stdout).toContain(`${shopFlows} flows`);
    expect(status.stdout).toContain('37 events');
  });

  it('are printed as JSON', async () => {
    const json = async <T>(...args: string[]) => {
      const { code, stdout } = await runToEnd([...args, '--server', server.url, '-o', 'json']);
      expect(code).toBe(0);
      return JSON.parse(stdout) as T;
    };
    expect((await json<ServiceMapResponse>('map')).edges).toHaveLength(25);
    expect((await json<Drops>('drops')).drops).toBe(30);
    expect((await json<Status>('status')).flows).toBe(shopFlows);
    const filtered = await json<ServiceMapResponse>(
      'map',
      '--from-namespace',
      'payments',
      '--level',
      'namespace',
    );
    expect(filtered.level).toBe('namespace');
    expect(filtered.edges.length).toBeGreaterThan(0);
    // Replies of payments count on the edges of their clients.
    for (const { source, target } of filtered.edges) expect([source, target]).toContain('shop-eu/payments');
    expect((await json<Drops>('drops', '--by', 'reason', '--not-namespace', 'data')).by).toEqual(['reason']);
    const either = await json<ServiceMapResponse>(
      'map',
      '--to-port',
      '6379',
      '--to-port',
      '5432',
      '--verdict',
      'DROPPED',
    );
    expect(either.edges).toHaveLength(1);
  });

  it('are made of a file, without any store', async () => {
    const map = await runToEnd(['map', '--input-file', shopFile, '-o', 'json']);
    expect((JSON.parse(map.stdout) as ServiceMapResponse).edges).toHaveLength(25);
    const drops = await runToEnd(['drops', '--input-file', '-', '-o', 'json'], { input: gzipSync(shop) });
    expect((JSON.parse(drops.stdout) as Drops).drops).toBe(30);
    const missing = await runToEnd(['map', '--input-file', join(folder, 'none')]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/none does not exist\n$/);
  });

  it('are written in other forms, as the API does', async () => {
    for (const [format, type, words] of [
      ['graphml', 'application/graphml+xml', '<graph id="map" edgedefault="directed">'],
      ['dot', 'text/vnd.graphviz', 'digraph map {'],
      ['mermaid', 'text/plain', 'flowchart LR'],
      ['csv', 'text/csv', 'id,source,source_name'],
    ] as const) {
      const { stdout, code } = await runToEnd(['map', '--server', server.url, '-o', format]);
      expect(code).toBe(0);
      expect(stdout).toContain(words);
      const answer = await ask(server, `/api/v1/map?format=${format}`);
      expect(answer.headers['content-type']).toBe(`${type}; charset=utf-8`);
      expect(answer.text).toBe(stdout);
      expect(JSON.parse(String(answer.headers['flowatlas-coverage']))).toMatchObject({ eventsLost: 37 });
    }
  });

  it('leave nothing behind of the file that they read, also when their reader has seen enough', async () => {
    const scratch = temporaryFolder();
    const asking = run(['map', '--input-file', shopFile], { TMPDIR: scratch });
    asking.child.stdout.destroy();
    expect((await asking.ended).code).toBe(0);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('say of what they have nothing that something else is held', async () => {
    const none = await runToEnd(['map', '--server', server.url, '--namespace', 'nowhere']);
    expect(none).toMatchObject({ code: 0, stderr: '' });
    expect(none.stdout).toMatch(/^nothing matches; what is held of this window is from 2026-06-01T10:00:09/);
  });

  it('name what drops are grouped by, and nothing else', async () => {
    const headline = async (by: string) => {
      const { stdout } = await runToEnd(['drops', '--server', server.url, '--by', by]);
      return stdout.split('\n').slice(2, 4);
    };
    expect((await headline('reason'))[0]).toBe('19 ×');
    expect((await headline('reason'))[1]).toMatch(/^ {4}POLICY_DENIED {2}2026/);
    expect((await headline('source,port'))[0]).toBe('10 × from shop-eu/shop/cart 5432 TCP');
    expect((await headline('node'))[0]).toBe('13 × on node shop-eu/worker-1');
  });

  it('refuse what is no address of a server', async () => {
    const { code, stderr } = await runToEnd(['map', '--server', 'localhost:8787']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/"localhost:8787" is no address of a server/);
  });

  it('exit 2 and say what is wrong with a filter', async () => {
    const { code, stdout, stderr } = await runToEnd(['map', '--server', server.url, '--http-path', '(']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/http-path: /);
  });

  for (const args of [
    ['map', '--no-such'],
    ['drops', '-o', 'yaml'],
    ['status', 'extra'],
    ['import'],
    ['nonsense'],
  ]) {
    it(`exit 2 on wrong use: ${args.join(' ')}`, async () => {
      expect((await runToEnd(args)).code).toBe(2);
    });
  }
});

describe('text from flows', () => {
  const evil = '\u001b[2J\u001b]0;owned\u0007\u202eevil\u009b31m\r\b';
  const record = (fields: Record<string, unknown>, from: number) =>
    flowLines('evil', 2, from, { from: `bad/${evil}`, to: `shop/${evil}x`, ...fields });
  const denied = {
    verdict: 'DROPPED',
    event_type: { type: 1, sub_type: 133 },
    drop_reason_desc: 'POLICY_DENIED',
  };

  it('cannot command the terminal', async () => {
    const other = await startServer();
    await store(other, record({}, 0) + record({ ...denied, node_name: evil }, 2));
    for (const args of [
      ['map'],
      ['drops'],
      ['status'],
      ['drops', '--by', 'node,namespace,reason,source'],
      ['map', '--level', 'pod'],
      ['map', '-o', 'json'],
    ]) {
      const { code, stdout, stderr } = await runToEnd([...args, '--server', other.url]);
      expect({ args, code, stderr }).toEqual({ args, code: 0, stderr: '' });
      if (!args.includes('json')) expect(stdout).not.toMatch(CONTROL);
      expect(stdout).toContain(args[0] === 'status' ? 'flows' : '\\u001b[2J');
    }
  });

  // The words and the next step of an unknown reason repeat it as it came.
  it('cannot command the terminal as a drop reason', async () => {
    const other = await startServer();
    await store(other, record({ ...denied, drop_reason_desc: `X${evil}` }, 4));
    const { stdout } = await runToEnd(['drops', '--server', other.url]);
    expect(stdout).not.toMatch(CONTROL);
  });

  it('cannot command the terminal that JSON is printed on', async () => {
    const other = await startServer();
    await store(other, record({}, 0));
    const { stdout } = await runToEnd(['map', '-o', 'json', '--server', other.url]);
    expect(stdout).not.toMatch(CONTROL);
  });
});

describe('demo', () => {
  it('prints the map and the drops of the sample, keeps replaying, and ends on SIGINT', async () => {
    const scratch = temporaryFolder();
    const demo = run(['demo', '--listen', '127.0.0.1:0'], { TMPDIR: scratch });
    const [, url = ''] = await demo.printed(/^listening on (http:\S+)$/m);
    expect(demo.stdout).toMatch(/Service map of samples\/shop/);
    expect(demo.stdout).toMatch(/±\s+shop\/web\s+payments\/api/);
    expect(demo.stdout).toMatch(/30 drops of 5 causes/);
    const grown = await until(
      () => statusOf({ url }),
      ({ flows }) => flows > shopFlows,
    );
    expect(grown.flows).toBeGreaterThan(shopFlows);
    const more = await until(
      () => statusOf({ url }),
      ({ flows }) => flows > grown.flows,
    );
    expect(more.flows).toBeGreaterThan(grown.flows);
    // As a terminal and npm do: each of them sends it.
    demo.child.kill('SIGINT');
    const { code, stderr } = await demo.stop('SIGINT');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(readdirSync(scratch)).toEqual([]);
  });
});
