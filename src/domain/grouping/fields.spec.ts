import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { flow, flowOfText, newFlow, pod, words } from '../../../test/support/make-flow.js';
import { filterNames, parseFilter } from '../filter/parse-filter.js';
import { verdicts } from '../flow/enums.js';
import { groupFields, hintFields } from './fields.js';

/** These are patterns as filters. */
const patterns = ['http-path', 'http-url', 'dns-query'];

const askable = [...hintFields.values()].filter(
  ({ name }) => filterNames.has(name) && !patterns.includes(name),
);

/** Labels of Hubble's may hold more than a selector of Kubernetes can spell; verdicts are asked for by Hubble's names. */
function canBeAsked(name: string, value: string): boolean {
  if (name === 'verdict') return verdicts.includes(value);
  return !name.endsWith('label') || /^[\w.:/-]+(=[\w.-]*)?$/.test(value);
}

describe('a field', () => {
  it('has values that the filter of its name takes, and which pass it', () => {
    fc.assert(
      fc.property(flowTexts(), (texts) => {
        for (const text of texts) {
          const read = flowOfText(text);
          for (const field of askable) {
            for (const value of field.all(read).filter((one) => canBeAsked(field.name, one))) {
              const filter = parseFilter(words({ [field.name]: value }));
              expect({ field: field.name, value, passes: filter.matches(read) }).toEqual({
                field: field.name,
                value,
                passes: true,
              });
            }
          }
        }
      }),
      { numRuns: 30 },
    );
  });

  it('is asked for by many names', () => {
    expect(askable.length).toBeGreaterThan(30);
    expect(hintFields.size).toBe(groupFields.size + 9 + 3);
  });

  it('is empty where the record does not say', () => {
    const bare = newFlow('{"verdict":"FORWARDED","Type":"L3_L4"}').flow;
    const told = [...groupFields.values()].filter((field) => field.of(bare) !== '');
    expect(told.map(({ name }) => name)).toEqual(['verdict']);
  });

  it('tells policies as they are named, a denying one first, and what the packet was', () => {
    const policy = (name: string) => [{ name, namespace: 'shop', kind: 'CiliumNetworkPolicy' }];
    const told = flow({
      verdict: 'DROPPED',
      IP: { source: 'fd00::1', destination: 'fd00::2', ipVersion: 'IPv6', encrypted: true },
      egress_allowed_by: policy('yes'),
      ingress_denied_by: policy('no'),
    });
    expect(['ip-version', 'encrypted', 'policy'].map((name) => groupFields.get(name)?.of(told))).toEqual([
      'v6',
      'true',
      'shop/no (CiliumNetworkPolicy)',
    ]);
    expect(hintFields.get('policy')?.all(told)).toHaveLength(2);
  });

  it('tells of either side what both say, each once', () => {
    const both = flow({ source: pod('shop/web-0'), destination: pod('shop/api-0') });
    expect(hintFields.get('namespace')?.all(both)).toEqual(['shop']);
    expect(hintFields.get('pod')?.all(both)).toEqual(['shop/web-0', 'shop/api-0']);
  });

  it('tells all workloads and DNS names of an end as values, and the first as a group', () => {
    const workloads = [
      { name: 'web-5d9', kind: 'ReplicaSet' },
      { name: 'web', kind: 'Deployment' },
    ];
    const told = flow({
      source: pod('shop/web-0', undefined, { workloads }),
      destination: pod('pay/api-0', 'web'),
      destination_names: ['cdn.example.com', 'api.example.com'],
    });
    const all = (name: string) => hintFields.get(name)?.all(told);
    expect(all('from-workload')).toEqual(['web-5d9', 'web']);
    expect(all('workload')).toEqual(['web-5d9', 'web']);
    expect(all('to-fqdn')).toEqual(['cdn.example.com', 'api.example.com']);
    expect(all('fqdn')).toEqual(['cdn.example.com', 'api.example.com']);
    expect(all('from-fqdn')).toEqual([]);
    expect(groupFields.get('from-workload')?.of(told)).toBe('web-5d9');
    expect(groupFields.get('to-fqdn')?.of(told)).toBe('cdn.example.com');
  });

  it('tells layer 7 beside layer 4 as a hint, and layer 4 as a group', () => {
    const http = flow({
      Type: 'L7',
      l7: { type: 'RESPONSE', http: { code: 503, method: 'GET', url: 'http://a/b?c' } },
    });
    const dns = flow({ l7: { type: 'RESPONSE', dns: { query: 'A.Example.', rcode: 3 } } });
    expect(hintFields.get('protocol')?.all(http)).toEqual(['http', 'tcp']);
    const values = (of: typeof http, ...names: string[]) =>
      names.map((name) => groupFields.get(name)?.of(of));
    expect(values(http, 'protocol', 'http-status', 'http-path', 'dns-rcode')).toEqual([
      'tcp',
      '503',
      '/b',
      '',
    ]);
    expect(values(dns, 'dns-query', 'dns-rcode', 'http-status')).toEqual(['a.example', 'NXDOMAIN', '']);
    const odd = flow({ Type: 'L7', l7: { type: 'REQUEST', http: { method: 'GET', url: '::1/b' } } });
    expect(values(odd, 'http-path', 'http-url')).toEqual(['', '::1/b']);
  });

  it('tells DNS names as they are: the filter takes them so', () => {
    const told = flow({ destination_names: ['a.example.com', 'other.example.com'] });
    expect(groupFields.get('to-fqdn')?.of(told)).toBe('a.example.com');
    const capital = flow({ destination_names: ['A.example.com'] });
    expect(groupFields.get('to-fqdn')?.of(capital)).toBe('A.example.com');
  });
});
