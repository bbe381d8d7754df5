import { describe, expect, it } from '@jest/globals';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { flowJson, pod, record, world } from '../../../test/support/make-flow.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import { everything } from '../../domain/filter/filter.js';
import { always } from '../../domain/filter/window.js';
import { FlowReader } from '../../domain/flow/flow-reader.js';
import { ServiceMap } from '../../domain/service-map/service-map.js';
import { everyone } from '../../domain/viewer.js';
import { FlowScanner } from '../../ingest/flow-scanner.js';
import { IngestSession } from '../../ingest/ingest-session.js';
import { openForReading } from './database.js';
import { verify } from './verify.js';

type Fields = Record<string, unknown>;

const newFolder = temporaryFolders();
const all = { filter: everything, window: always };
const dating = {
  year: undefined,
  notAfter: Date.UTC(2026, 5, 2),
  notAfterIs: 'the time of arrival',
} as const;

const at = (second: number, fields: Fields) =>
  record({
    uuid: crypto.randomUUID(),
    time: new Date(Date.UTC(2026, 5, 1, 10, 0, second)).toISOString(),
    ...fields,
  });
const toWorld = (second: number, address: string, more: Fields = {}) =>
  at(second, {
    destination: world,
    IP: { source: '10.0.1.5', destination: address, ipVersion: 'IPv4' },
    ...more,
  });
const answer = (second: number, query: string, ...ips: string[]) =>
  at(second, {
    Type: 'L7',
    event_type: { type: 129 },
    source: pod('kube-system/coredns-0', 'coredns'),
    destination: flowJson()['source'],
    l4: { UDP: { source_port: 53, destination_port: 40_000 } },
    is_reply: true,
    l7: { type: 'RESPONSE', dns: { query, ips, ttl: 60, qtypes: ['A'], rrtypes: ['A'] } },
  });

const toPod = (second: number, more: Fields = {}) =>
  at(second, {
    destination: pod('pay/api-6c9f7b8d4-x2z4k', undefined, { labels: ['k8s:app=api'] }),
    IP: { source: '10.0.1.5', destination: '10.0.3.7', ipVersion: 'IPv4' },
    ...more,
  });

/** Enough alike that most are read by the scanner. */
const records = [
  toPod(1),
  toWorld(1, '203.0.113.9'),
  answer(2, 'api.example.com.', '203.0.113.9', '203.0.113.10'),
  ...Array.from({ length: 20 }, (_, i) => toWorld(3 + (i % 5), '203.0.113.9')),
  answer(10, 'cdn.example.com.', '203.0.113.10'),
  ...Array.from({ length: 6 }, () => toWorld(12, '203.0.113.10')),
  toWorld(12, '203.0.113.9', { destination_names: ['given.example.com'] }),
  ...Array.from({ length: 8 }, () => toPod(14, { destination: {} })),
].map((value) => JSON.stringify(value));

function store(lines: readonly string[]) {
  const opened = openSqlite(newFolder());
  const reader = new FlowReader();
  const session = new IngestSession(opened.writer, reader, new FlowScanner(reader), dating);
  session.write(Buffer.from(lines.map((line) => `${line}\n`).join('')));
  session.end();
  return opened;
}

const told = (map: ServiceMap) => ({
  nodes: map.nodes().map(({ id, nameConfidence }) => [id, nameConfidence]),
  edges: map
    .edges()
    .filter(({ target }) => !target.includes('coredns'))
    .map(({ target, verdicts, inferred }) => [target, verdicts['forwarded'], inferred]),
});

const expected = {
  nodes: [
    ['c/kube-system/coredns', undefined],
    ['c/pay/api', undefined],
    ['c/shop/web', undefined],
    ['entity:world', undefined],
    ['fqdn:api.example.com', 'exact'],
    ['fqdn:cdn.example.com', 'shared'],
    ['fqdn:given.example.com', 'given'],
  ],
  edges: [
    ['c/pay/api', 9, ['pod']],
    ['entity:world', 1, undefined],
    ['fqdn:api.example.com', 20, ['name']],
    ['fqdn:cdn.example.com', 6, ['name']],
    ['fqdn:given.example.com', 1, undefined],
  ],
};

describe('flows with a name or a pod learned for an address', () => {
  it('are told by them on the map of single flows, of sums and of sums by hour, and by none in their records', async () => {
    const { store: held, writer, close, file } = store(records);
    await writer.commit();
    const tallies = [];
    for await (const batch of held.tallies(everyone, all)) tallies.push(...batch.tallies);
    const sums = await held.sums(everyone, all);
    let text = '';
    for await (const batch of held.records(everyone, all)) text += batch.text;
    await close();
    for (const map of [
      ServiceMap.of(tallies, 'workload'),
      ServiceMap.of(sums.tallies, 'workload', sums.ends),
    ]) {
      expect(sorted(told(map))).toEqual(expected);
      expect(map.node('c/pay/api')?.labels).toEqual(['k8s:app=api']);
    }
    const pods = ServiceMap.of(tallies, 'pod');
    expect(pods.node('c/pay/api-6c9f7b8d4-x2z4k')?.kind).toBe('pod');
    expect(text.split('\n').slice(0, -1)).toEqual(records);
    const db = openForReading(file);
    expect([...verify(db)].flatMap(({ problems }) => problems)).toEqual([]);
    const ends = db.prepare(
      "SELECT DISTINCT destination FROM edges WHERE destination LIKE 'fqdn:%' ORDER BY 1",
    );
    expect(ends.pluck().all()).toEqual(expected.nodes.slice(4).map(([id]) => id));
    db.close();
  });
});

function sorted({ nodes, edges }: ReturnType<typeof told>) {
  return { nodes, edges: edges.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)) };
}
