import { describe, expect } from '@jest/globals';
import {
  itWithCaptures,
  listCaptures,
  orSkipped,
  readCapture,
  readExpected,
} from '../../../test/support/captures.js';
import { ingest, type Ingested } from '../../../test/support/ingest.js';
import { toTally } from '../../../test/support/make-flow.js';
import type { Flow } from '../../domain/flow/flow.js';
import { ServiceMap } from '../../domain/service-map/service-map.js';
import type { PrintedFormat } from './printed-flow.js';

const expected = (readExpected('flows/expected.json') ?? {}) as Record<string, { flowLines?: number }>;
const texts = listCaptures('flows/text');
const printed = listCaptures('expected/output');

describe('every text capture', () => {
  itWithCaptures(`is there to be read${orSkipped}`, () => {
    expect(texts.length).toBeGreaterThan(5);
  });

  for (const path of texts) {
    itWithCaptures(`${path} gives a flow for each of its lines that is one, with the line`, async () => {
      const bytes = readCapture(path);
      const flowLines = expected[path.replace('flows/', '')]?.flowLines;
      const { report, records } = await ingest(bytes);
      expect(report).toMatchObject({ stored: flowLines, duplicates: 0, text: { records: flowLines } });
      const lines = bytes.toString('utf8').split('\n');
      expect(report.rejected).toBe(lines.filter((line) => line !== '').length - records.length);
      for (const record of records) expect(lines).toContain(textOf(record));
    });

    itWithCaptures(`${path} changes nothing when it comes again, after another in between`, async () => {
      const bytes = readCapture(path);
      const once = await ingest(bytes);
      const again = await ingest(bytes, { other: 'N/A: a.b -> c.d to-stack FORWARDED (UDP)\n', same: bytes });
      expect(again.report).toMatchObject({
        stored: once.report.stored + 1,
        duplicates: once.report.stored,
      });
    });
  }
});

function textOf(record: string): string {
  return (JSON.parse(record) as { flowatlas: { text: string } }).flowatlas.text;
}

const FORMATS: Readonly<Record<string, PrintedFormat>> = { dict: 'dict', table: 'tab' };

/** `NAME.FORMAT.txt`, with the capture that it was printed from. */
function originOf(path: string): { capture: string; format: PrintedFormat; last: number } | undefined {
  const [, name = '', last = '', format = ''] =
    /([^/]+?)(\.last3\.[\w.]+)?\.(compact|compact-color|dict|table)\.txt$/.exec(path) ?? [];
  const capture = listCaptures('flows/json').find((json) => json.includes(`/${name}`));
  if (capture === undefined) return undefined;
  return { capture, format: FORMATS[format] ?? 'compact', last: last === '' ? Infinity : 3 };
}

/**
 * What the printer tells of a flow. Of policy verdicts it says ALLOWED for FORWARDED and REDIRECTED
 * alike, and DENIED without a reason; it knows nothing of the `reply` that came before `is_reply`, and without addresses it prints neither names nor ports.
 */
function told(
  { flow, record }: Ingested['memory']['flows'][number],
  format: PrintedFormat,
  numeric: boolean,
): Record<string, unknown> {
  const { traits, l7, source, destination } = flow;
  const parsed = JSON.parse(record) as { flow: { is_reply?: boolean; IP?: object; Summary?: string } };
  const isVerdict = traits.eventType === 5;
  const isMasked = parsed.flow.Summary === undefined;
  const end = (of: Flow['source']) => ({
    ...(numeric ? {} : { pod: `${of.namespace}/${of.pod}` }),
    ...(of.pod === '' || numeric ? { address: of.names.length > 0 && !numeric ? of.names : of.ip } : {}),
    ...(format === 'compact' ? { identity: of.identity } : {}),
  });
  return {
    milliseconds: flow.time === undefined ? undefined : flow.time / 1_000_000n,
    verdict: isVerdict && traits.verdict === 'REDIRECTED' ? 'FORWARDED' : traits.verdict,
    ends: isMasked ? [] : [end(source), end(destination)],
    ports: isMasked ? [] : [flow.sourcePort, flow.destinationPort],
    type: [traits.type, traits.eventType, traits.subType, traits.observationPoint],
    policy: isVerdict ? traits.policyMatchType : traits.dropReason,
    direction: isVerdict ? traits.direction : '',
    isReply: format === 'compact' ? parsed.flow.is_reply : undefined,
    tcpFlags: isMasked ? '' : traits.tcpFlags,
    icmpType: traits.icmpType,
    l7: l7 && { type: l7.type, kind: l7.kind, http: l7.http, dns: l7.dns },
  };
}

describe('what the real hubble printed says the same as the records it was printed from', () => {
  for (const path of printed) {
    itWithCaptures(path, async () => {
      const origin = originOf(path);
      if (origin === undefined) throw new Error(`no capture for ${path}`);
      const { capture, format, last } = origin;
      const fromJson = await ingest(readCapture(capture));
      const year = new Date(fromJson.report.from ?? '').getUTCFullYear();
      const fromText = await ingest(readCapture(path), {}, { year });
      const flows = fromJson.memory.flows.slice(-last);
      expect(fromText.report.text).toMatchObject({ [format]: flows.length });
      const numeric = path.includes('numeric');
      for (const [index, held] of flows.entries()) {
        const found = fromText.memory.flows[index];
        expect(found && told(found, format, numeric)).toEqual(told(held, format, numeric));
      }
    });
  }
});

/** Edges as `source target protocol port`, with their counters; without clusters, which text does not name. */
async function edgesOf(bytes: Buffer): Promise<Record<string, unknown>> {
  const { memory } = await ingest(bytes);
  const tallies = memory.flows.map(({ flow, seq }) => toTally(flow, seq));
  const nameOf = (id: string) => id.replace(/^[\w-]+\//, '');
  return Object.fromEntries(
    ServiceMap.of(tallies, 'workload')
      .edges()
      .map(({ source, target, protocol, port, points, verdicts, dropReasons }) => [
        `${nameOf(source)} ${nameOf(target)} ${protocol} ${port}`,
        { points, verdicts, dropReasons },
      ]),
  );
}

describe('the map of a text is that of the records it was printed from', () => {
  // Not those in which the printer says less: DNS over TCP, REDIRECTED, the deprecated `reply`.
  for (const name of [
    'bakito_hubble-drops-1.pseudonymised',
    'ephico-poc_32-flows-frontend.first8',
    'hubble-otel_basic-sample-400-icmpv4-flows',
    'hubble-otel_basic-sample-5-http-flows',
    'nt531-eks_S3-L2-on-R1',
  ]) {
    itWithCaptures(name, async () => {
      const [capture = ''] = listCaptures('flows/json').filter((path) => path.includes(name));
      const records = await edgesOf(readCapture(capture));
      const text = await edgesOf(readCapture(`expected/output/${name}.compact.txt`));
      expect(Object.keys(records)).not.toHaveLength(0);
      expect(withoutReasons(text)).toEqual(withoutReasons(records));
    });
  }
});

/** Denied verdicts are printed without their reason. */
function withoutReasons(edges: Record<string, unknown>): unknown {
  return JSON.parse(JSON.stringify(edges).replace(/("policy-verdict-\w+:dropped):\w+/g, '$1')) as unknown;
}

describe('the map of a text capture', () => {
  itWithCaptures('counts requests that the proxy forwarded and refused', async () => {
    expect(await edgesOf(readCapture('flows/text/paknaoo_phase08-03-l7-http.compact.txt'))).toEqual({
      'l7-demo/l7-client l7-demo/l7-backend TCP 80': {
        points: { 'l7-request': 1, 'l7-request:dropped': 2, 'l7-response': 3 },
        verdicts: { forwarded: 1, dropped: 2, audit: 0, redirected: 0, error: 0 },
        dropReasons: { L7_DENIED: 2 },
      },
    });
  });

  itWithCaptures('tells a deny rule from what is allowed beside it', async () => {
    const edges = await edgesOf(readCapture('flows/text/paknaoo_phase08-05-ingress-deny.compact.txt'));
    expect(edges).toMatchObject({
      'deny-demo/blocked-client deny-demo/backend TCP 80': {
        verdicts: { forwarded: 0, dropped: 3 },
        dropReasons: { POLICY_DENY: 3 },
      },
      'deny-demo/trusted-client deny-demo/backend TCP 80': { verdicts: { forwarded: 5, dropped: 0 } },
    });
  });
});
