import { describe, expect, it } from '@jest/globals';
import { flowRecordOf, pod, record } from '../../test/support/make-flow.js';
import { FlowReader } from '../domain/flow/flow-reader.js';
import { FlowScanner } from './flow-scanner.js';

type Fields = Record<string, unknown>;

const IP = { source: '10.0.1.5', destination: '10.0.2.7', ipVersion: 'IPv4' };
const ends = { source: pod('shop/web-0'), destination: pod('pay/api-0') };

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
});
