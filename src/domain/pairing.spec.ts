import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { itWithCaptures, orSkipped, readCapture } from '../../test/support/captures.js';
import { flow, flowRecordOf } from '../../test/support/make-flow.js';
import { FlowReader } from './flow/flow-reader.js';
import { readMessageId } from './flow/l7-reader.js';
import { formatTimestamp } from './flow/timestamp.js';
import { PAIRED_UNIT, Pairing } from './pairing.js';

const START = 1_780_308_000_000_000_000n;
const MICROSECOND = 1_000n;
const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;

interface Told {
  type: 'REQUEST' | 'RESPONSE';
  /** Since the start. */
  at: bigint;
  port?: number;
  url?: string;
  id?: string;
  node?: string;
  kind?: 'http' | 'dns' | 'kafka';
  protocol?: string;
  fields?: Record<string, unknown>;
}

function flowOf({ type, at, kind = 'http', ...told }: Told) {
  const { port = 41_822, url = '/', node = 'c/n1', protocol = 'HTTP/1.1', fields = {} } = told;
  const isAnswer = type === 'RESPONSE';
  const [client, server] = ['10.0.1.5', '10.0.2.7'];
  const messages = {
    http: { method: 'GET', url, protocol },
    dns: { query: url, qtypes: ['A'] },
    kafka: { topic: url },
  };
  return flow({
    time: formatTimestamp(START + at),
    IP: isAnswer ? { source: server, destination: client } : { source: client, destination: server },
    l4: {
      TCP: isAnswer
        ? { source_port: 80, destination_port: port }
        : { source_port: port, destination_port: 80 },
    },
    Type: 'L7',
    event_type: { type: 129 },
    is_reply: isAnswer,
    node_name: node,
    l7: { type, [kind]: messages[kind] },
    ...fields,
  });
}

/** The latencies that are found, by the place of the answer. */
function paired(told: readonly Told[], pairing = new Pairing()): (number | undefined)[] {
  return told.map((one) => {
    const flow = flowOf(one);
    const latency = pairing.latencyOf(flow, one.id ?? '');
    pairing.settle(flow, one.id ?? '');
    return latency === 0 ? undefined : latency;
  });
}

const ask = (at: bigint, more: Partial<Told> = {}): Told => ({ type: 'REQUEST', at, ...more });
const answer = (at: bigint, more: Partial<Told> = {}): Told => ({ type: 'RESPONSE', at, ...more });

/** A request and its answer; of the same conversation where port and URL are the same. */
interface Exchange {
  from: bigint;
  to: bigint;
  port: number;
  url: string;
  id: string;
  protocol: string;
}

const exchanges = fc
  .array(
    fc.record({
      from: fc.nat(30_000),
      took: fc.integer({ min: 1, max: 20_000 }),
      port: fc.constantFrom(1_001, 1_002, 1_003),
      url: fc.constantFrom('/', '/a'),
      hasId: fc.boolean(),
      protocol: fc.constantFrom('HTTP/1.1', 'HTTP/2'),
    }),
    { maxLength: 40, size: 'max' },
  )
  // No two things happen at once.
  .map((list) =>
    list.map(({ from, took, hasId, ...told }, i): Exchange => {
      const begin = BigInt(from) * 1_000n * MICROSECOND + BigInt(2 * i) * MICROSECOND;
      const end = begin + BigInt(took) * 1_000n * MICROSECOND + MICROSECOND;
      return { from: begin, to: end, id: hasId ? `id ${i}` : '', ...told };
    }),
  );

/** Of each exchange whether it shares some time with another of its conversation, over any number of others. */
function isAlone(one: Exchange, all: readonly Exchange[]): boolean {
  return !all.some(
    (other) =>
      other !== one &&
      other.port === one.port &&
      other.url === one.url &&
      other.from < one.to &&
      other.to > one.from,
  );
}

describe('pairing', () => {
  it('finds how long an answer took by its request', () => {
    expect(paired([ask(0n), answer(12_345_678n)])).toEqual([undefined, 12_345_700]);
    expect(paired([ask(0n, { kind: 'dns' }), answer(1_000_000n, { kind: 'dns' })])[1]).toBe(1_000_000);
    const id = { kind: 'kafka', id: '7' } as const;
    expect(paired([ask(0n, id), answer(SECOND, id)])[1]).toBe(1_000_000_000);
    expect(paired([ask(0n, { kind: 'kafka' }), answer(1n, { kind: 'kafka' })])[1]).toBeUndefined();
  });

  it.each<[string, Partial<Told>]>([
    ['connection', { port: 41_823 }],
    ['node', { node: 'c/n2' }],
    ['URL', { url: '/other' }],
    ['kind', { kind: 'dns' }],
    ['point of observation', { fields: { traffic_direction: 'INGRESS' } }],
  ])('needs the same %s', (_, other) => {
    expect(paired([ask(0n), answer(1_000n, other)])[1]).toBeUndefined();
  });

  it.each<[string, Record<string, unknown>]>([
    ['addresses', { IP: {} }],
    ['ports', { l4: { TCP: {} } }],
    ['the node', { node_name: '' }],
    ['the time', { time: undefined }],
  ])('is left alone where a mask took %s', (_, fields) => {
    expect(paired([ask(0n, { fields }), answer(1_000n, { fields })])[1]).toBeUndefined();
  });

  it('takes no request that came later, none of more than a minute ago, and none at the same time', () => {
    expect(paired([ask(2n * SECOND), answer(SECOND)])[1]).toBeUndefined();
    expect(paired([ask(0n), answer(MINUTE)])[1]).toBe(Number(MINUTE));
    expect(paired([ask(0n), answer(MINUTE + 1n)])[1]).toBeUndefined();
    expect(paired([ask(0n), answer(0n), answer(5n * SECOND)])).toEqual([undefined, undefined, undefined]);
  });

  it('does not guess between several requests for the same, unless their ids tell', () => {
    const [a, b] = [{ id: 'a' }, { id: 'b' }];
    expect(paired([ask(0n), ask(SECOND), answer(2n * SECOND), answer(3n * SECOND)])).toEqual(
      [1, 2, 3, 4].map(() => undefined),
    );
    expect(paired([ask(0n, a), ask(SECOND, b), answer(2n * SECOND, b), answer(3n * SECOND, a)])).toEqual([
      undefined,
      undefined,
      1e9,
      3e9,
    ]);
    expect(paired([ask(0n, a), answer(SECOND, b)])[1]).toBeUndefined();
    expect(paired([ask(0n, a), answer(SECOND)])[1]).toBe(1e9);
    expect(paired([ask(0n, a), ask(1n, a), answer(SECOND, a)])[2]).toBeUndefined();
  });

  it('gets over an answer that was lost: on HTTP/1 after a minute, on HTTP/2 when nothing waits any more', () => {
    const often = (protocol: string, count: number) => [
      ask(0n, { protocol }),
      ...Array.from({ length: count }, (_, i) => [
        ask(BigInt(i + 1) * 10n * SECOND, { protocol }),
        answer(BigInt(i + 1) * 10n * SECOND + 1_000n, { protocol }),
      ]).flat(),
    ];
    const found = (protocol: string, count: number) =>
      paired(often(protocol, count)).filter((latency) => latency !== undefined);
    expect(found('HTTP/1.1', 6)).toEqual([]);
    expect(found('HTTP/1.1', 9)).toEqual([1_000, 1_000, 1_000]);
    expect(found('HTTP/2', 9)).toEqual([]);
    const later = [
      ask(10n * MINUTE, { protocol: 'HTTP/2' }),
      answer(10n * MINUTE + 700n, { protocol: 'HTTP/2' }),
    ];
    expect(paired([...often('HTTP/2', 9), ...later]).at(-1)).toBe(700);
  });

  it('trusts no request of HTTP over a loss of its node, but of packets', () => {
    const over = (node: string, source: string, more: Partial<Told> = {}) => {
      const pairing = new Pairing();
      paired([ask(0n, more)], pairing);
      pairing.lose(node, source);
      return paired([answer(SECOND, more)], pairing)[0];
    };
    expect(over('c/n1', 'OBSERVER_EVENTS_QUEUE')).toBeUndefined();
    expect(over('c/n1', 'PERF_EVENT_RING_BUFFER')).toBe(1e9);
    expect(over('c/n2', 'OBSERVER_EVENTS_QUEUE')).toBe(1e9);
    expect(over('c/n1', 'OBSERVER_EVENTS_QUEUE', { kind: 'dns' })).toBe(1e9);
    expect(over('c/n1', 'OBSERVER_EVENTS_QUEUE', { id: 'a' })).toBe(1e9);
  });

  it('does not count a request twice that comes again, nor an answer that is not held', () => {
    expect(paired([ask(0n), ask(0n), answer(SECOND)])[2]).toBe(1e9);
    const pairing = new Pairing();
    paired([ask(0n)], pairing);
    expect(pairing.latencyOf(flowOf(answer(SECOND)), '')).toBe(1e9);
    expect(pairing.latencyOf(flowOf(answer(SECOND)), '')).toBe(1e9);
  });

  it('forgets the oldest requests when there are too many, and long ones sooner', () => {
    const many = Array.from({ length: 5 }, (_, i) => ask(BigInt(i), { port: 1_000 + i }));
    const answers = many.map(({ port }) => answer(SECOND, { port: port ?? 0 }));
    const found = paired([...many, ...answers], new Pairing(3)).slice(5);
    expect(found.map((latency) => latency !== undefined)).toEqual([false, false, true, true, true]);
    const url = `/${'x'.repeat(1 << 20)}`;
    const long = Array.from({ length: 5 }, (_, i) => ask(BigInt(i), { port: 1_000 + i, url }));
    expect(paired([...long, answer(SECOND, { port: 1_000, url })]).at(-1)).toBeUndefined();
    const alike = Array.from({ length: 300 }, (_, i) => ask(BigInt(i), { id: `${i}` }));
    const last = [answer(SECOND, { id: '0' }), answer(SECOND, { id: '299' })];
    expect(paired([...alike, ...last]).slice(-2)).toEqual([undefined, Number(SECOND) - 300]);
  });

  itWithCaptures(`agrees with Hubble where it timed answers itself, and finds more${orSkipped}`, () => {
    const capture = readCapture('flows/json/hubble-otel_basic-sample-400-tcp-flows.json').toString('utf8');
    const [reader, pairing] = [new FlowReader(), new Pairing()];
    const found = capture.split('\n').flatMap((line) => {
      if (!line.includes('"l7"')) return [];
      const record = flowRecordOf(JSON.parse(line));
      const read = reader.read(record);
      const id = readMessageId(record.flow['l7']);
      const ours = pairing.latencyOf(read, id);
      pairing.settle(read, id);
      return read.l7?.type === 'RESPONSE' ? [{ ours, hubbles: read.latency }] : [];
    });
    // The request of one was not recorded.
    expect(found.filter(({ ours }) => ours > 0)).toHaveLength(31);
    const both = found.filter(({ hubbles }) => hubbles > 0);
    expect(both).toHaveLength(19);
    // Hubble reckons by the proxy's clock, and writes the agent's into the record.
    const differences = both.map(({ ours, hubbles }) => Math.abs(ours - hubbles)).sort((a, b) => a - b);
    expect(differences[9]).toBeLessThan(500_000);
    expect(differences.at(-1)).toBeLessThan(11_000_000);
  });

  it('finds all latencies that ids tell or that are alone on their connection, and each of them is right', () => {
    fc.assert(
      fc.property(exchanges, (all) => {
        const events = all
          .flatMap(({ from, to, ...one }) => [
            { told: { ...one, type: 'REQUEST' as const, at: from }, took: 0n, of: one },
            { told: { ...one, type: 'RESPONSE' as const, at: to }, took: to - from, of: one },
          ])
          .sort((a, b) => (a.told.at < b.told.at ? -1 : 1));
        const found = paired(events.map(({ told }) => told));
        for (const [i, { told, took }] of events.entries()) {
          const latency = found[i];
          if (latency !== undefined) expect(Math.abs(latency - Number(took))).toBeLessThan(PAIRED_UNIT);
          if (told.type === 'REQUEST') continue;
          const exchange = all.find((one) => one.to === told.at && one.port === told.port)!;
          if (told.id !== '' || isAlone(exchange, all)) expect(latency).toBeDefined();
        }
      }),
      { numRuns: 500 },
    );
  });
});
