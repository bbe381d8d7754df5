import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { IngestReport } from '../../src/ingest/ingest.schema.js';
import {
  flowLines,
  lines,
  makeFlow,
  shop,
  shopFlows,
  timeOf,
  uuidOf,
  uuidsIn,
  type Envelope,
} from '../support/run-flows.js';
import {
  ask,
  get,
  mapOf,
  ndjson,
  open,
  post,
  statusOf,
  store,
  type Answer,
  type ErrorBody,
} from '../support/run-rest.js';
import { cleanUp, sleep, startServer, until, type Server } from '../support/run-server.js';

/** Its flows come from many tests: each uses uuids of its own. */
let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(cleanUp);

function flows(seed: string, count: number): Envelope[] {
  return Array.from({ length: count }, (_, i) => makeFlow(seed, i));
}

async function held(records: readonly Envelope[]): Promise<number> {
  const known = new Set(uuidsIn(await ndjson(server)));
  return records.filter(({ flow }) => known.has(flow.uuid)).length;
}

const BOUNDARY = '----flowatlas';

function form(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const parts = Object.entries(files).map(([name, content]) =>
    Buffer.concat([
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
      ),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
  );
  return Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

const formType = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` };

describe('forms of a body', () => {
  const shapes: Record<string, (records: Envelope[]) => string> = {
    NDJSON: lines,
    'NDJSON without a last line break': (records) => lines(records).trimEnd(),
    'NDJSON with CRLF and a byte order mark': (records) => `\ufeff${lines(records).replaceAll('\n', '\r\n')}`,
    'a JSON array on one line': (records) => JSON.stringify(records),
    'a pretty-printed JSON array': (records) => JSON.stringify(records, null, 2),
    'pretty-printed objects': (records) =>
      records.map((record) => JSON.stringify(record, null, 4)).join('\n'),
    'concatenated objects': (records) => records.map((record) => JSON.stringify(record)).join(''),
    'bare flows': (records) => lines(records.map(({ flow }) => flow)),
  };
  for (const [shape, write] of Object.entries(shapes)) {
    it(`stores ${shape}`, async () => {
      const records = flows(shape, 30);
      const { status, body } = await post(server, write(records));
      expect(status).toBe(200);
      expect(body).toEqual({
        records: 30,
        stored: 30,
        duplicates: 0,
        rejected: 0,
        lostEvents: 0,
        otherEvents: {},
        from: '2026-07-01T00:00:00Z',
        to: records[29]?.time,
        errors: [],
      });
      expect(await held(records)).toBe(30);
    });
  }

  for (const type of [
    'application/json',
    'application/x-ndjson',
    'text/plain',
    'application/x-www-form-urlencoded',
  ]) {
    it(`does not mind the type ${type}`, async () => {
      expect((await post(server, flowLines(type, 2), { 'content-type': type })).body.stored).toBe(2);
    });
  }

  it('stores what hubble observe prints, in the year that is told or found', async () => {
    const line = (second: number) =>
      `Mar 17 13:56:0${second}.709: text/web:1 (ID:1234) -> text/api:80 (ID:5678) to-endpoint FORWARDED (UDP)\n`;
    const send = (query: string, body: string) =>
      ask<IngestReport>(server, `/api/v1/flows${query}`, { method: 'POST', body });
    const told = await send('?year=2019&written=2022-03-01T00:00:00Z', line(1));
    expect(told).toMatchObject({ status: 200, body: { stored: 1, from: '2019-03-17T13:56:01.709Z' } });
    const found = await send('?written=2022-03-01T00:00:00%2B02:00', line(2));
    expect(found.body).toMatchObject({ from: '2021-03-17T13:56:02.709Z', text: { records: 1, compact: 1 } });
    expect((await ndjson(server, 'from-pod=text/web')).length).toBe(2);
    expect((await send('', line(3))).body.text?.assumed[0]).toMatch(/the time of arrival$/);
  });

  it('stores a body with Content-Encoding gzip', async () => {
    const body = gzipSync(flowLines('gzip', 500));
    const answer = await post(server, body, { 'content-encoding': 'gzip' });
    expect(answer).toMatchObject({ status: 200, body: { stored: 500, rejected: 0 } });
  });

  it('stores a raw .gz file as body', async () => {
    expect(await store(server, gzipSync(flowLines('raw gz', 500)))).toMatchObject({
      stored: 500,
      rejected: 0,
    });
  });

  it('stores a .gz file of several members', async () => {
    const body = Buffer.concat([gzipSync(flowLines('member 1', 20)), gzipSync(flowLines('member 2', 20))]);
    expect(await store(server, body)).toMatchObject({ stored: 40, rejected: 0 });
  });

  it('stores every file of a form, also .gz, and names file and line of what is wrong', async () => {
    const body = form({
      'one.jsonl': `${flowLines('form one', 3)}no record\n`,
      'two.json': JSON.stringify(flows('form two', 4)),
      'three.jsonl.gz': gzipSync(
        `${flowLines('form three', 1)}{"neither":1}\n${flowLines('form three', 4, 1)}`,
      ),
      'empty.jsonl': '',
      'fünf %22.jsonl': flowLines('form five', 1),
    });
    const answer = await post(server, body, formType);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ records: 13, stored: 13, rejected: 2 });
    expect(answer.body.errors).toEqual([
      { file: 'one.jsonl', line: 4, reason: expect.stringContaining('no record') as unknown as string },
      { file: 'three.jsonl.gz', line: 2, reason: expect.stringContaining('neither') as unknown as string },
    ]);
  });

  it('stores a form that arrives a few bytes at a time', async () => {
    const body = form({
      'a.jsonl.gz': gzipSync(flowLines('slow form', 20)),
      'b.jsonl': flowLines('slow form b', 3),
    });
    const pieces = Array.from({ length: Math.ceil(body.length / 97) }, (_, i) =>
      body.subarray(i * 97, i * 97 + 97),
    );
    const answer = await post(server, Readable.from(pieces), formType);
    expect(answer).toMatchObject({ status: 200, body: { stored: 23 } });
  });

  it('refuses a form that is cut off, and keeps the records before', async () => {
    const body = form({ 'a.jsonl': flowLines('cut form', 20) });
    const answer = await post(server, body.subarray(0, body.length - 60), formType);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_body' } } });
    expect(await held(flows('cut form', 19))).toBe(19);
  });

  it('refuses a form without a boundary', async () => {
    const answer = await post(server, 'anything', { 'content-type': 'multipart/form-data' });
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_body' } } });
  });

  it('shows flows of a chunked upload before it ends', async () => {
    const { outgoing, answer } = open(server, '/api/v1/flows', { method: 'POST' });
    const records = flows('chunked', 6);
    for (const [i, record] of records.entries()) {
      const line = lines([record]);
      // Cut in the middle of a line.
      outgoing.write(line.slice(0, 300));
      await sleep(30);
      outgoing.write(line.slice(300));
      if (i !== 2) continue;
      const shown = await until(
        () => held(records),
        (count) => count >= 3,
      );
      expect(shown).toBe(3);
    }
    outgoing.end();
    expect(await answer).toMatchObject({ status: 200, body: { stored: 6, rejected: 0 } });
    expect(await held(records)).toBe(6);
  });

  it('keeps the whole records of a body that its sender cut off', async () => {
    const records = flows('cut off', 10);
    const { outgoing } = open(server, '/api/v1/flows', { method: 'POST' });
    outgoing.on('error', () => undefined);
    outgoing.write(lines(records.slice(0, 9)));
    await new Promise((resolve) => outgoing.write(lines(records.slice(9)).slice(0, 200), resolve));
    await sleep(50);
    outgoing.destroy();
    const kept = await until(
      () => held(records),
      (count) => count >= 9,
    );
    expect(kept).toBe(9);
    // And the sender can send all of it again.
    expect(await store(server, lines(records))).toMatchObject({ stored: 1, duplicates: 9 });
  });

  it('keeps what came of a body with Content-Length that its sender cut off', async () => {
    const records = flows('cut off length', 10);
    const { outgoing } = open(server, '/api/v1/flows', {
      method: 'POST',
      headers: { 'content-length': '1000000' },
    });
    outgoing.on('error', () => undefined);
    await new Promise((resolve) => outgoing.write(lines(records), resolve));
    await sleep(50);
    outgoing.destroy();
    expect(
      await until(
        () => held(records),
        (count) => count >= 10,
      ),
    ).toBe(10);
  });
});

describe('what comes out', () => {
  const strange = [
    // 64-bit numbers, unknown fields and values, deep nesting, numbers in other spellings.
    `{"flow":{"uuid":"${uuidOf('strange', 0)}","verdict":"SOME_DAY","time":"${timeOf(1)}","future":{"a":[1,{"b":null}],"n":18446744073709551615},"source":{"identity":4294967295,"ID":-9223372036854775808},"socket_cookie":"9007199254740993","extra":9007199254740993},"node_name":"n","time":"${timeOf(1)}","beside":1e400}`,
    `{"uuid":"${uuidOf('strange', 1)}","verdict":"FORWARDED","time":"${timeOf(2)}","Summary":"\\u001b[31mred \\ud83d\\ude00 \\"quoted\\" \\u0000 \\u2028","float":1.10,"exp":1E2,"zero":-0}`,
    `{"flow":{"uuid":"${uuidOf('strange', 2)}","verdict":2,"source":{},"destination":{}}}`,
    `{"flow":{"uuid":"${uuidOf('strange', 3)}","time":"${timeOf(3)}","verdict":"DROPPED","event_type":{"type":1,"sub_type":133},"l4":{"TCP":{"source_port":4294967295,"destination_port":-1}},"labels":[],"":"","__proto__":{"x":1},"constructor":{"name":2}},"node_name":""}`,
  ];

  it('is what went in, to the last digit, in pages and as a stream', async () => {
    const other = await startServer();
    expect(await store(other, `${strange.join('\n')}\n`)).toMatchObject({
      stored: strange.length,
      rejected: 0,
    });
    expect(new Set(await ndjson(other))).toEqual(new Set(strange));
    const { text } = await ask(other, '/api/v1/flows');
    for (const record of strange) expect(text).toContain(record);
  });

  // Only the flow of a segment that holds no other is found.
  it('is what went in where one flow is asked for by its uuid', async () => {
    const other = await startServer();
    await store(other, `${strange.join('\n')}\n`);
    for (const [i, record] of strange.entries()) {
      const page = await ask(other, `/api/v1/flows?uuid=${uuidOf('strange', i)}`);
      expect(page.text.startsWith(`{"flows":[${record}],`)).toBe(true);
      const { text } = await ask(other, `/api/v1/flows/${uuidOf('strange', i)}`);
      expect(text.startsWith(`{"flow":${record},"neighbours":`)).toBe(true);
    }
  });

  it('is equal to each record of the sample', async () => {
    await store(server, shop);
    const wanted = shop
      .toString()
      .split('\n')
      .filter((line) => line.startsWith('{"flow"'));
    const streamed = new Set(await ndjson(server, 'since=2026-06-01&until=2026-06-02'));
    expect(wanted.filter((line) => !streamed.has(line))).toEqual([]);
    expect(streamed.size).toBe(shopFlows);
  });

  it('says beside a flow without any time when it arrived', async () => {
    const uuid = uuidOf('timeless');
    const before = Date.now();
    await store(server, `{"flow":{"uuid":"${uuid}","verdict":"FORWARDED"}}`);
    const page = await get<{ flows: unknown[]; placedAtArrival: { index: number; time: string }[] }>(
      server,
      '/api/v1/flows?limit=1',
    );
    expect(page.flows).toEqual([{ flow: { uuid, verdict: 'FORWARDED' } }]);
    expect(page.placedAtArrival).toEqual([{ index: 0, time: expect.any(String) as unknown as string }]);
    const placed = Date.parse(page.placedAtArrival[0]?.time ?? '');
    expect(placed).toBeGreaterThanOrEqual(before);
    expect(placed).toBeLessThanOrEqual(Date.now());
    const one = await get<typeof page>(server, `/api/v1/flows/${uuid}`);
    expect(one.placedAtArrival).toEqual(page.placedAtArrival);
  });
});

describe('the same again', () => {
  it('changes no count', async () => {
    const other = await startServer();
    const first = await store(other, shop);
    const map = await mapOf(other);
    const status = await statusOf(other);
    const coverage = await get(other, '/api/v1/coverage');
    expect(first).toMatchObject({ stored: shopFlows, duplicates: 0, lostEvents: 1 });
    const again = await store(other, shop);
    expect(again).toMatchObject({ stored: 0, duplicates: shopFlows, lostEvents: 1, rejected: 0 });
    expect((await mapOf(other)).edges).toEqual(map.edges);
    expect((await mapOf(other)).nodes).toEqual(map.nodes);
    const { flows: count, eventsLost } = await statusOf(other);
    expect({ count, eventsLost }).toEqual({ count: status.flows, eventsLost: status.eventsLost });
    expect(await get(other, '/api/v1/coverage')).toEqual(coverage);
    expect((await ndjson(other)).length).toBe(shopFlows);
  });

  it('is known within one body, and from several senders at once', async () => {
    const body = flowLines('several', 400);
    const reports = await Promise.all([1, 2, 3, 4].map(() => store(server, body + body)));
    expect(reports.reduce((sum, { stored }) => sum + stored, 0)).toBe(400);
    expect(reports.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(8 * 400 - 400);
  });

  it('is known by its content where it has no uuid', async () => {
    const bare = '{"time":"2026-07-02T00:00:00Z","verdict":"FORWARDED","Type":"L3_L4"}';
    const spaced = '{ "verdict": "FORWARDED", "time": "2026-07-02T00:00:00Z", "Type": "L3_L4" }';
    expect(await store(server, `${bare}\n${spaced}\n`)).toMatchObject({ stored: 1, duplicates: 1 });
    expect(await store(server, bare)).toMatchObject({ stored: 0, duplicates: 1 });
  });
});

describe('what is no record', () => {
  function expectError(
    { status, body }: Answer<ErrorBody>,
    wanted: number,
    code: string,
  ): ErrorBody['error'] {
    expect({ status, code: body.error.code }).toEqual({ status: wanted, code });
    expect(body.error.message).not.toBe('');
    return body.error;
  }

  it('is refused with the first reasons when the body holds nothing else', async () => {
    const noise = Array.from({ length: 30 }, (_, i) => `line ${i} of a log`).join('\n');
    const error = expectError(await post(server, noise), 400, 'no_records');
    expect(error.rejected).toBe(30);
    expect(error.errors?.[0]).toEqual({
      line: 1,
      reason: expect.stringContaining('line 0 of a log') as unknown as string,
    });
  });

  for (const [what, body] of Object.entries({
    'an empty body': '',
    'white space': ' \r\n\n\t ',
    'an empty array': '[]',
    'an empty object': '{}',
    'other JSON': '{"hello":"world"}',
    'a number': '42',
    'binary data': Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 251)),
    'NUL bytes': Buffer.alloc(10_000),
  })) {
    it(`is refused: ${what}`, async () => {
      expectError(await post(server, body), 400, 'no_records');
    });
  }

  it('is counted with its line, and the records around it stay', async () => {
    const body = `${flowLines('bad line', 2)}{"flow":{"uuid":\n${flowLines('bad line', 2, 2)}garbage\n${flowLines('bad line', 1, 4)}`;
    const report = await store(server, body);
    expect(report).toMatchObject({ stored: 5, rejected: 2 });
    expect(report.errors.map(({ line }) => line)).toEqual([3, 6]);
  });

  it('is listed at most a hundred times', async () => {
    const report = await store(server, `${'garbage\n'.repeat(1_000)}${flowLines('many bad', 1)}`);
    expect(report).toMatchObject({ stored: 1, rejected: 1_000 });
    expect(report.errors).toHaveLength(100);
  });

  it('is refused in an encoding that nobody knows, with 415', async () => {
    const answer = await post(server, flowLines('br', 1), { 'content-encoding': 'br' });
    expect(expectError(answer, 415, 'unsupported_media_type').field).toBe('Content-Encoding');
  });

  it('is refused as damaged gzip, and the records before stay', async () => {
    const whole = gzipSync(flowLines('damaged', 3_000), { level: 1 });
    const cut = whole.subarray(0, whole.length - 2_000);
    for (const headers of [{ 'content-encoding': 'gzip' }, {}] as Record<string, string>[]) {
      const error = expectError(await post(server, cut, headers), 400, 'invalid_body');
      expect(error.report?.records).toBeGreaterThan(2_000);
    }
    expect(await held(flows('damaged', 5))).toBe(5);
    const flipped = Buffer.from(whole);
    flipped.fill(0xff, Math.floor(whole.length * 0.8), Math.floor(whole.length * 0.8) + 64);
    expectError(await post(server, flipped, { 'content-encoding': 'gzip' }), 400, 'invalid_body');
  });

  it('is refused as gzip that is none', async () => {
    expectError(await post(server, 'plain', { 'content-encoding': 'gzip' }), 400, 'invalid_body');
  });

  it('is refused with a year or a date that is none', async () => {
    for (const [query, field] of [
      ['year=twenty', 'year'],
      ['year=999999', 'year'],
      ['written=yesterday', 'written'],
    ]) {
      const answer = await ask<ErrorBody>(server, `/api/v1/flows?${query}`, { method: 'POST', body: 'x' });
      expect(expectError(answer, 400, 'invalid_parameter').field).toBe(field);
    }
  });

  it('is refused beside parameters that nobody knows', async () => {
    const answer = await ask<ErrorBody>(server, '/api/v1/flows?since=1h', {
      method: 'POST',
      body: flowLines('p', 1),
    });
    expect(expectError(answer, 400, 'unknown_parameter').field).toBe('since');
  });

  it('does not hold on to an object that never ends', async () => {
    const endless = await post(server, `${flowLines('endless', 1)}{"flow":{"uuid":"${'x'.repeat(5_000_000)}`);
    expect(endless).toMatchObject({ status: 200, body: { stored: 1, rejected: 1 } });
  });

  // The stack overflows in the writing thread, and the whole server ends.
  it('does not end the server when it is JSON of absurd depth', async () => {
    const other = await startServer();
    const deep = `{"flow":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
    const { status } = await post(other, `${deep}\n${flowLines('deep', 1)}`);
    expect(status).toBe(200);
    expect((await statusOf(other)).flows).toBeGreaterThan(0);
  });
});
