import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FlowsPage } from '../../src/flows/flows.schema.js';
import { shop } from '../support/run-flows.js';
import { ask, get, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

let server: Server;

beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
});
afterAll(cleanUp);

interface Told {
  uuid: string;
  [field: string]: unknown;
}

const uuidsOf = ({ flows }: FlowsPage) => flows.map((record) => (record['flow'] as Told).uuid);

function query(body: unknown, accept = 'application/json') {
  return ask<FlowsPage & ErrorBody>(server, '/api/v1/flows/query', {
    method: 'POST',
    headers: { accept },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
}

describe('a question in raw filters', () => {
  it('has the answer of the words that it stands for', async () => {
    const whitelist = [{ source_pod: ['shop/web'], destination_port: ['8443'] }];
    const blacklist = [{ verdict: ['DROPPED'] }];
    const { status, body } = await query({ whitelist, blacklist, limit: 50 });
    expect(status).toBe(200);
    const words = 'from-pod=shop/web&to-port=8443&not-verdict=DROPPED&limit=50';
    const asked = await get<FlowsPage>(server, `/api/v1/flows?${words}`);
    expect(uuidsOf(body)).toEqual(uuidsOf(asked));
    expect(body.flows.length).toBeGreaterThan(0);
    expect(body).toHaveProperty('coverage');
    const raw = `allowlist=${encodeURIComponent(JSON.stringify(whitelist[0]))}&denylist=${encodeURIComponent(JSON.stringify(blacklist[0]))}`;
    expect(uuidsOf(await get<FlowsPage>(server, `/api/v1/flows?${raw}&limit=50`))).toEqual(uuidsOf(asked));
  });

  it('without lists is about everything, first and last count as in GET', async () => {
    const first = await query({ first: 3 });
    expect(uuidsOf(first.body)).toEqual(uuidsOf(await get<FlowsPage>(server, '/api/v1/flows?first=3')));
    const page = await query({ limit: 2 });
    expect(page.body.flows.length).toBe(2);
    const next = await query({ limit: 2, cursor: page.body.next });
    expect(uuidsOf(next.body)).not.toEqual(uuidsOf(page.body));
    const streamed = await query({ last: 5 }, 'application/x-ndjson');
    expect(streamed.text.trim().split('\n').length).toBe(5);
  });

  it('gives only the fields of its mask', async () => {
    const { body } = await query({ last: 2, field_mask: ['verdict', 'source.namespace'] });
    for (const record of body.flows) {
      expect(Object.keys(record).sort()).toEqual(['flow', 'node_name', 'time']);
      expect(Object.keys(record['flow'] as Told).sort()).toEqual(['source', 'verdict']);
    }
    const lines = await query({ last: 2, field_mask: ['verdict'] }, 'application/x-ndjson');
    for (const line of lines.text.trim().split('\n')) {
      expect(Object.keys((JSON.parse(line) as { flow: object }).flow)).toEqual(['verdict']);
    }
  });

  it.each([
    [{ whitelist: [{ verdict: ['NOPE'] }] }, 'invalid_filter', 'whitelist'],
    [{ blacklist: [{ pods: ['a'] }] }, 'invalid_filter', 'blacklist'],
    [{ whitelist: {} }, 'invalid_parameter', 'whitelist'],
    [{ whitelist: [1] }, 'invalid_filter', 'whitelist'],
    [{ allowlist: [] }, 'unknown_parameter', 'allowlist'],
    [{ first: 1, last: 1 }, 'invalid_parameter', 'last'],
    [{ first: 'many' }, 'invalid_parameter', 'first'],
    [{ since: 'yesterday' }, 'invalid_parameter', 'since'],
    [{ since: 1 }, 'invalid_parameter', 'since'],
    [{ field_mask: ['nope'] }, 'invalid_parameter', 'field_mask'],
    [{ field_mask: 'verdict' }, 'invalid_parameter', 'field_mask'],
    ['{', 'invalid_body', undefined],
    ['', 'invalid_body', undefined],
    [Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 'invalid_body', undefined],
    ['['.repeat(60_000), 'invalid_body', undefined],
    [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, 'invalid_parameter', undefined],
    [`{"whitelist":[${'['.repeat(30_000)}${']'.repeat(30_000)}]}`, 'invalid_filter', 'whitelist'],
    ['[]', 'invalid_parameter', undefined],
  ] as [unknown, string, string | undefined][])(
    'is refused where it makes no sense',
    async (body, code, field) => {
      const answer = await query(body);
      expect({ status: answer.status, code: answer.body.error.code }).toEqual({ status: 400, code });
      if (field !== undefined) expect(answer.body.error.field).toBe(field);
      expect(answer.body.error.message.length).toBeLessThan(3_000);
    },
  );

  it('is refused when it is too large', async () => {
    const answer = await query({ whitelist: [{ source_label: ['a'.repeat(1 << 20)] }] });
    expect(answer.status).toBe(413);
    expect(answer.body.error.code).toBe('payload_too_large');
  });
});
