import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ingest } from '../../../test/support/ingest.js';
import { record } from '../../../test/support/make-flow.js';

const LINE =
  'May  2 13:42:21.107: default/xwing:41234 (ID:1234) -> default/deathstar:80 (ID:5678) to-endpoint FORWARDED (TCP Flags: SYN)';
const REPLY =
  'May  2 13:42:21.108: default/xwing:41234 (ID:1234) <- default/deathstar:80 (ID:5678) to-endpoint FORWARDED (TCP Flags: SYN, ACK)';
const BLOCK = `  TIMESTAMP: May  2 13:42:21.107
       NODE: prod/n1
     SOURCE: default/xwing:41234
DESTINATION: default/deathstar:80
       TYPE: Policy denied
    VERDICT: DROPPED
    SUMMARY: TCP Flags: SYN`;
const HEADING =
  'TIMESTAMP             SOURCE                DESTINATION            TYPE          VERDICT     SUMMARY';
const ROW =
  'May  2 13:42:21.107   default/xwing:41234   default/deathstar:80   to-endpoint   FORWARDED   TCP Flags: SYN';
const LOST_ROW =
  '                      HUBBLE_RING_BUFFER                           EVENTS LOST               CPU(0) - 12';

async function read(text: string): Promise<unknown[]> {
  const { report, records } = await ingest(text);
  expect(report.errors).toEqual([]);
  return records.map((one) => JSON.parse(one) as unknown);
}

describe('a flow in text', () => {
  it('becomes the JSON that says the same, with the text beside it', async () => {
    const time = '2026-05-02T13:42:21.107Z';
    expect(await read(LINE)).toEqual([
      {
        flow: {
          time,
          verdict: 'FORWARDED',
          l4: { TCP: { source_port: 41_234, destination_port: 80, flags: { SYN: true } } },
          source: { identity: 1234, namespace: 'default', pod_name: 'xwing' },
          destination: { identity: 5678, namespace: 'default', pod_name: 'deathstar' },
          Type: 'L3_L4',
          event_type: { type: 4 },
          trace_observation_point: 'TO_ENDPOINT',
          is_reply: false,
          Summary: 'TCP Flags: SYN',
        },
        time,
        flowatlas: { read_from: 'compact', text: LINE, assumed: ['year'] },
      },
    ]);
  });

  it('says whatever can be said', async () => {
    const text =
      '2026-05-02T13:42:21.107Z [prod/n1]: [fd00::1]:41234 (world) <> api.example.com:443 (ID:16777217) policy-verdict:L3-L4 EGRESS DENIED BY shop/no (CiliumNetworkPolicy), all (TCP Flags: SYN; Auth: SPIRE)';
    const [found] = await read(text);
    expect(found).toEqual({
      flow: {
        time: '2026-05-02T13:42:21.107Z',
        verdict: 'DROPPED',
        auth_type: 'SPIRE',
        IP: { source: 'fd00::1', ipVersion: 'IPv6' },
        l4: { TCP: { source_port: 41_234, destination_port: 443, flags: { SYN: true } } },
        source: { identity: 2, labels: ['reserved:world'] },
        destination: { identity: 16_777_217 },
        node_name: 'prod/n1',
        destination_names: ['api.example.com'],
        Type: 'L3_L4',
        event_type: { type: 5 },
        policy_match_type: 2,
        traffic_direction: 'EGRESS',
        egress_denied_by: [{ name: 'no', namespace: 'shop', kind: 'CiliumNetworkPolicy' }, { name: 'all' }],
        Summary: 'TCP Flags: SYN',
      },
      node_name: 'prod/n1',
      time: '2026-05-02T13:42:21.107Z',
      flowatlas: { read_from: 'compact', text },
    });
  });

  it('says its direction and why it was dropped where cilium connectivity test logged it', async () => {
    const logged = (column: string) =>
      `  ✅ [0] 2026-05-02T13:42:21.107Z: default/xwing:41234 -> 10.96.0.7:80 ${column} (TCP Flags: SYN)`;
    expect(
      await read(
        [
          logged('to-endpoint FORWARDED INGRESS DROP_REASON_UNKNOWN'),
          logged('policy-verdict:none EGRESS DROPPED EGRESS POLICY_DENIED'),
          logged('to-endpoint FORWARDED TRAFFIC_DIRECTION_UNKNOWN DROP_REASON_UNKNOWN'),
        ].join('\n'),
      ),
    ).toMatchObject([
      { flow: { verdict: 'FORWARDED', traffic_direction: 'INGRESS', event_type: { type: 4 } } },
      { flow: { traffic_direction: 'EGRESS', drop_reason: 133, drop_reason_desc: 'POLICY_DENIED' } },
      { flow: { verdict: 'FORWARDED', IP: { destination: '10.96.0.7' } } },
    ]);
  });

  it('may have no time, as Hubble says it, and no IP', async () => {
    const [found] = await read(
      'N/A: 0e:00:00:00:00:01 (unknown) <> 0e:00:00:00:00:02 (unknown) Unsupported L3 protocol DROPPED (ARP)',
    );
    expect(found).toMatchObject({
      flow: {
        verdict: 'DROPPED',
        ethernet: { source: '0e:00:00:00:00:01', destination: '0e:00:00:00:00:02' },
        drop_reason_desc: 'UNSUPPORTED_L3_PROTOCOL',
      },
    });
    expect(found).not.toHaveProperty('time');
  });

  it('is read from the dict format', async () => {
    const [first, second] = await read(`${BLOCK}\n------------\n${BLOCK.replace('DROPPED', 'DENIED')}\n`);
    expect(first).toMatchObject({
      flow: {
        node_name: 'prod/n1',
        verdict: 'DROPPED',
        drop_reason_desc: 'POLICY_DENIED',
        source: { namespace: 'default', pod_name: 'xwing' },
      },
      flowatlas: { read_from: 'dict', text: BLOCK },
    });
    expect(first).not.toHaveProperty('flow.is_reply');
    expect(second).toMatchObject({ flow: { verdict: 'DROPPED' } });
  });

  it('is read from a quoted, indented or prefixed block', async () => {
    for (const prefix of ['> ', '    ', '# ', '[pod/hubble-x/relay] '])
      expect(await read(BLOCK.replaceAll(/^/gm, prefix))).toHaveLength(1);
  });

  it('is read from a table, whose heading is no record', async () => {
    const { report, records } = await ingest(`${HEADING}\n${ROW}\n...\n`);
    expect(records.map((one) => JSON.parse(one) as unknown)).toMatchObject([
      { flow: { source: { pod_name: 'xwing' } }, flowatlas: { read_from: 'tab', text: ROW } },
    ]);
    expect(report.errors).toEqual([
      { line: 1, reason: 'the heading of a table, no record' },
      { line: 3, reason: 'no JSON: "..."' },
    ]);
  });

  it('without a time is rejected with the reason', async () => {
    const flow = LINE.slice(21);
    const { report } = await ingest(
      [flow, LINE, `13:42:21.107: ${flow}`, `y  2 13:42:21.107: ${flow}`, '13:42:21: a -> b'].join('\n'),
    );
    expect(report.errors).toEqual([
      { line: 1, reason: 'a flow in text without its time' },
      { line: 3, reason: 'a flow in text without its date' },
      { line: 4, reason: 'a flow in text without its date' },
      { line: 5, reason: 'no JSON: "13:42:21: a -> b"' },
    ]);
  });

  it('is read with colours, and with Windows line breaks', async () => {
    const coloured = LINE.replace('41234', '\u001b[33m41234\u001b[0m').replace(
      'FORWARDED',
      '\u001b[32mFORWARDED\u001b[0m',
    );
    const { records, report } = await ingest(`${coloured}\r\n${LINE}\r\n`);
    expect(report).toMatchObject({ stored: 2, rejected: 0 });
    expect(records.map((one) => JSON.parse(one) as unknown)).toMatchObject([
      { flowatlas: { text: LINE } },
      { flowatlas: { text: LINE, nth: 2 } },
    ]);
  });

  it('is read where colours lost their escape characters, and blanks are unbreakable', async () => {
    for (const escape of ['', '^[', '\\x1b', '\\033']) {
      const coloured = LINE.replace('41234', `${escape}[33m41234${escape}[0m`).replaceAll(' ', '\u00a0');
      expect(await read(coloured)).toMatchObject([{ flowatlas: { text: LINE } }]);
    }
  });

  it("is read out of a log pipeline's JSON", async () => {
    const wrapped = (log: string) => JSON.stringify({ log: `${log}\n`, stream: 'stdout' });
    expect(await read(`${wrapped(LINE)}\n${wrapped(REPLY)}\n`)).toHaveLength(2);
  });
});

describe('a file of text and records', () => {
  it('gives both, in their order', async () => {
    const json = JSON.stringify(record({ uuid: 'a' }));
    const { report, records } = await ingest(
      `# notes\n${json}\n${LINE}\n${json.replace('"a"', '"b"')}\nkubectl: error\n${REPLY}\n`,
    );
    expect(report).toMatchObject({ records: 4, stored: 4, rejected: 2, text: { records: 2, compact: 2 } });
    expect(records[0]).toBe(json);
    expect(report.errors.map(({ line }) => line)).toEqual([1, 5]);
  });

  it('loses no line of text behind a record that is cut off', async () => {
    const { report } = await ingest(
      `${JSON.stringify(record(), null, 2).slice(0, -20)}\n${LINE}\n${REPLY}\n`,
    );
    expect(report).toMatchObject({ stored: 2, rejected: 1 });
  });

  it('keeps records that have text of Hubble in them as they are', async () => {
    const json = JSON.stringify(record({ Summary: LINE }));
    const { records } = await ingest(`${json}\nprefix: ${json.replace('10:00:00Z', '10:00:01Z')}\n`);
    expect(records).toHaveLength(2);
    expect(records[0]).toBe(json);
    const pretty = await ingest(JSON.stringify(record({ Summary: LINE }), null, 2));
    expect(pretty.records).toEqual([json]);
  });

  it('is read alike in pieces of any size', async () => {
    const text = `${LINE}\n${BLOCK}\n------------\n${HEADING}\n${ROW}\n${LINE.slice(0, 70)}\n${LINE.slice(70)}\n`;
    const whole = await ingest(text);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 200 }), async (size) => {
        const bytes = Buffer.from(text);
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) =>
          bytes.subarray(i * size, (i + 1) * size),
        );
        const cut = await ingest(pieces);
        expect([cut.report, cut.records]).toEqual([whole.report, whole.records]);
      }),
      { numRuns: 20 },
    );
  });
});

describe('equal lines', () => {
  it('are events of their own, and known when they come again', async () => {
    const file = `${LINE}\n${LINE}\n${REPLY}\n${LINE}\n`;
    const { report, records } = await ingest(file, {
      again: file,
      overlapping: `${LINE}\n${LINE}\n`,
      more: LINE,
    });
    expect(report).toMatchObject({ stored: 4, duplicates: 7 });
    expect(records.filter((one) => one.includes('"nth":3'))).toHaveLength(1);
  });

  it('are known as the records that were given back, too', async () => {
    const { records } = await ingest(`${LINE}\n${LINE}\n`);
    const { report } = await ingest(`${LINE}\n${LINE}\n`, { exported: records.join('\n') });
    expect(report).toMatchObject({ stored: 2, duplicates: 2 });
  });

  it('are known when they were assigned to another file first', async () => {
    const { report } = await ingest(LINE, { a: `${REPLY}\n${LINE}`, b: LINE });
    expect(report).toMatchObject({ stored: 2, duplicates: 2 });
  });
});

describe('what Hubble prints beside flows', () => {
  it('is counted by its kind', async () => {
    const { report } = await ingest(
      [
        'EVENTS LOST: HUBBLE_RING_BUFFER CPU(0) 12',
        'EVENTS LOST: PERF_EVENT_RING_BUFFER CPU(3) 7 (first: 2026-05-02T13:42:21Z, last: 2026-05-02T13:43:21Z)',
        'May  2 13:42:21.107 [prod/n1]: POLICY_UPDATED (labels: [k8s:io.cilium.k8s.policy.name=x], revision: 5, count: 1)',
        'May  2 13:42:21.107: default/xwing (ID: 5) DBG_CT_VERDICT MARK: 0x1a CPU: 01 (CT verdict: New, revnat=0)',
        'May  2 13:42:21.107 [relay]: 2 nodes are unavailable: prod/n1, prod/n2',
        'May  2 13:42:21.107 [relay]: Error "no route" on 1 nodes: prod/n3',
        LINE,
      ].join('\n'),
    );
    expect(report).toMatchObject({
      records: 7,
      stored: 1,
      rejected: 0,
      lostEvents: 2,
      otherEvents: { agent_event: 1, debug_event: 1, node_status: 2 },
      text: { records: 7, compact: 7 },
    });
  });

  it('is counted where the command could not print it yet', async () => {
    const lost = (loss: string) => `unknown response type: &{LostEvents:${loss}}`;
    const { report } = await ingest(
      [
        lost('source:HUBBLE_RING_BUFFER num_events_lost:1'),
        `2026-05-02T13:42:21.1Z ${lost('source:PERF_EVENT_RING_BUFFER  num_events_lost:7  cpu:{value:3}')}`,
        lost('source:OBSERVER_EVENTS_QUEUE num_events_lost:2 cpu:<> '),
        lost('someone else'),
        'unknown response type: &{NodeStatus:x}',
      ].join('\n'),
    );
    expect(report).toMatchObject({ records: 3, lostEvents: 3, rejected: 2 });
  });

  it('is counted in blocks', async () => {
    const blocks = [
      BLOCK,
      '  TIMESTAMP: \n     SOURCE: HUBBLE_RING_BUFFER\n       TYPE: EVENTS LOST\n    VERDICT: \n    SUMMARY: CPU(0) - 12',
      '  TIMESTAMP: May  2 13:42:21.107\n       TYPE: IPCACHE_UPSERTED\n    DETAILS: cidr: 10.0.0.1/32, identity: 5',
      '  TIMESTAMP: May  2 13:42:21.107\n       TYPE: DBG_GENERIC\n       FROM: N/A\n       MARK: N/A\n        CPU: 00\n    MESSAGE: hm',
      '  TIMESTAMP: May  2 13:42:21.107\n      STATE: NODE_ERROR\n      NODES: a, b (and 3 more)\n    MESSAGE: "down"',
      '  TIMESTAMP: May  2 13:42:21.107\n       TYPE: what',
    ];
    const { report } = await ingest(`${blocks.join('\n------------\n')}\n`);
    expect(report).toMatchObject({
      stored: 1,
      lostEvents: 1,
      otherEvents: { agent_event: 1, debug_event: 1, node_status: 1 },
      errors: [{ line: 31, reason: 'a block of fields that is cut off' }],
    });
  });

  it('is counted in tables of its own', async () => {
    const { report } = await ingest(
      [
        'TIMESTAMP             NODE      TYPE               DETAILS',
        'May  2 13:42:21.107   prod/n1   ENDPOINT_CREATED   id: 12',
        'May  2 13:42:21.107   prod/n2   POLICY_UPDATED     labels: [], revision: 5, count: 1',
        'TIMESTAMP             FROM              TYPE          CPU/MARK   MESSAGE',
        'May  2 13:42:21.107   ID: 5             DBG_GENERIC   00 0x0     hm',
      ].join('\n'),
    );
    expect(report).toMatchObject({
      records: 3,
      otherEvents: { agent_event: 2, debug_event: 1 },
      text: { tab: 3 },
    });
    expect(report.errors.map(({ reason }) => reason)).toEqual([
      'the heading of a table, no record',
      'the heading of a table, no record',
    ]);
  });

  it('is counted in tables that have flows', async () => {
    const { report } = await ingest(`${HEADING}\n${LOST_ROW}\n${ROW}\n${LOST_ROW}\n`);
    expect(report).toMatchObject({ stored: 1, lostEvents: 2, rejected: 1 });
    const alone = await ingest(`${HEADING}\n${LOST_ROW}\n`);
    expect(alone.report).toMatchObject({ records: 0, lostEvents: 0, rejected: 2 });
    expect(alone.report).not.toHaveProperty('text');
  });
});

describe('the report', () => {
  it('says what was assumed', async () => {
    const dns = 'Dec 30 10:00:00.000: a/b:1 -> c/d:53 dns-request proxy FORWARDED (DNS Query x. A)';
    const { report } = await ingest(`${LINE}\n${dns}\n`);
    expect(report.text).toEqual({
      records: 2,
      compact: 2,
      dict: 0,
      tab: 0,
      assumed: [
        'the year 2025 for 1 flows, the newest that is not after 2026-06-01, the time of arrival',
        'the year 2026 for 1 flows, the newest that is not after 2026-06-01, the time of arrival',
        'times are UTC, as Hubble prints them',
        'the protocol of 1 flows that do not name it: UDP for DNS and HTTP/3, else TCP',
      ],
    });
  });

  it.each([
    ['a/b:40000', 'c/d:8080', { TCP: { source_port: 40_000, destination_port: 8_080 } }],
    ['a/b:40000', 'c/d:53', { UDP: { source_port: 40_000, destination_port: 53 } }],
    [':40000', 'c/d', { TCP: { source_port: 40_000 } }],
  ])(
    'keeps ports of which no protocol is told, %s and %s, and says what was assumed',
    async (from, to, l4) => {
      const { report, records } = await ingest(
        `2026-05-02T13:42:21.107Z: ${from} (unknown) -> ${to} (unknown) UNKNOWN FORWARDED ()\n`,
      );
      expect(records.map((text) => JSON.parse(text) as unknown)).toMatchObject([
        { flow: { l4 }, flowatlas: { assumed: ['protocol'] } },
      ]);
      expect(report.text?.assumed).toEqual([
        'the protocol of 1 flows that do not name it: UDP for DNS and HTTP/3, else TCP',
      ]);
    },
  );

  it('says the year that was told', async () => {
    const { report } = await ingest(LINE, {}, { year: 2023 });
    expect(report.from).toBe('2023-05-02T13:42:21.107Z');
    expect(report.text?.assumed[0]).toBe('the year 2023 for 1 flows, as told');
  });

  it('says nothing of years where the log before the line tells them', async () => {
    const { report, records } = await ingest(
      [
        `2021-05-02T13:42:22.5Z stdout F ${LINE}`,
        `[pod/hubble-x/observe] 2021-05-02T13:42:22.123456789+00:00   ❓ [1] ${REPLY}`,
        `2022-01-01T00:00:00Z ${LINE.replace('May  2', 'Dec 31')}`,
        `${LINE.slice(0, -1)}; 2021-05-02T13:42:22Z )`,
      ].join('\n'),
    );
    expect(records.map((one) => (JSON.parse(one) as { time: string }).time.slice(0, 10))).toEqual([
      '2021-05-02',
      '2021-05-02',
      '2021-12-31',
      '2026-05-02',
    ]);
    expect(report.text?.assumed[0]).toContain('the year 2026 for 1 flows');
    const told = await ingest(`2021-05-02T13:42:22Z ${LINE}`, {}, { year: 2020 });
    expect(told.report.from).toBe('2020-05-02T13:42:21.107Z');
  });

  it('says nothing of text where there is none, and nothing of years where they are printed', async () => {
    expect((await ingest(JSON.stringify(record()))).report).not.toHaveProperty('text');
    const { report } = await ingest(LINE.replace('May  2 13:42:21.107', '2026-05-02T13:42:21.107Z'));
    expect(report.text?.assumed).toEqual([]);
  });
});
