import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FollowedStream } from '../support/run-follow.js';
import { ask, get, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, run, runToEnd, startServer, temporaryFolder, type Server } from '../support/run-server.js';
import { shop, shopFile } from '../support/run-flows.js';

afterAll(cleanUp);

const EVENTS = '/api/v1/events';

/** A policy update of every second, on two nodes by turns. */
function agentEvent(second: number): string {
  return JSON.stringify({
    agent_event: { type: 'POLICY_UPDATED', policy_update: { labels: ['k8s:a'], revision: String(second) } },
    node_name: `c/n${second % 2}`,
    time: new Date(Date.parse('2026-06-01T10:00:00Z') + second * 1000).toISOString(),
  });
}
const debugEvent = JSON.stringify({
  debug_event: { type: 'DBG_CT_VERDICT', source: { ID: 7 }, hash: 255, cpu: 1, message: 'New' },
  node_name: 'c/n1',
  time: '2026-06-01T10:00:02.500Z',
});
const lostEvents = '{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"3"},"node_name":"c/n0"}';
const agentEvents = [0, 1, 2, 3, 4].map(agentEvent);
const body = [...agentEvents, debugEvent, lostEvents].map((line) => `${line}\n`).join('');

interface Page {
  events: object[];
  next: string | null;
}

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
  await store(server, body);
});

async function lines(query: string, path = EVENTS): Promise<string[]> {
  const { status, text } = await ask(server, `${path}?${query}`, {
    headers: { accept: 'application/x-ndjson' },
  });
  expect(status).toBe(200);
  return text.split('\n').slice(0, -1);
}

describe('GET /events', () => {
  it('gives the records of every kind as they came, newest first or oldest first', async () => {
    const all = await lines('order=asc');
    expect(all[0]).toBe(lostEvents);
    for (const line of [...agentEvents, debugEvent]) expect(all).toContain(line);
    expect(await lines('order=desc')).toEqual(all.toReversed());
    const page = await get<Page & { coverage: object }>(server, `${EVENTS}?limit=10000`);
    expect(page).toMatchObject({ next: null, coverage: { eventsLost: 40 } });
    expect(page.events).toEqual(all.toReversed().map((line) => JSON.parse(line) as object));
  });

  it('by kind, node and window, the newest so many, and page by page', async () => {
    const agents = 'kind=agent_event&until=2026-06-01T10:00:04Z&order=asc';
    expect(await lines(agents)).toEqual(agentEvents);
    expect(await lines(`${agents}&node-name=c/n1`)).toEqual([agentEvents[1], agentEvents[3]]);
    expect(await lines(`${agents}&last=2`)).toEqual(agentEvents.slice(-2));
    expect(await lines(`${agents}&last=1&node-name=n1`)).toEqual([agentEvents[3]]);
    expect(await lines(`${agents}&limit=2`)).toEqual(agentEvents.slice(0, 2));
    expect(await lines('kind=debug_event&kind=lost_events&node-name=c/*&since=2026-06-01T10:00:02Z')).toEqual(
      [debugEvent],
    );
    const found: object[] = [];
    for (let next: string | null = ''; next !== null;) {
      const cursor = next === '' ? '' : `&cursor=${next}`;
      const page: Page = await get(server, `${EVENTS}?limit=2${cursor}`);
      found.push(...page.events);
      next = page.next;
    }
    expect(found).toEqual((await lines('')).map((line) => JSON.parse(line) as object));
  });

  it('goes on with what comes', async () => {
    const stream = await FollowedStream.open(server, 'kind=agent_event&last=1', EVENTS);
    const other = await FollowedStream.open(server, 'kind=debug_event', EVENTS);
    await stream.has(1);
    const news = [100, 101].map((second) => agentEvent(second));
    await store(server, news.map((line) => `${line}\n`).join(''));
    await stream.has(3);
    expect(stream.lines.slice(1)).toEqual(news);
    const debug = debugEvent.replace('New', 'newer');
    await store(server, debug);
    await other.has(1);
    expect(other.lines).toEqual([debug]);
    stream.hangUp();
    other.hangUp();
  });

  it.each([
    ['kind=flow', /kind: "flow" is none of agent_event, debug_event, lost_events, node_status/],
    ['kind=agent_event&kind=x', /kind: "x" is none of/],
    ['node-name=a/b/c', /node-name: "a\/b\/c" has more than one slash/],
    ['since=soon', /since: "soon" is neither/],
    ['since=1h&until=2h', /since: is later than until/],
    ['limit=0', /limit: is at least 1/],
    ['limit=10001', /limit: at most 10000 events a page/],
    ['last=3', /last: ask with Accept/],
    ['follow=true', /follow: ask with Accept/],
    ['cursor=abc', /cursor: take it from/],
    ['cursor=OTk5OTk5OTk5OTk5OTk5OTk5OS4xLjEuLg', /cursor: take it from/],
    ['verdict=DROPPED', /verdict: no such parameter/],
  ])('refuses %s', async (query, message) => {
    const { status, body } = await ask<ErrorBody>(server, `${EVENTS}?${query}`);
    expect({ status, message: body.error.message }).toEqual({
      status: 400,
      message: expect.stringMatching(message),
    });
  });
});

describe('observe agent-events and debug-events', () => {
  const AGENT = /^Jun {2}1 10:00:0\d\.000: POLICY_UPDATED \(labels: \[k8s:a\], revision: \d, count: 0\)$/;
  const DEBUG = 'Jun  1 10:00:02.500: ID: 7 DBG_CT_VERDICT MARK: 0xff CPU: 01 (New)';
  const observe = async (kind: string, ...args: string[]) => {
    const ended = await runToEnd(['observe', kind, ...args]);
    expect(ended.code).toBe(0);
    return { ...ended, lines: ended.stdout.split('\n').slice(0, -1) };
  };
  let file: string;
  beforeAll(() => {
    file = join(temporaryFolder(), 'events.jsonl');
    writeFileSync(file, Buffer.concat([shop, Buffer.from(body)]));
  });

  it('print events of their kind alone, the same of a file, of standard input and of a server', async () => {
    const window = ['--since', '2026-06-01T10:00:00Z', '--until', '2026-06-01T10:00:04Z'];
    const ofFile = await observe('agent-events', '--input-file', file, ...window);
    expect(ofFile.lines).toHaveLength(5);
    for (const line of ofFile.lines) expect(line).toMatch(AGENT);
    const ofServer = await observe('agent-events', '--server', server.url, ...window);
    expect(ofServer).toMatchObject({ stdout: ofFile.stdout, stderr: '' });
    const piped = await runToEnd(['observe', 'debug-events', '--input-file', '-'], { input: body });
    expect(piped).toMatchObject({ code: 0, stdout: `${DEBUG}\n`, stderr: '' });
    const json = await observe('agent-events', '--server', server.url, '-o', 'jsonpb', ...window);
    expect(json.lines).toEqual(agentEvents);
    expect((await observe('agent-events', '--server', server.url, ...window, '--last', '2')).lines).toEqual(
      ofFile.lines.slice(-2),
    );
    expect((await observe('agent-events', '--input-file', file, ...window, '--first', '2')).lines).toEqual(
      ofFile.lines.slice(0, 2),
    );
    expect((await observe('agent-events', '--server', server.url, ...window, '--first', '2')).lines).toEqual(
      ofFile.lines.slice(0, 2),
    );
  });

  it('print tables and blocks of their own, with the node when asked', async () => {
    const of = ['--input-file', file, '--print-node-name', '--time-format', 'RFC3339Milli'];
    const table = await observe('debug-events', ...of, '-o', 'table');
    expect(table.lines.map((line) => line.split(/ {3,}/))).toEqual([
      ['TIMESTAMP', 'NODE', 'FROM', 'TYPE', 'CPU/MARK', 'MESSAGE'],
      ['2026-06-01T10:00:02.5Z', 'c/n1', 'ID: 7', 'DBG_CT_VERDICT', '01 0xff', 'New'],
    ]);
    const dict = await observe('agent-events', '--input-file', shopFile, '-o', 'dict');
    expect(dict.stdout.match(/ TYPE: POLICY_UPDATED\n/g)).toHaveLength(2);
  });

  it('say so where there are none', async () => {
    const none = await observe('debug-events', '--input-file', shopFile);
    expect(none).toMatchObject({ stdout: '', stderr: 'no debug_event of this window is in it\n' });
    const held = await observe('agent-events', '--server', server.url, '--since', '1s');
    expect(held).toMatchObject({ stdout: '', stderr: 'no agent_event of this window is held\n' });
  });

  it('go on with what comes until they are stopped', async () => {
    const following = run(['observe', 'agent-events', '--server', server.url, '-f', '--last', '1']);
    await following.printed(/\n/);
    await store(server, agentEvent(500).replace('k8s:a', 'k8s:followed'));
    await following.printed(/k8s:followed.*\n/);
    expect(await following.stop('SIGINT')).toMatchObject({ code: 0, stderr: '' });
  });

  it.each([
    ['agent-events --pod shop/web', /unknown option '--pod'/],
    ['agent-events --verdict DROPPED', /unknown option '--verdict'/],
    ['debug-events --not', /unknown option '--not'/],
    ['debug-events --numeric', /unknown option '--numeric'/],
    ['debug-events --field-mask time', /unknown option '--field-mask'/],
    ['agent-events -o csv', /Allowed choices are compact, dict, tab, table, json, jsonpb/],
    ['agent-events --first 1 --last 1', /do not go together/],
    ['agent-events -f -o table', /columns are only known at the end/],
    ['--last 3 agent-events', /--last <n> stands in front of agent-events/],
    ['--pod x agent-events', /--pod <value> stands in front of agent-events/],
    ['l7-events', /Allowed choices are flows, agent-events, debug-events/],
  ])('exits 2: observe %s', async (args, words) => {
    const { code, stdout, stderr } = await runToEnd(['observe', ...args.split(' '), '--server', server.url]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(words);
  });
});
