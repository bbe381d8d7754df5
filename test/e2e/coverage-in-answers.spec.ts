import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Coverage } from '../../src/telemetry/coverage.schema.js';
import { record } from '../support/make-flow.js';
import { lines } from '../support/run-flows.js';
import { ask, get, mapOf, store } from '../support/run-rest.js';
import { cleanUp, runToEnd, startServer, type Server } from '../support/run-server.js';

/** It falls silent; a header takes its name only as ASCII. */
const SILENT = 'c/größe-🙂';
const at = (time: string, node: string, uuid: string) =>
  record({
    time: `2026-06-01T${time}Z`,
    node_name: node,
    uuid,
    verdict: 'DROPPED',
    drop_reason_desc: 'POLICY_DENIED',
  });

let server: Server;
beforeAll(async () => {
  server = await startServer();
  const loss = { source: 'HUBBLE_RING_BUFFER', num_events_lost: '37' };
  await store(
    server,
    lines([
      at('10:00:00', 'c/n1', 'a'),
      at('10:05:00', SILENT, 'b'),
      { lost_events: loss, node_name: 'c/n1', time: '2026-06-01T10:06:00Z' },
      at('10:20:00', 'c/n1', 'c'),
      at('10:30:00', 'c/n1', 'd'),
    ]),
  );
});
afterAll(cleanUp);

const WINDOW = 'since=2026-06-01T10:04&until=2026-06-01T10:25';

async function calls(): Promise<string[]> {
  const [edge] = (await mapOf(server)).edges;
  return [
    'flows',
    'flows/count',
    'flows/groups?by=verdict',
    'flows/timeseries',
    'flows/hints?field=verdict',
    'drops',
    'map',
    `edges/${edge?.id ?? ''}`,
  ];
}

async function coverageOf(call: string, window: string): Promise<Coverage> {
  const path = `/api/v1/${call}${call.includes('?') ? '&' : '?'}${window}`;
  return (await get<{ coverage: Coverage }>(server, path)).coverage;
}

describe('every answer', () => {
  it('says what is held of its window, what was lost and who was silent', async () => {
    for (const call of await calls()) {
      const coverage = await coverageOf(call, WINDOW);
      expect({ call, coverage }).toEqual({
        call,
        coverage: {
          from: '2026-06-01T10:04:00Z',
          to: '2026-06-01T10:25:00Z',
          keptSince: null,
          eventsLost: 37,
          silentNodes: [{ node: SILENT, lastHeard: '2026-06-01T10:05:00Z' }],
          silentNodesLeftOut: 0,
          note: expect.stringContaining('sampled'),
        },
      });
    }
  });

  it('says so of the questions of Hubble and of streams, too', async () => {
    const body = JSON.stringify({ since: '2026-06-01T10:04', until: '2026-06-01T10:25' });
    const { body: page } = await ask<{ coverage: Coverage }>(server, '/api/v1/flows/query', {
      method: 'POST',
      body,
    });
    expect(page.coverage).toEqual(await coverageOf('flows', WINDOW));
    for (const accept of ['application/x-ndjson', 'text/csv']) {
      const { headers } = await ask(server, `/api/v1/flows?${WINDOW}`, { headers: { accept } });
      expect(JSON.parse(String(headers['flowatlas-coverage']))).toEqual(page.coverage);
    }
  });

  it('does not call a node silent that was heard to the end, nor one that is long gone', async () => {
    expect(await coverageOf('flows', 'until=2026-06-01T10:05')).toMatchObject({
      eventsLost: 0,
      silentNodes: [{ node: 'c/n1', lastHeard: '2026-06-01T10:00:00Z' }],
    });
    expect((await coverageOf('flows', 'until=2026-06-01T10:01')).silentNodes).toEqual([]);
    expect((await coverageOf('flows', 'since=2026-06-01T10:30')).silentNodes).toHaveLength(1);
    await store(server, lines([at('12:00:00', 'c/n1', 'e')]));
    expect((await coverageOf('flows', 'since=2026-06-01T11:59')).silentNodes).toEqual([]);
  });

  it('is told so on the command line', async () => {
    const { stdout } = await runToEnd(['drops', '--server', server.url, '--until', '2026-06-01T10:25']);
    expect(stdout).toContain('Hubble lost 37 events in this window');
    expect(stdout).toContain(`1 node fell silent, ${SILENT} last, after 2026-06-01T10:05:00Z`);
  });
});
