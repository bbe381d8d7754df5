import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../test/support/arbitrary-flows.js';
import { ingest } from '../../test/support/ingest.js';
import { flowJson, pod, record, world } from '../../test/support/make-flow.js';
import { FlowReader } from '../domain/flow/flow-reader.js';
import { viewOf } from './byte-arena.js';
import { NONE } from './byte-numbers.js';
import { KnownValues } from './known-values.js';
import { Namer } from './namer.js';

/** Read one after another: the later ones are like earlier ones, and are read the short way. */
async function together(texts: readonly string[]) {
  const { memory, report } = await ingest(texts.join('\n'));
  return { flows: memory.flows.map(({ record, flow }) => ({ record, flow })), rejected: report.rejected };
}

/** Each read by a reader of its own, which knows nothing: the long way. What ends were before is known either way. */
async function apart(texts: readonly string[]) {
  const namer = new Namer();
  const flows: unknown[] = [];
  const known = new Set<string>();
  let rejected = 0;
  for (const text of texts) {
    const { memory, report } = await ingest(text, {}, {}, undefined, namer);
    rejected += report.rejected;
    for (const { record, flow } of memory.flows) flows.push({ record, flow });
    for (const key of memory.keys) known.add(key);
  }
  return { flows, rejected, distinct: known.size };
}

async function expectTheSame(texts: readonly string[]): Promise<void> {
  const long = await apart(texts);
  // Those that are told twice are another matter.
  fc.pre(long.distinct === long.flows.length);
  const short = await together(texts);
  expect(short.flows).toEqual(long.flows);
  expect(short.rejected).toBe(long.rejected);
}

/** One connection's packets, as one node tells them: told often, each a little different. */
const packet = fc.record({
  second: fc.nat(59),
  uuid: fc.option(fc.uuid(), { nil: undefined }),
  sourcePort: fc.constantFrom(1, 41_822, 65_535, 65_536, 0.5, '80', null),
  destinationPort: fc.constantFrom(80, 443),
  swapped: fc.boolean(),
  web: fc.constantFrom('web', 'wéb', undefined),
  labels: fc.constantFrom(['a=1', 'z=2'], ['a=1', 'z=3']),
  envelopeTime: fc.constantFrom(undefined, '2026-06-01T11:00:00Z'),
  cookie: fc.constantFrom(undefined, '18446744073709551615', '12'),
  names: fc.constantFrom(undefined, ['x.example']),
  addresses: fc.constantFrom('first', 'last'),
  form: fc.constantFrom('envelope', 'envelope first', 'bare'),
});
type Packet = typeof packet extends fc.Arbitrary<infer T> ? T : never;

const repeated = fc.array(packet, { minLength: 2, maxLength: 12 }).map((packets) => packets.map(packetText));

function packetText(told: Packet, i: number): string {
  const time = `2026-06-01T10:00:${String(told.second).padStart(2, '0')}.${String(i).padStart(9, '0')}Z`;
  const IP = { source: told.swapped ? '10.0.2.7' : '10.0.1.5', destination: '10.0.2.7', ipVersion: 'IPv4' };
  const flow = {
    time,
    uuid: told.uuid,
    verdict: 'FORWARDED',
    ...(told.addresses === 'first' ? { IP } : {}),
    l4: { TCP: { source_port: told.sourcePort, destination_port: told.destinationPort } },
    source: pod('shop/web-0', told.web),
    destination: pod('pay/api-0', 'api'),
    Type: 'L3_L4',
    node_name: 'c/n1',
    node_labels: told.labels,
    source_names: told.names,
    event_type: { type: 4 },
    interface: { index: 5 + i, name: 'lxc' },
    socket_cookie: told.cookie,
    n: i,
    ...(told.addresses === 'last' ? { IP } : {}),
  };
  const envelope = { node_name: 'c/n1', time: told.envelopeTime ?? time };
  if (told.form === 'bare') return JSON.stringify(flow);
  return JSON.stringify(told.form === 'envelope' ? { flow, ...envelope } : { ...envelope, flow });
}

/** Who is at two addresses in turn: pods, others, a Service, and ends that are told apart only by what was there before. */
const end = fc.constantFrom<Record<string, unknown>>(
  pod('pay/api-0', 'api'),
  { ...pod('pay/api-0', 'api'), labels: ['k8s:app=api', 'k8s:tier=back'] },
  pod('pay/db-0', 'db'),
  world,
  { identity: 1, labels: ['reserved:host'] },
  {},
  { ...pod('pay/huge-0', 'api'), more: Array.from({ length: 200 }, () => ({})) },
  { pod_name: 'odd', podName: 'other', labels: Array.from({ length: 200 }, (_, i) => (i % 9 ? 'a=b' : i)) },
);
const sighting = fc.record({
  minute: fc.oneof(fc.nat(2), fc.nat(14)),
  source: end,
  destination: end,
  addresses: fc.constantFrom(['10.0.1.5', '10.0.2.7'], ['10.0.2.7', '10.0.1.5'], ['10.0.2.7', '10.0.2.7']),
  port: fc.constantFrom(80, 443),
  service: fc.constantFrom(
    undefined,
    undefined,
    { name: 'x', namespace: 'pay' },
    { name: 'y', namespace: 'pay' },
  ),
});

const sightings = fc.array(sighting, { minLength: 4, maxLength: 16 }).map((told) => told.map(sightingText));

type Sighting = typeof sighting extends fc.Arbitrary<infer T> ? T : never;

function sightingText({ minute, addresses, port, service, ...ends }: Sighting, i: number): string {
  const time = `2026-06-01T10:${String(minute).padStart(2, '0')}:00Z`;
  const [source, destination] = addresses;
  return JSON.stringify(
    record({
      uuid: `sighting ${i}`,
      time,
      ...ends,
      IP: { source, destination, ipVersion: 'IPv4' },
      l4: { TCP: { source_port: 40_000, destination_port: port } },
      destination_service: service,
    }),
  );
}

describe('what is known from earlier records', () => {
  it('changes nothing of what is read and given back, for flows of any kind', () =>
    fc.assert(fc.asyncProperty(flowTexts(10), expectTheSame), { numRuns: 100 }));

  it('changes nothing where a few connections are told over and over', () =>
    fc.assert(
      fc.asyncProperty(
        repeated.filter((texts) => !texts.some(tellsTimeFirst)),
        expectTheSame,
      ),
      { numRuns: 150 },
    ));

  it('changes nothing of who is found at an address', () =>
    fc.assert(fc.asyncProperty(sightings, expectTheSame), { numRuns: 1000 }));

  it('changes nothing where the envelope comes first and has a time of its own', async () => {
    const texts = ['00', '10', '20', '30'].map((s, i) => {
      const flow = flowJson({ time: `2026-06-01T10:00:${s}Z`, node_name: 'c/n1' });
      const time = i < 2 ? flow['time'] : '2026-06-01T12:00:00Z';
      return JSON.stringify({ time, node_name: 'c/n1', flow });
    });
    await expectTheSame(texts);
  });

  it('changes nothing of records that were damaged somewhere', () =>
    fc.assert(
      fc.asyncProperty(
        repeated,
        fc.nat(),
        fc.constantFrom('', '"', '}', '\\', '0', ','),
        async (texts, at, by) => {
          const victim = texts.at(-1)!;
          const place = at % victim.length;
          const damaged = victim.slice(0, place) + by + victim.slice(place + 1);
          const whole = texts.filter((text) => !tellsTimeFirst(text));
          fc.pre(!tellsTimeFirst(damaged));
          await expectTheSame(
            [...whole.slice(0, -1), ...whole, damaged].filter((t, i, all) => all.indexOf(t) === i),
          );
        },
      ),
      { numRuns: 200 },
    ));

  it.each([
    ['a port', /"source_port":\d+/, '"source_port":'],
    ['the index of an interface', /"index":\d+/, '"index":'],
    ['node labels', /"node_labels":\[[^\]]*\]/, '"node_labels":'],
    ['an endpoint', /"destination":\{"identity[^}]*\}/, '"destination":'],
  ])('does not make a record out of one in which %s is missing', async (_, value, nothing) => {
    const texts = [1, 2, 3, 4].map((n) =>
      JSON.stringify(
        record({
          time: `2026-06-01T10:00:0${n}Z`,
          node_labels: ['a=1', 'b=2'],
          interface: { index: n, name: 'lxc' },
        }),
      ),
    );
    const broken = texts[3]!.replace(value, nothing);
    expect(() => JSON.parse(broken) as unknown).toThrow(SyntaxError);
    const { flows } = await together([...texts.slice(0, 3), broken]);
    expect(flows.map(({ record }) => record)).toEqual(texts.slice(0, 3));
  });
});

/** Ways of asking for a text, each told another one every time. */
const kinds: Record<string, (known: KnownValues, text: string) => unknown> = {
  address: (known, text) => known.address(viewOf(Buffer.from(text)), 0, text.length),
  node: (known, text) => known.node(viewOf(Buffer.from(text)), 0, text.length),
  text: (known, text) => known.plainText(viewOf(Buffer.from(text)), 0, text.length),
  value: (known, text) => known.value(viewOf(Buffer.from(`["${text}"]`)), 0, text.length + 4),
  endpoint: (known, text) => {
    const name = Buffer.from(`{"pod_name":"${text}"}`);
    const address = known.address(viewOf(Buffer.from(`${text.length % 9}`)), 0, 1);
    return known.endpoint(address, viewOf(name), 0, name.length);
  },
};

describe('what is known', () => {
  it.each(Object.entries(kinds))('is bounded by its bytes: %s', (_, ask) => {
    const most = 1_000_000;
    const known = new KnownValues(new FlowReader(), most);
    let forgot = 0;
    for (let i = 0; i < 150; i++) {
      const before = known.bytes;
      known.makeRoom();
      expect([undefined, NONE]).not.toContain(ask(known, `${i}`.padEnd(10_000 + (i % 9), 'x')));
      expect(known.bytes).toBeLessThan(most + 20_000);
      if (known.bytes < before) forgot++;
    }
    expect(forgot).toBe(1);
  });

  it.each(Object.entries(kinds))('does not hold what is very long: %s', (_, ask) => {
    const known = new KnownValues(new FlowReader());
    expect([undefined, NONE]).toContain(ask(known, 'x'.repeat(20_000)));
    expect(known.bytes).toBeLessThan(1_000);
  });

  it('gives the room of endpoints that are forgotten to others of their address', () => {
    const known = new KnownValues(new FlowReader());
    for (let i = 0; i < 1_000; i++) {
      known.makeRoom();
      const endpoint = Buffer.from(JSON.stringify({ pod_name: `pod-${i + 1_000}` }));
      const address = known.address(viewOf(Buffer.from('10.0.0.1')), 0, 8);
      expect(known.endpoint(address, viewOf(endpoint), 0, endpoint.length)).not.toBe(NONE);
    }
    expect(known.bytes).toBeLessThan(5_000);
  });

  it('does not mix up endpoints of one address, on both sides of a record and forgotten meanwhile', async () => {
    const end = (n: number) => pod(`shop/web-${n % 17}`, `web-${n % 17}`);
    const texts = Array.from({ length: 300 }, (_, n) =>
      JSON.stringify(
        record({
          uuid: `both ${n}`,
          IP: { source: '10.0.0.1', destination: '10.0.0.1', ipVersion: 'IPv4' },
          source: end(n * 7),
          destination: end(n * 11 + 3),
        }),
      ),
    );
    await expectTheSame(texts);
  });

  it('gives back records that are longer than what is held', async () => {
    const texts = [1, 2, 3, 4].flatMap((n) =>
      ['cgroup_id', 'node_name', 'interface', 'source_names', 'source'].map((key) => {
        const long = `${n}`.padEnd(20_000, 'x');
        const values: Record<string, unknown> = {
          interface: { name: long },
          source_names: [long],
          source: pod(`shop/${long}`),
        };
        return JSON.stringify(record({ uuid: `${key} ${n}`, [key]: values[key] ?? long }));
      }),
    );
    await expectTheSame(texts);
  });
});

function tellsTimeFirst(text: string): boolean {
  return text.startsWith('{"node_name"');
}
