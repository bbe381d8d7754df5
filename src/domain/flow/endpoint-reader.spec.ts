import { describe, expect, it } from '@jest/globals';
import { pod } from '../../../test/support/make-flow.js';
import { bytesOfEndpoint, EndpointReader, leanEndpoint, readEndpoint } from './endpoint-reader.js';
import { hasFewValues, type Json } from './json.js';
import { keepText, valueText } from './template.js';

const DEPTH = 100_000;
const nested = '['.repeat(DEPTH) + ']'.repeat(DEPTH);
const lists = Array.from({ length: 1_000 }, () => []);
const labels = Array.from({ length: 1_000 }, (_, i) => `k8s:l${i}=v`);

const read = (raw: Json) => ({ ...readEndpoint({ raw, ip: '', names: [], service: {} }), raw: {} });

describe('an endpoint', () => {
  it('is held as it is, with any number of labels', () => {
    for (const raw of [{}, pod('shop/web-0', 'web'), { labels }, { labels: [...labels, 7] }])
      expect(leanEndpoint(raw)).toBe(raw);
  });

  it.each([
    ['values that nobody reads', { ...pod('shop/web-0', 'web'), lists }],
    ['members', { podName: 'web-0', ...Object.fromEntries(labels.map((label) => [label, 1])) }],
    ['labels that are none', { identity: '7', labels: [...labels, lists] }],
    ['values in its workloads', { workloads: [{ name: 'web', kind: 'Deployment', lists }] }],
  ])('of many %s is held as what is read from it, and its text', (_, raw: Json) => {
    const lean = leanEndpoint(raw);
    expect(hasFewValues(lean, 1_100)).toBe(true);
    expect(JSON.stringify(lean).includes('[],[]')).toBe(false);
    expect(valueText(lean)).toBe(JSON.stringify(raw));
    expect(read(lean)).toEqual(read(raw));
    expect(leanEndpoint(lean)).toBe(lean);
  });

  it('may be nested more deeply than could be written again', () => {
    const text = `{"pod_name":"web-0","x":${nested}}`;
    const raw = JSON.parse(text) as Json;
    expect(() => JSON.stringify(raw)).toThrow(RangeError);
    const lean = leanEndpoint(raw, text);
    expect(read(lean)).toMatchObject({ pod: 'web-0' });
    expect(valueText(lean)).toBe(text);
  });

  it('is the same object for the same text, and another for another', () => {
    const reader = new EndpointReader();
    const raw = () => ({ ...pod('shop/web-0'), lists: lists.map(() => []) });
    const first = reader.read(raw(), '10.0.1.5', undefined, undefined);
    expect(reader.read(raw(), '10.0.1.5', undefined, undefined)).toBe(first);
    expect(reader.read(first.raw, '10.0.1.5', undefined, undefined)).toBe(first);
    const other = reader.read({ ...raw(), more: lists }, '10.0.1.5', undefined, undefined);
    expect(other).not.toBe(first);
    expect(valueText(other.raw)).not.toBe(valueText(first.raw));
  });

  it('takes memory for its text, and for each thing that is read from it', () => {
    const bytes = (raw: Json, names: string[] = []) =>
      bytesOfEndpoint(readEndpoint({ raw, ip: '', names, service: {} }));
    const text = '{"pod_name": "web-0"}';
    const written = JSON.parse(text) as Json;
    keepText(written, text);
    expect(bytes(written)).toBe(text.length);
    expect(bytes({ labels })).toBeGreaterThan(1_000 * 48);
    expect(bytes({ workloads: labels.map((name) => ({ name })) })).toBeGreaterThan(1_000 * 100);
    expect(bytes({}, labels)).toBeGreaterThan(1_000 * 48);
  });
});

describe('a value', () => {
  it('has few values where all that it is made of are no more', () => {
    for (const [text, values] of [
      ['1', 1],
      ['null', 1],
      ['[]', 1],
      ['{"a":1}', 2],
      ['[[],[],[]]', 4],
      ['[[[[]]],{"a":{"b":[2]}}]', 8],
      [nested, DEPTH],
    ] as const) {
      const value: unknown = JSON.parse(text);
      expect(hasFewValues(value, values)).toBe(true);
      expect(hasFewValues(value, values - 1)).toBe(false);
    }
  });
});
