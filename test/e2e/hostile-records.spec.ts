import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { makeFlow } from '../support/run-flows.js';
import { ask, ndjson, post, store } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

const nest = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const many = Array.from({ length: 5_000 }, (_, i) => `k8s:l${i}=v`);
const objects = many.map((name) => ({ name }));

/** What is added to the flow, and to each of its ends; "deep" stands for lists in lists. */
const strange: [string, object, object][] = [
  ['a deep end', {}, { x: 'deep' }],
  ['deep labels', { node_labels: 'deep' }, { labels: 'deep' }],
  ['labels that are deep', { node_labels: ['a=b', 'deep'] }, { labels: ['a=b', 'deep'] }],
  ['deep workloads', {}, { workloads: ['deep', { name: 'web', kind: 'deep' }] }],
  ['deep names and services', { source_names: ['deep'], destination_service: { name: 'deep' } }, {}],
  ['deep policies', { egress_allowed_by: ['deep', { name: 'deep', x: 'deep' }] }, {}],
  ['deep members', { x: 'deep', event_type: { type: 4, x: 'deep' }, interface: 'deep' }, {}],
  ['a deep message', { l7: { type: 'REQUEST', http: { method: 'GET', url: '/', headers: 'deep' } } }, {}],
  ['many labels', { node_labels: many }, { labels: many }],
  ['many workloads', {}, { workloads: objects }],
  ['many names', { source_names: many, destination_names: many }, {}],
  ['many policies', { egress_denied_by: objects, ingress_allowed_by: objects }, {}],
  ['many members', {}, Object.fromEntries(many.map((key) => [key, 1]))],
];

function textOf([, ofFlow, ofEnd]: (typeof strange)[number], i: number): string {
  const told = makeFlow('strange', i, { verdict: 'DROPPED', ...ofFlow });
  for (const end of [told.flow['source'], told.flow['destination']]) Object.assign(end as object, ofEnd);
  return JSON.stringify(told).replaceAll('"deep"', nest(90));
}

const texts = strange.map(textOf);

let server: Server;
beforeAll(async () => {
  server = await startServer();
});
afterAll(cleanUp);

describe('records that are made to take much', () => {
  it.each(strange.map(([name], i) => [name, texts[i] ?? '']))(
    'are stored to the letter: %s',
    async (_, text) => {
      expect(await store(server, `${text}\n`)).toMatchObject({ stored: 1, rejected: 0 });
      // Shown short, as it would be all that is seen where it fails.
      expect((await ndjson(server)).map((line) => line === text)).toContain(true);
    },
  );

  /** So deep, what was stored could be written again by the thread that stored it, but not by the one that answers. */
  it('are rejected where they are too deep', async () => {
    const { flow, ...envelope } = makeFlow('deep', 1);
    const text = JSON.stringify({ flow: { ...flow, source: { x: 'deep' } }, ...envelope });
    const { status, body } = await post(server, text.replace('"deep"', nest(7_000)));
    expect(status).toBe(400);
    expect(body.error.message).toContain(
      'line 1: the record has more than 100 objects and lists in one another',
    );
  });

  it.each([
    '/api/v1/flows?limit=100',
    '/api/v1/flows/groups?by=from-pod',
    '/api/v1/map',
    '/api/v1/map?level=pod',
    '/api/v1/drops',
    '/api/v1/export',
    '/api/v1/flows?pod=shop/',
  ])('leave nothing that cannot be answered: %s', async (path) => {
    expect((await ask(server, path)).status).toBe(200);
  });

  it('are masked like any other', async () => {
    const body = JSON.stringify({ field_mask: ['source', 'l7', 'node_labels'], last: 100 });
    const answer = await ask(server, '/api/v1/flows/query', { method: 'POST', body });
    expect(answer.status).toBe(200);
  });
});
