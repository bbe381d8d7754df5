import { describe, expect, it } from '@jest/globals';
import { flowJson, pod, record } from '../../test/support/make-flow.js';
import { csvHeader, csvLine } from './csv.js';

const stored = (value: object) => ({
  seq: 1,
  time: 1_780_308_000_000_000_001n,
  placedAtArrival: false,
  record: JSON.stringify(value),
});

/** The cells by their column, read as RFC 4180 says. */
function cells(value: object): Record<string, string> {
  const line = csvLine(stored(value));
  expect(line.endsWith('\r\n')).toBe(true);
  const found = [...line.slice(0, -2).matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)];
  const texts = found.map(([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain);
  const names = csvHeader.trimEnd().split(',');
  expect(texts).toHaveLength(names.length);
  return Object.fromEntries(names.map((name, i) => [name, texts[i]!]));
}

describe('a flow as CSV', () => {
  it('has its fields in columns', () => {
    expect(cells(record({ uuid: 'u', traffic_direction: 'INGRESS', drop_reason_desc: 'X' }))).toEqual({
      time: '2026-06-01T10:00:00.000000001Z',
      uuid: 'u',
      verdict: 'FORWARDED',
      drop_reason: 'X',
      type: 'L3_L4',
      traffic_direction: 'INGRESS',
      is_reply: 'false',
      source: 'shop/web-0',
      source_ip: '10.0.1.5',
      source_port: '41822',
      destination: 'pay/api-0',
      destination_ip: '10.0.2.7',
      destination_port: '80',
      protocol: 'TCP',
      l7: '',
      node: 'c/n1',
    });
  });

  it('has empty cells for what is not known, and the time that it was placed at', () => {
    const told = cells({ verdict: 'DROPPED', Type: 'L7' });
    expect(told).toMatchObject({
      source: '',
      source_port: '',
      is_reply: '',
      node: '',
      time: '2026-06-01T10:00:00.000000001Z',
    });
  });

  it('names outer ends by their DNS names or their service, and tells of layer 7', () => {
    const names = {
      source: {},
      source_names: ['a.example', 'b.example'],
      destination: {},
      destination_service: { name: 'svc' },
    };
    const http = { l7: { type: 'RESPONSE', http: { method: 'GET', url: 'http://x/', code: 200 } } };
    expect(cells(flowJson({ ...names, ...http }))).toMatchObject({
      source: 'a.example b.example',
      destination: 'svc',
      l7: 'GET http://x/ 200',
    });
    expect(cells(flowJson({ l7: { dns: { query: 'x.example.', qtypes: ['A'] } } }))['l7']).toBe(
      'x.example. A',
    );
  });

  it('keeps quotes and commas inside of their cell', () => {
    expect(cells(record({ uuid: 'a,"b",c' }))['uuid']).toBe('a,"b",c');
  });

  it('shows what a terminal would obey, and line breaks, instead of writing them', () => {
    const told = cells(record({ uuid: 'a\r\n2026-06-01', source: pod('shop/p\u001b[31mred\u202e') }));
    expect(told).toMatchObject({
      uuid: 'a\\u000d\\u000a2026-06-01',
      source: 'shop/p\\u001b[31mred\\u202e',
    });
    expect(cells(record({ uuid: '\t=1' }))['uuid']).toBe('\\u0009=1');
  });

  it.each(['=1+1', '+1', '-1', '@x', '=HYPERLINK("http://evil","x")'])(
    'has no cell that a spreadsheet would run: %j',
    (text) => {
      const told = cells(
        record({ uuid: text, verdict: text, node_name: text, source: { namespace: text, pod_name: 'x' } }),
      );
      for (const column of ['uuid', 'verdict', 'node', 'source'])
        expect(told[column]!.startsWith(`'${text[0]}`)).toBe(true);
    },
  );

  it('does not take its own numbers for formulas', () => {
    expect(cells(record())['source_port']).toBe('41822');
  });
});
