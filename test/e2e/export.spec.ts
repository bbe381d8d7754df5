import { afterAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { flipBits } from '../support/damage-file.js';
import { flowLines, generatedTraffic, lines, shop, shopFile, shopFlows } from '../support/run-flows.js';
import { statusOf, store } from '../support/run-rest.js';
import { cleanUp, runToEnd, startServer, temporaryFolder, type Server } from '../support/run-server.js';

afterAll(cleanUp);

async function exported({ url }: Pick<Server, 'url'>, query = '') {
  const response = await fetch(`${url}/api/v1/export${query}`);
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

function digest(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Trailers, which fetch does not show. */
function trailersOf(url: string): Promise<NodeJS.Dict<string>> {
  return new Promise((resolve, reject) => {
    get(url, (response) => {
      response.resume().on('end', () => {
        resolve(response.trailers);
      });
    }).on('error', reject);
  });
}

describe('GET /export', () => {
  it('gives back the file that was sent, byte for byte, lost events at their places', async () => {
    const server = await startServer();
    const traffic = generatedTraffic(20_000);
    await store(server, traffic);
    const { status, type, text } = await exported(server);
    expect({ status, type }).toEqual({ status: 200, type: 'application/x-ndjson' });
    expect(digest(text)).toBe(digest(traffic));
    const trailers = await trailersOf(`${server.url}/api/v1/export`);
    expect(trailers).toMatchObject({ 'flowatlas-flows': '20000', 'flowatlas-damaged': '0' });
  });

  it('gives the sample, all sorts of events between its flows, and other uploads behind it', async () => {
    const server = await startServer();
    await store(server, shop);
    const later = flowLines('later', 3);
    await store(server, shop.toString() + later);
    expect((await exported(server)).text).toBe(shop.toString() + later);
  });

  it('takes every filter and windows, and refuses what it does not know', async () => {
    const server = await startServer();
    await store(server, shop);
    const dropped = await exported(server, '?verdict=DROPPED');
    const expected = shop
      .toString()
      .split('\n')
      .filter((line) => line.includes('"verdict":"DROPPED"'));
    expect(dropped.text).toBe(expected.map((line) => `${line}\n`).join(''));
    const window = await exported(server, '?since=2026-06-01T10:05:00Z&until=2026-06-01T10:06:00Z');
    const times = [...window.text.matchAll(/^.*"time":"([^"]+)"/gm)].map(([, time]) => time ?? '');
    expect(times.length).toBeGreaterThan(10);
    for (const time of times) expect(time).toMatch(/^2026-06-01T10:0(5|6:00)/);
    for (const wrong of ['?limit=1', '?order=desc', '?http-path=(', '?since=never'])
      expect((await exported(server, wrong)).status).toBe(400);
  });
});

describe('flowatlas export', () => {
  it('writes a file from a running server or from a folder, and says how much', async () => {
    const server = await startServer();
    await store(server, shop);
    const folder = temporaryFolder();
    const file = join(folder, 'out.jsonl');
    const written = await runToEnd(['export', '--server', server.url, '-o', file]);
    expect(written).toMatchObject({ code: 0, stdout: '' });
    expect(written.stderr).toMatch(new RegExp(`${shopFlows} flows written to .*out\\.jsonl, \\d+ events`));
    expect(readFileSync(file).equals(shop)).toBe(true);
    expect(existsSync(`${file}.part`)).toBe(false);
    await server.stop();
    const piped = await runToEnd(['export', '--data', server.data]);
    expect(piped.code).toBe(0);
    expect(piped.stdout).toBe(shop.toString());
    const drops = await runToEnd([
      'export',
      '--data',
      server.data,
      '--verdict',
      'DROPPED',
      '--since',
      '2026-06-01',
    ]);
    expect(drops.stderr).toMatch(/events are left out where a filter is given/);
    expect(drops.stdout.split('\n').length).toBeGreaterThan(10);
  });

  it('makes one record a line of any file', async () => {
    const pretty = join(temporaryFolder(), 'pretty.json');
    const [line = ''] = shop.toString().split('\n');
    writeFileSync(pretty, JSON.stringify([JSON.parse(line)], null, 2));
    const { code, stdout } = await runToEnd(['export', '--input-file', pretty]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: lines([JSON.parse(line)]) });
  });

  it('exits in words when it cannot, and leaves no half of a file', async () => {
    const none = await runToEnd(['export', '--server', 'http://127.0.0.1:1']);
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/no answer from/);
    const nowhere = await runToEnd([
      'export',
      '--input-file',
      shopFile,
      '-o',
      join(temporaryFolder(), 'no/where'),
    ]);
    expect(nowhere.code).toBe(1);
    expect(nowhere.stderr).toMatch(/no does not exist/);
    const wrong = await runToEnd(['export', '--input-file', shopFile, '--http-path', '(']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toMatch(/http-path: /);
  });
});

describe('a damaged block', () => {
  it('is left out and told by every answer that notices it', async () => {
    const first = await startServer();
    await store(first, flowLines('a', 10));
    await store(first, flowLines('b', 10, 10));
    await store(first, flowLines('c', 10, 20));
    await first.stop();
    flipBits(join(first.data, 'flowatlas.db'), 'segment.columns', 'first_seq = 11');
    const server = await startServer({ data: first.data });
    for (const path of ['flows?limit=100', 'map', 'drops', 'coverage', 'status', 'export']) {
      expect([path, (await fetch(`${server.url}/api/v1/${path}`)).status]).toEqual([path, 200]);
    }
    expect((await exported(server)).text).toBe(flowLines('a', 10) + flowLines('c', 10, 20));
    const { damaged } = await statusOf(server);
    expect(damaged).toEqual([expect.objectContaining({ firstSeq: 11, lastSeq: 20 })]);
    const told = await runToEnd(['export', '--server', server.url]);
    expect(told.code).toBe(1);
    expect(told.stderr).toMatch(/10 records are damaged and left out/);
    const status = await runToEnd(['status', '--server', server.url]);
    expect(status.stdout).toMatch(/flows 11 to 20, .* are damaged/);
    expect(server.stderr.match(/flows 11 to 20/g)).toHaveLength(1);
  });
});
