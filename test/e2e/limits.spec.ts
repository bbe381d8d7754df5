import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { IngestReport } from '../../src/ingest/ingest.schema.js';
import { flowLines, lines, makeFlow } from '../support/run-flows.js';
import {
  ask,
  ndjson,
  open,
  post,
  residentBytes,
  statusOf,
  store,
  type ErrorBody,
} from '../support/run-rest.js';
import { cleanUp, sleep, startServer, until, type Server } from '../support/run-server.js';

let server: Server;

beforeAll(async () => {
  server = await startServer({
    flags: [
      '--upload-max-open',
      '20',
      '--upload-idle',
      '2m',
      '--upload-max-decoded',
      '80MiB',
      '--upload-max-ratio',
      '100',
    ],
  });
});
afterAll(cleanUp);

/** Each takes a file of this process and one of the server's, which inherits the limit; both need some beside. */
const FILES = filesAllowed() - 500;
const MANY = Math.min(10_000, FILES);
const WHY_FEWER = MANY < 10_000 ? ' (not 10,000: more files may not be open here, see ulimit -n)' : '';

function filesAllowed(): number {
  const { userLimits } = process.report.getReport() as unknown as {
    userLimits?: { open_files: { soft: number | 'unlimited' } };
  };
  const soft = userLimits?.open_files.soft ?? 1_024;
  return soft === 'unlimited' ? Infinity : soft;
}

const gzip = { 'content-encoding': 'gzip' };

/** Opens a POST and sends the beginning of a body that never ends. */
function begin(at: Server, body: string | Buffer, headers = ''): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(at.port, '127.0.0.1', () => {
      socket.write(
        `POST /api/v1/flows HTTP/1.1\r\nHost: localhost\r\n${headers}Transfer-Encoding: chunked\r\n\r\n`,
      );
      socket.write(`${Buffer.byteLength(body).toString(16)}\r\n`);
      socket.write(body);
      socket.write('\r\n');
      resolve(socket);
    });
    socket.on('error', reject);
  });
}

function answerOn(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (bytes: Buffer) => (text += bytes.toString()));
    socket.on('close', () => {
      resolve(text);
    });
  });
}

async function expectNoUploads(at: Server): Promise<void> {
  const { openUploads } = await until(
    () => statusOf(at),
    (status) => status.openUploads === 0,
  );
  expect(openUploads).toBe(0);
}

describe('a compressed body that is cut off', () => {
  it('gives every record that could be decoded before the cut, at whatever place', async () => {
    const text = flowLines('cut', 2_000);
    const whole = gzipSync(text, { level: 6 });
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      const other = await startServer();
      const cut = whole.subarray(0, Math.floor(whole.length * share));
      const answer = await post(other, cut, gzip);
      expect(answer).toMatchObject({ status: 400, body: { error: { code: 'invalid_body' } } });
      expect(answer.body.error.message).toContain('damaged or cut off');
      const stored = answer.body.error.report?.stored ?? 0;
      // A block of deflate is some 10 KiB of its input: no more than this may be missing.
      expect(stored / 2_000).toBeGreaterThan(share - 0.12);
      expect((await ndjson(other)).length).toBe(stored);
      await other.stop();
    }
  });
});

describe('a bomb', () => {
  it('of zeros is ended by its ratio, and what came before is kept', async () => {
    const bomb = gzipSync(Buffer.concat([Buffer.from(flowLines('bomb', 3)), Buffer.alloc(120 << 20, 32)]));
    const before = await residentBytes(server);
    const { status, body } = await post(server, bomb, gzip);
    expect({ status, code: body.error.code }).toEqual({ status: 413, code: 'payload_too_large' });
    expect(body.error.message).toContain('FLOWATLAS_UPLOAD_MAX_');
    expect(body.error.report).toMatchObject({ stored: 3 });
    expect((await residentBytes(server)) - before).toBeLessThan(150e6);
  });

  it('of many equal records is ended by its size', async () => {
    const noise = Array.from({ length: 60 }, (_, i) => lines([makeFlow('large', i)])).join('');
    const many = gzipSync(noise.repeat(Math.ceil((90 << 20) / noise.length)), { level: 1 });
    const { status, body } = await post(server, many, gzip);
    expect({ status, code: body.error.code }).toEqual({ status: 413, code: 'payload_too_large' });
    expect(body.error.report?.stored).toBe(60);
  });

  it('within a file of a form, and within itself, is one all the same', async () => {
    const inner = gzipSync(Buffer.alloc(90 << 20, 32));
    const twice = await post(server, gzipSync(inner), gzip);
    expect(twice).toMatchObject({ status: 413, body: { error: { code: 'payload_too_large' } } });
    const form = Buffer.concat([
      Buffer.from('--b\r\nContent-Disposition: form-data; name="f"; filename="x.gz"\r\n\r\n'),
      inner,
      Buffer.from('\r\n--b--\r\n'),
    ]);
    const answer = await post(server, form, { 'content-type': 'multipart/form-data; boundary=b' });
    expect(answer).toMatchObject({ status: 413, body: { error: { code: 'payload_too_large' } } });
  });

  it('is none when gzip lies in gzip a few times; more often is refused', async () => {
    let body = Buffer.from(flowLines('nested', 5));
    for (let level = 1; level <= 6; level++) {
      body = gzipSync(body);
      const { status, body: report } = await post(server, body);
      if (level <= 4) expect([status, report.records]).toEqual([200, 5]);
      else
        expect([status, report.error.message]).toEqual([
          400,
          'the body cannot be read (compressed more than 4 times over)',
        ]);
    }
  });
});

describe('a line of 100 MB', () => {
  it.each([
    ['a text in a record', (length: number) => `{"flow":{"uuid":"${'x'.repeat(length)}"}}`],
    [
      'an object of many members',
      (length: number) => `{"flow":{${'"verdict":{},'.repeat(length / 13)}"a":1}}`,
    ],
    ['no JSON', (length: number) => 'x'.repeat(length)],
  ])('is rejected with its number: %s', async (name, write) => {
    const body = Buffer.from(`${flowLines(name, 2)}${write(100e6)}\n${flowLines(name, 2, 2)}`);
    const before = await residentBytes(server);
    let peak = 0;
    const watch = setInterval(
      () => void residentBytes(server).then((now) => (peak = Math.max(peak, now))),
      50,
    );
    const report = await store(server, body);
    clearInterval(watch);
    expect(report).toMatchObject({ stored: 4, rejected: 1, errors: [{ line: 3 }] });
    expect(peak - before).toBeLessThan(250e6);
  });
});

describe('uploads at the same time', () => {
  it('are taken up to a number, then answered 503 with Retry-After, and taken again', async () => {
    const sockets = await Promise.all(
      Array.from({ length: 20 }, (_, i) => begin(server, flowLines('open', 1, i))),
    );
    await until(
      () => statusOf(server),
      ({ openUploads }) => openUploads === 20,
    );
    const refused = await post(server, flowLines('refused', 1));
    expect(refused).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } });
    expect(refused.headers['retry-after']).toMatch(/^\d+$/);
    // Everything else goes on.
    expect((await ask(server, '/health/ready')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await expectNoUploads(server);
    // What was complete when the sender hung up is held.
    expect(await store(server, flowLines('open', 20))).toMatchObject({ stored: 0, duplicates: 20 });
  });

  it(`may be ${MANY} at once, each with an unfinished record, and one more is refused${WHY_FEWER}`, async () => {
    const other = await startServer({ flags: ['--upload-max-open', String(MANY)] });
    const before = await residentBytes(other);
    const unfinished = gzipSync('{"flow":').subarray(0, -8);
    const sockets: Socket[] = [];
    for (let i = 0; i < MANY; i += 100) {
      sockets.push(
        ...(await Promise.all(
          Array.from({ length: Math.min(100, MANY - i) }, () =>
            begin(other, unfinished, 'Content-Encoding: gzip\r\n'),
          ),
        )),
      );
    }
    const { openUploads } = await until(
      () => statusOf(other),
      (status) => status.openUploads === MANY,
    );
    expect(openUploads).toBe(MANY);
    expect(await post(other, flowLines('late', 1))).toMatchObject({ status: 503 });
    // A socket, a decoder and a session: some 50 kB each.
    expect((await residentBytes(other)) - before).toBeLessThan(200e6 + MANY * 100e3);
    for (const socket of sockets) socket.destroy();
    await expectNoUploads(other);
    expect(await store(other, flowLines('after', 3))).toMatchObject({ stored: 3 });
    await other.stop();
  }, 300_000);

  it('of which nothing comes for long are ended with 408, and what came is kept', async () => {
    const other = await startServer({ flags: ['--upload-idle', '2s'] });
    const socket = await begin(other, flowLines('idle', 2));
    const text = await answerOn(socket);
    expect(text).toContain('408 Request Timeout');
    const { error } = JSON.parse(/\{"error".*\}/.exec(text)?.[0] ?? '') as ErrorBody;
    expect(error).toMatchObject({ code: 'timeout', report: { stored: 2 } });
    await expectNoUploads(other);
    await other.stop();
  });

  it('that go on slowly are taken', async () => {
    // Much shorter pauses than it takes to be ended, and longer than that together.
    const other = await startServer({ flags: ['--upload-idle', '4s'] });
    const { outgoing, answer } = open(other, '/api/v1/flows', { method: 'POST' });
    for (let i = 0; i < 12; i++) {
      outgoing.write(flowLines('slow', 1, i));
      await sleep(400);
    }
    outgoing.end();
    expect(await answer).toMatchObject({ status: 200, body: { stored: 12 } });
    await other.stop();
  });
});

describe('a form', () => {
  const type = { 'content-type': 'multipart/form-data; boundary=b' };
  const part = (name: string, content: string, file = true) =>
    `--b\r\nContent-Disposition: form-data; name="${name}"${file ? `; filename="${name}"` : ''}\r\n\r\n${content}\r\n`;

  it('may have thousands of parts, but not without end', async () => {
    const parts = Array.from({ length: 3_000 }, (_, i) => part(`f${i}`, flowLines('parts', 1, i)));
    const some = await post(server, `${parts.join('')}--b--\r\n`, type);
    expect(some).toMatchObject({ status: 200, body: { stored: 3_000, rejected: 0 } });
    const empty = Array.from({ length: 10_005 }, (_, i) => part(`e${i}`, ''));
    const many = await post(server, `${parts[0]}${empty.join('')}--b--\r\n`, type);
    expect(many).toMatchObject({
      status: 413,
      body: { error: { code: 'payload_too_large', report: { duplicates: 1 } } },
    });
  });

  it('names a file that is damaged, and reads those behind it', async () => {
    const file = (name: string, content: Buffer) =>
      Buffer.concat([
        Buffer.from(`--b\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\n\r\n`),
        content,
        Buffer.from('\r\n'),
      ]);
    // Longer than what busboy and its streams hold.
    const broken = Buffer.concat([gzipSync(flowLines('broken', 9)).subarray(0, 60), randomBytes(2 << 20)]);
    const body = [file('1.jsonl', Buffer.from(flowLines('before', 2))), file('2.gz', broken)];
    const behind = file('3.jsonl', Buffer.from(flowLines('behind', 3)));
    const answer = await post(server, Buffer.concat([...body, behind, Buffer.from('--b--\r\n')]), type);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toMatchObject({ code: 'invalid_body', report: { stored: 5 } });
    expect(answer.body.error.message).toContain('"2.gz": the compressed body is damaged');
  });

  it('may hold flows in fields, too', async () => {
    const body = `${part('flows', flowLines('field', 2), false)}${part('note', 'hello', false)}--b--\r\n`;
    const { body: report } = await post(server, body, type);
    expect(report).toMatchObject({ stored: 2, rejected: 1, errors: [{ file: 'note', line: 1 }] });
    const long = await post(server, `${part('long', 'x'.repeat(70_000), false)}--b--\r\n`, type);
    expect(long).toMatchObject({ status: 413, body: { error: { code: 'payload_too_large' } } });
  });
});

describe('bytes that are no text', () => {
  it('inside of a record are read as U+FFFD, as every reader of UTF-8 does', async () => {
    const [head, tail] = lines([makeFlow('utf8', 0, { note: '@@' })]).split('@@') as [string, string];
    const body = Buffer.concat([Buffer.from(head), Buffer.from([0xff, 0xc3]), Buffer.from(tail)]);
    expect(await store(server, body)).toMatchObject({ stored: 1, rejected: 0 });
    const { uuid } = makeFlow('utf8', 0).flow;
    expect((await ndjson(server, `uuid=${uuid}`))[0]).toContain('"note":"\ufffd\ufffd"');
  });

  it('such as NUL inside of a record make it no JSON', async () => {
    const [head, tail] = lines([makeFlow('nul', 0, { note: '@@' })]).split('@@') as [string, string];
    const report: IngestReport = await store(server, `${head}\0${tail}${flowLines('nul', 1, 1)}`);
    expect(report).toMatchObject({ stored: 1, rejected: 1, errors: [{ line: 1 }] });
  });
});

describe('redaction', () => {
  it('reaches what is stored, and the status tells of it', async () => {
    const by = await startServer({
      env: { FLOWATLAS_REDACT_HTTP_URLQUERY: 'true' },
      flags: ['--redact-http-headers-deny', 'Cookie'],
    });
    const http = { method: 'GET', url: 'http://h/p?secret', headers: [{ key: 'cookie', value: 'crumbs' }] };
    const flow = makeFlow('redact', 0, {
      l7: { type: 'REQUEST', http },
      Summary: 'HTTP/1.1 GET http://h/p?secret',
    });
    const report = await store(by, lines([flow, makeFlow('redact', 1)]));
    expect(report).toMatchObject({ stored: 2, redacted: 1 });
    const text = (await ndjson(by)).join('\n');
    expect(text).not.toMatch(/secret|crumbs/);
    expect(text).toContain('"flowatlas_redacted":["Summary","http.headers","http.url.query"]');
    expect((await statusOf(by)).redaction).toEqual({
      rules: ['http-urlquery', 'http-headers-deny'],
      records: 1,
    });
    expect((await statusOf(server)).redaction).toBeNull();
  });
});
