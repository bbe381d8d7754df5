import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ingest } from '../../../test/support/ingest.js';
import { recordOf, style } from '../../../test/support/print.js';
import type { Json } from '../../domain/flow/json.js';
import { CompactPrinter } from '../../printer/compact.js';

/** An end as Hubble prints it, and as its JSON has it. */
interface End {
  host: string;
  identity: string;
  endpoint: Json;
  ip: string;
  names: string[] | undefined;
}

const name = fc.stringMatching(/^[a-z][a-z\d]{0,8}(?:-[a-z\d]{1,5}){0,2}$/);
const identity = fc.oneof(
  fc.integer({ min: 256, max: 0xffff_ffff }).map((id) => ({ identity: `ID:${id}`, said: { identity: id } })),
  fc
    .constantFrom(['host', 1], ['world', 2], ['remote-node', 6], ['kube-apiserver', 7] as const)
    .map(([word, id]) => ({
      identity: word,
      said: { identity: id, labels: [`reserved:${word}`] },
    })),
);
const place = fc.oneof(
  fc.tuple(name, name).map(([namespace, pod_name]) => ({
    host: `${namespace}/${pod_name}`,
    more: { namespace, pod_name },
    ip: '',
    names: undefined,
  })),
  fc.oneof(fc.ipV4(), fc.ipV6()).map((ip) => ({ host: ip, more: {}, ip, names: undefined })),
  fc
    .array(fc.domain(), { minLength: 1, maxLength: 3 })
    .map((names) => ({ host: names.join(','), more: {}, ip: '', names })),
);
const end: fc.Arbitrary<End> = fc
  .tuple(place, identity)
  .map(([{ host, more, ip, names }, { identity: id, said }]) => ({
    host,
    identity: id,
    endpoint: { ...said, ...more },
    ip,
    names,
  }));

const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR', 'NS'];
const packet = fc.oneof(
  fc.subarray(FLAGS, { minLength: 1 }).map((flags) => ({
    summary: `TCP Flags: ${flags.join(', ')}`,
    protocol: 'TCP',
    l4: { flags: Object.fromEntries(flags.map((flag) => [flag, true])) },
  })),
  fc.constantFrom('UDP', 'SCTP').map((protocol) => ({ summary: protocol, protocol, l4: {} })),
);
const event = fc.constantFrom(
  { column: 'to-endpoint FORWARDED', verdict: 'FORWARDED', fields: { event_type: { type: 4 } } },
  { column: 'to-stack FORWARDED', verdict: 'FORWARDED', fields: { event_type: { type: 4, sub_type: 3 } } },
  { column: 'Policy denied DROPPED', verdict: 'DROPPED', fields: { drop_reason_desc: 'POLICY_DENIED' } },
  { column: 'CT: Unknown L4 protocol DROPPED', verdict: 'DROPPED', fields: { drop_reason: 137 } },
  {
    column: 'policy-verdict:L3-L4 INGRESS AUDITED',
    verdict: 'AUDIT',
    fields: { event_type: { type: 5 }, policy_match_type: 2, traffic_direction: 'INGRESS' },
  },
  {
    column: 'pre-xlate-fwd TRACED',
    verdict: 'TRACED',
    fields: { Type: 'SOCK', event_type: { type: 7, sub_type: 1 } },
  },
);

const port = fc.integer({ min: 0, max: 65_535 });

function printed({ host, ip, identity: id }: End, number: number): string {
  const bare = ip.includes(':') ? `[${host}]` : host;
  return `${number === 0 ? host : `${bare}:${number}`} (${id})`;
}

describe('whatever flow is printed as text', () => {
  it('is read back as what the text says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          source: end,
          destination: end,
          sourcePort: port,
          destinationPort: port,
          packet,
          event,
          isReply: fc.constantFrom(true, false, undefined),
          time: fc.date({ min: new Date(0), max: new Date('2261-01-01T00:00:00Z'), noInvalidDate: true }),
          node: fc.option(fc.tuple(name, name)),
        }),
        async (flow) => {
          const { source, destination, sourcePort, destinationPort, isReply, node } = flow;
          const ends = [printed(source, sourcePort), printed(destination, destinationPort)];
          const [left, right] = isReply === true ? ends.toReversed() : ends;
          const arrow = isReply === undefined ? '<>' : isReply ? '<-' : '->';
          const place = node === null ? '' : ` [${node.join('/')}]`;
          const line = `${flow.time.toISOString()}${place}: ${left} ${arrow} ${right} ${flow.event.column} (${flow.packet.summary})`;
          const { records, report } = await ingest(line);
          expect(report.errors).toEqual([]);
          const read = JSON.parse(records[0] ?? '') as { flow: Json; flowatlas: Json };
          expect(read.flowatlas).toEqual({ read_from: 'compact', text: line });
          expect(Date.parse(String(read.flow['time']))).toBe(flow.time.getTime());
          expect(read.flow).toMatchObject({ verdict: flow.event.verdict, ...flow.event.fields });
          expect(read.flow).toMatchObject({ source: source.endpoint, destination: destination.endpoint });
          expect(read.flow['l4']).toEqual({
            [flow.packet.protocol]: {
              ...(sourcePort === 0 ? {} : { source_port: sourcePort }),
              ...(destinationPort === 0 ? {} : { destination_port: destinationPort }),
              ...flow.packet.l4,
            },
          });
          expect(read.flow['is_reply']).toBe(isReply);
          expect(read.flow['node_name']).toBe(node?.join('/'));
          expect((read.flow['IP'] as Json | undefined)?.['source'] ?? '').toBe(source.ip);
          expect((read.flow['IP'] as Json | undefined)?.['destination'] ?? '').toBe(destination.ip);
          expect(read.flow['source_names']).toEqual(source.names);
          expect(read.flow['destination_names']).toEqual(destination.names);
          const printer = new CompactPrinter(style({ nodeName: node !== null }));
          const again = printer.print(recordOf(read));
          expect(again.slice(again.indexOf(': '))).toBe(`${line.slice(line.indexOf(': '))}\n`);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is never taken for text where it is not: any text is either read or rejected', async () => {
    const word = fc.constantFrom(
      ...[
        'May  2 13:42:21.107: ',
        'a/b:1',
        ' -> ',
        ' <- ',
        '(ID:5)',
        ' to-endpoint ',
        'FORWARDED',
        ' (',
        ')',
        '\n',
        '{"',
        '}',
      ],
      ...[
        'TIMESTAMP: ',
        '   ',
        'SOURCE',
        'SUMMARY: ',
        'EVENTS LOST: X CPU(0) 1',
        '------------',
        '\u001b[31m',
        '|',
        'é',
      ],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 40 }), async (words) => {
        const text = words.join('');
        const { report, records } = await ingest(text);
        expect(report.stored).toBe(records.length);
        expect(report.records).toBeLessThanOrEqual(text.split('\n').length);
        expect((await ingest(text)).records).toEqual(records);
      }),
      { numRuns: 300 },
    );
  });
});
