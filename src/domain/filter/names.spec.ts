import { describe, expect, it } from '@jest/globals';
import { flow, pod, words } from '../../../test/support/make-flow.js';
import { parseFilter } from './parse-filter.js';

function passes(filter: Record<string, string | string[]>, fields: Record<string, unknown>): boolean {
  return parseFilter(words(filter)).matches(flow(fields));
}

describe('fqdn', () => {
  const outward = { destination: {}, destination_names: ['api.example.com', 'x-1.example.org'] };
  it.each([
    ['api.example.com', true],
    ['API.example.COM', true],
    [' api.example.com. ', true],
    ['*.example.com', true],
    ['*', true],
    ['a*com', true],
    ['*.example.org', true],
    ['example.com', false],
    ['api.example.co', false],
    ['apixexample.com', false],
  ])('%s of api.example.com and x-1.example.org: %j', (value, answer) => {
    expect(passes({ 'to-fqdn': value }, outward)).toBe(answer);
    expect(passes({ fqdn: value }, outward)).toBe(answer);
    expect(passes({ 'from-fqdn': value }, outward)).toBe(false);
  });

  it.each([
    ['api.example.com', 'API.example.com'],
    ['API.example.com', 'API.example.com'],
    ['a.b.', 'a.b.'],
    ['*_x', 'a__x'],
  ])('%s is not found in the name %s, as in Hubble', (value, name) => {
    expect(passes({ fqdn: value }, { destination_names: [name] })).toBe(false);
  });

  it('is not the name that somebody asked for in DNS', () => {
    const question = { l7: { type: 'REQUEST', dns: { query: 'api.example.com.' } } };
    expect(passes({ fqdn: 'api.example.com' }, question)).toBe(false);
  });

  it.each(['a b', 'a(b', 'ä.example', '^a', '(a+)+$', 'a..', '..'])(
    'is refused where no name is so: %j',
    (value) => {
      expect(() => parseFilter(words({ fqdn: value }))).toThrow(/^fqdn: /);
    },
  );
});

describe('service', () => {
  const toService = { destination_service: { name: 'api-internal', namespace: 'pay' } };
  it.each([
    ['pay/api-internal', true],
    ['pay/api', true],
    ['pay/', true],
    ['/api', true],
    ['pay/api/x', true],
    ['shop/api/x', false],
    ['api', false],
    ['shop/api', false],
    ['pay/internal', false],
  ])('%s of pay/api-internal: %j', (value, answer) => {
    expect(passes({ 'to-service': value }, toService)).toBe(answer);
    expect(passes({ 'from-service': value }, toService)).toBe(false);
  });

  it('passes no end that is no service, and takes its namespace from --namespace', () => {
    expect(passes({ service: '/' }, {})).toBe(false);
    expect(passes({ service: 'api', namespace: 'pay' }, toService)).toBe(true);
    expect(passes({ service: 'api', namespace: 'shop' }, toService)).toBe(false);
  });
});

describe('cluster', () => {
  it('is exact, without patterns', () => {
    const ends = { source: pod('a/b', undefined, { cluster_name: 'prod-a' }), destination: pod('a/c') };
    expect(passes({ cluster: 'prod-a' }, ends)).toBe(true);
    expect(passes({ 'to-cluster': 'prod-a' }, ends)).toBe(false);
    expect(passes({ cluster: 'prod-*' }, ends)).toBe(false);
    expect(passes({ cluster: 'prod' }, ends)).toBe(false);
  });
});

describe('names that Hubble does not take together', () => {
  it.each([
    [{ fqdn: 'a', ip: '1.2.3.4' }],
    [{ 'from-fqdn': 'a', 'from-namespace': 'b' }],
    [{ 'to-fqdn': 'a', pod: 'b/c' }],
    [{ 'from-service': 'a', service: 'b' }],
    [{ 'to-service': 'a', namespace: 'b' }],
  ] as [Record<string, string>][])('are refused: %j', (filter) => {
    expect(() => parseFilter(words(filter))).toThrow(/cannot go with/);
  });
});
