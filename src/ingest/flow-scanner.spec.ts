import { describe, expect, it } from '@jest/globals';
import { flowRecordOf, pod, record } from '../../test/support/make-flow.js';
import { FlowReader } from '../domain/flow/flow-reader.js';
import { FlowScanner } from './flow-scanner.js';

type Fields = Record<string, unknown>;

const IP = { source: '10.0.1.5', destination: '10.0.2.7', ipVersion: 'IPv4' };
const ends = { source: pod('shop/web-0'), destination: pod('pay/api-0') };

const verdicts = ['FORWARDED', 'DROPPED', 'AUDIT'];
const whole = (record: Fields) => record;

/** Of the same flow at other times, in the order of the members given. */
function told(second: number, members: Fields): Buffer {
  const { flow } = record() as { flow: Fields };
  const rest = Object.entries(flow).filter(([key]) => !(key in ends) && key !== 'IP');
  const all = { ...members, ...Object.fromEntries(rest), time: `2026-06-01T10:00:0${second}Z` };
  return Buffer.from(JSON.stringify({ flow: all }));
}

describe('a record like one that was parsed', () => {
  it.each<[string, Fields]>([
    ['addresses first', { IP, ...ends }],
    ['addresses last', { ...ends, IP }],
    ['addresses between the endpoints', { destination: ends.destination, IP, source: ends.source }],
  ])('is known with its %s', (_, members) => {
    const reader = new FlowReader();
    const scanner = new FlowScanner(reader);
    const [first, second] = [told(1, members), told(2, members)];
    expect(scanner.scan(first, 0, first.length)).toBeUndefined();
    scanner.take(first, reader.read(flowRecordOf(JSON.parse(first.toString()))));
    const scanned = scanner.scan(second, 0, second.length);
    expect({ ...scanned?.flow, uuid: scanned?.flow.uuid }).toEqual(
      reader.read(flowRecordOf(JSON.parse(second.toString()))),
    );
    expect(scanned?.template.compose(scanned.flow, [], [])).toBe(second.toString());
    expect(scanned?.own).toEqual([]);
  });

  it.each<[string, boolean, (n: number) => Fields, (told: Fields, n: number) => Fields]>([
    ['a member of its own that nobody knows', true, (n) => ({ request: `r-${n}` }), whole],
    [
      'a number of its own in an object that nobody knows',
      true,
      (n) => ({ extra: { at: n, is: 'x' } }),
      whole,
    ],
    ['an IP trace id', true, (n) => ({ ip_trace_id: { trace_id: String(n), ip_option_type: 136 } }), whole],
    [
      'counts of an aggregate',
      true,
      (n) => ({ aggregate: { ingress_flow_count: n, egress_flow_count: 3 } }),
      whole,
    ],
    [
      'counts around the flow, which are none',
      false,
      () => ({}),
      (told, n) => ({ ...told, aggregate: { ingress_flow_count: n } }),
    ],
  ])('may have %s: %j', (_, isKnown, members, around) => {
    const reader = new FlowReader();
    const scanner = new FlowScanner(reader);
    const scans = Array.from({ length: 12 }, (_, n) => {
      const { flow } = JSON.parse(told(n % 10, { IP, ...ends, ...members(n + 1) }).toString()) as {
        flow: Fields;
      };
      const text = Buffer.from(JSON.stringify(around({ flow }, n + 1)));
      const parsed = reader.read(flowRecordOf(JSON.parse(text.toString())));
      const scanned = scanner.scan(text, 0, text.length);
      if (scanned === undefined) scanner.take(text, parsed);
      else {
        expect({ ...scanned.flow, uuid: scanned.flow.uuid }).toEqual(parsed);
        const own = scanned.own.map(String);
        expect(
          scanned.template.compose(
            scanned.flow,
            scanned.known.map(({ text }) => text),
            own,
          ),
        ).toBe(text.toString());
      }
      return scanned !== undefined;
    });
    expect(scans.at(-1)).toBe(isKnown);
  });

  it.each([5.5, '1', '7', 1e3, 0, -2, null])(
    'stands for as many flows as when it is parsed, where an aggregate counts %j',
    (count) => {
      const reader = new FlowReader();
      const scanner = new FlowScanner(reader);
      for (let n = 0; n < 4; n++) {
        // The same first, then whether another is taken for it.
        const aggregate = { ingress_flow_count: n < 3 ? count : typeof count === 'string' ? '9' : 9 };
        const text = told(n, { IP, ...ends, aggregate });
        const parsed = reader.read(flowRecordOf(JSON.parse(text.toString())));
        const scanned = scanner.scan(text, 0, text.length);
        if (scanned === undefined) scanner.take(text, parsed);
        else expect(scanned.flow.weight).toBe(parsed.weight);
      }
    },
  );

  it('is none where a member comes twice, or is written with escapes', () => {
    const reader = new FlowReader();
    const scanner = new FlowScanner(reader);
    const plain = told(1, { IP, ...ends }).toString();
    for (let n = 0; n < 40; n++) {
      const twice =
        n % 2 === 0
          ? plain.replace('"time"', `"time":"2026-06-01T10:00:0${n % 10}Z","time"`)
          : plain.replace('"verdict":"FORWARDED"', `"verdi\\u0063t":"${verdicts[n % 3]}"`);
      const text = Buffer.from(twice);
      const parsed = reader.read(flowRecordOf(JSON.parse(twice)));
      const scanned = scanner.scan(text, 0, text.length);
      if (scanned === undefined) scanner.take(text, parsed);
      else expect({ ...scanned.flow, uuid: scanned.flow.uuid }).toEqual(parsed);
      if (n % 2 === 0) expect(scanned).toBeUndefined();
    }
  });
});
