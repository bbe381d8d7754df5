import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { hubbleWords, flowTexts } from '../../../test/support/arbitrary-flows.js';
import { flow, flowOfText, pod, words } from '../../../test/support/make-flow.js';
import { FlowatlasError } from '../errors.js';
import { parseFilter, rawFilters } from './parse-filter.js';

type Told = Record<string, string | string[]>;

const allowed = (told: Told) => rawFilters(words(told)).allowlist;

/** Each line was checked against the rules of `hubble observe` 1.19: flags, then the FlowFilters they stand for. */
describe("a filter in Hubble's own JSON", () => {
  it.each([
    [{ verdict: 'DROPPED' }, ['{"verdict":["DROPPED"]}']],
    [{ verdict: '2' }, ['{"verdict":["DROPPED"]}']],
    [{ 'from-ip': ['10.0.0.1', '10.0.0.0/8'] }, ['{"source_ip":["10.0.0.1","10.0.0.0/8"]}']],
    [{ pod: 'a/b' }, ['{"source_pod":["a/b"]}', '{"destination_pod":["a/b"]}']],
    [
      { pod: 'x', port: '80' },
      ['{"source_pod":["x"],"source_port":["80"]}', '{"destination_pod":["x"],"destination_port":["80"]}'],
    ],
    [{ namespace: 'a' }, ['{"source_pod":["a/"]}', '{"destination_pod":["a/"]}']],
    [{ 'all-namespaces': '' }, ['{"source_pod":["/"]}', '{"destination_pod":["/"]}']],
    [{ 'to-namespace': ['a', 'b'] }, ['{"destination_pod":["a/","b/"]}']],
    [
      { namespace: ['a', 'b'], pod: 'x' },
      ['{"source_pod":["a/x","b/x"]}', '{"destination_pod":["a/x","b/x"]}'],
    ],
    [{ namespace: 'a', service: 'x' }, ['{"source_service":["a/x"]}', '{"destination_service":["a/x"]}']],
    [
      { pod: 'x', 'from-namespace': 'a' },
      ['{"source_pod":["a/x"]}', '{"source_pod":["a/"],"destination_pod":["x"]}'],
    ],
    [{ type: 'trace' }, ['{"event_type":[{"type":4}]}']],
    [{ type: 'trace:to-endpoint' }, ['{"event_type":[{"type":4,"match_sub_type":true}]}']],
    [{ type: 'drop:133' }, ['{"event_type":[{"type":1,"match_sub_type":true,"sub_type":133}]}']],
    [{ 'tcp-flags': ['syn,ack', 'FIN'] }, ['{"tcp_flags":[{"SYN":true,"ACK":true},{"FIN":true}]}']],
    [
      { 'to-workload': ['Deployment/web', 'api'] },
      ['{"destination_workload":[{"name":"web","kind":"Deployment"},{"name":"api"}]}'],
    ],
    [{ identity: 'world' }, ['{"source_identity":[2]}', '{"destination_identity":[2]}']],
    [{ ipv4: '' }, ['{"ip_version":["IPv4"]}']],
    [{ 'ip-version': 'none' }, ['{"ip_version":["IP_NOT_USED"]}']],
    [{ encrypted: '' }, ['{"encrypted":[true]}']],
    [{ unencrypted: 'true' }, ['{"encrypted":[false]}']],
    [{ 'http-header': 'a:b:c' }, ['{"http_header":[{"key":"a","value":"b:c"}]}']],
    [{ 'http-url': '<&' }, ['{"http_url":["\\u003c\\u0026"]}']],
    [{ interface: 'eth0' }, ['{"interface":[{"name":"eth0"}]}']],
    [{ 'ip-trace-id': '18446744073709551615' }, ['{"ip_trace_id":["18446744073709551615"]}']],
    [{ 'node-label': 'a=b', 'node-name': 'n' }, ['{"node_name":["n"],"node_labels":["a=b"]}']],
    [{ 'traffic-direction': 'ingress' }, ['{"traffic_direction":["INGRESS"]}']],
    [{ 'dns-query': 'x', reply: 'false' }, ['{"reply":[false],"dns_query":["x"]}']],
    [{ 'to-port': '80-82' }, ['{"destination_port":["80","81","82"]}']],
    [
      { pod: 'x', port: '80-81' },
      [
        '{"source_pod":["x"],"source_port":["80","81"]}',
        '{"source_pod":["x"],"destination_port":["80","81"]}',
        '{"destination_pod":["x"],"source_port":["80","81"]}',
        '{"destination_pod":["x"],"destination_port":["80","81"]}',
      ],
    ],
    [
      { allowlist: '{"sourcePod":["a"],"verdict":[2]} {"reply":[true]}' },
      ['{"source_pod":["a"],"verdict":["DROPPED"]}', '{"reply":[true]}'],
    ],
  ] as [Told, string[]][])('%j', (told, expected) => {
    expect(allowed(told)).toEqual(expected);
  });

  it('has negated flags in a list of their own, and what was given raw behind them', () => {
    expect(
      rawFilters(words({ 'not-verdict': 'DROPPED', 'not-port': '80', denylist: '{"uuid":["a"]}' })),
    ).toEqual({
      allowlist: [],
      denylist: [
        '{"verdict":["DROPPED"],"source_port":["80"]}',
        '{"verdict":["DROPPED"],"destination_port":["80"]}',
        '{"uuid":["a"]}',
      ],
    });
  });

  it('is refused for words that Hubble has no field for', () => {
    expect(() => rawFilters(words({ policy: 'x' }))).toThrow(/^policy: Hubble has no such field/);
    expect(() => rawFilters(words({ 'latency-min': '1s' }))).toThrow(/^latency-min: /);
  });

  it('means the same as the words it was made from', () => {
    fc.assert(
      fc.property(flowTexts(10), hubbleWords, (texts, told) => {
        const given = parseFilter(words(told));
        const { allowlist, denylist } = rawFilters(words(told));
        const again = parseFilter(words({ allowlist, denylist }));
        for (const text of texts) {
          const told = flowOfText(text);
          expect(again.matches(told)).toBe(given.matches(told));
        }
      }),
    );
  });
});

describe('a raw filter', () => {
  const passes = (told: Told, fields = {}) => parseFilter(words(told)).matches(flow(fields));

  it('passes what matches one of the allow list and none of the deny list', () => {
    const dropped = { verdict: 'DROPPED' };
    expect(passes({ allowlist: '{"verdict":["DROPPED"]}' }, dropped)).toBe(true);
    expect(passes({ allowlist: '{"verdict":["DROPPED"]}' })).toBe(false);
    expect(passes({ allowlist: ['{"verdict":["AUDIT"]}', '{"source_pod":["shop/web"]}'] })).toBe(true);
    expect(passes({ denylist: '{"verdict":["DROPPED"]}' }, dropped)).toBe(false);
    expect(passes({ allowlist: '{}' }, dropped)).toBe(true);
    expect(passes({ denylist: '{}' }, dropped)).toBe(false);
    expect(passes({ verdict: 'AUDIT', allowlist: '{"verdict":["DROPPED"]}' }, dropped)).toBe(true);
  });

  it('takes a pod without a slash to be in default, and null and empty lists for nothing', () => {
    const source = pod('default/web-0');
    expect(passes({ allowlist: '{"source_pod":["web"]}' }, { source })).toBe(true);
    expect(passes({ allowlist: '{"source_pod":["web"]}' })).toBe(false);
    expect(passes({ allowlist: '{"source_pod":null,"verdict":[]}' })).toBe(true);
  });

  it('asks for the index of an interface, a bare set of TCP flags, and any type of a sub-type', () => {
    const seen = { interface: { index: 7, name: 'eth0' } };
    expect(passes({ allowlist: '{"interface":[{"index":7}]}' }, seen)).toBe(true);
    expect(passes({ allowlist: '{"interface":[{"index":8}]}' }, seen)).toBe(false);
    expect(passes({ allowlist: '{"interface":[{"index":7,"name":"eth1"}]}' }, seen)).toBe(false);
    expect(passes({ allowlist: '{"tcp_flags":[{}]}' }, { l4: { TCP: { flags: {} } } })).toBe(true);
    expect(passes({ allowlist: '{"tcp_flags":[{}]}' }, { l4: { TCP: {} } })).toBe(false);
    const type = { event_type: { type: 4, sub_type: 3 } };
    expect(passes({ allowlist: '{"event_type":[{"matchSubType":true,"subType":3}]}' }, type)).toBe(true);
    expect(passes({ allowlist: '{"event_type":[{"match_sub_type":true}]}' }, type)).toBe(false);
  });

  it.each([
    ['{', /no JSON/],
    ['', /empty value|no JSON/],
    ['[]', /no object/],
    ['1', /no object/],
    ['{"source_pods":["a"]}', /no field "source_pods"; it has uuid, source_ip/],
    ['{"policy":["a"]}', /no field "policy"/],
    ['{"source_pod":"a"}', /source_pod: "a" is no list/],
    ['{"source_pod":[1]}', /source_pod: 1 is no text/],
    ['{"source_pod":[""]}', /source_pod: an empty value/],
    ['{"sourcePod":["a"],"source_pod":["b"]}', /source_pod: is there twice/],
    ['{"source_ip":["10.0.0"]}', /source_ip: "10.0.0" is neither/],
    ['{"verdict":["dropped"]}', /verdict: "dropped" is no verdict; there are/],
    ['{"event_type":[{"kind":1}]}', /event_type: it has no "kind", only type, match_sub_type, sub_type/],
    ['{"event_type":[{"type":"x"}]}', /event_type: type is a number/],
    ['{"tcp_flags":["SYN"]}', /tcp_flags: "SYN" is no object/],
    ['{"ip_trace_id":[18446744073709551615]}', /ip_trace_id: /],
    ['{"source_identity":[-1]}', /source_identity: /],
    ['{"reply":["yes"]}', /reply: "yes" is neither true nor false/],
    ['{"http_path":["("]}', /http_path: /],
    ['{"http_path":["a"],"event_type":[{"type":4}]}', /type l7/],
    ['{"experimental":{"x":1}}', /experimental: has cel_expression only/],
    ['{"uuid":["a"]} x', /no JSON/],
    [`{"a":${'['.repeat(50_000)}`, /no JSON/],
  ])('is refused in the name of its list: %s', (text, reason) => {
    for (const name of ['allowlist', 'denylist']) {
      const read = () => parseFilter(words({ [name]: text }));
      expect(read).toThrow(FlowatlasError);
      expect(read).toThrow(new RegExp(`^${name}: `));
      expect(read).toThrow(reason);
    }
  });
});
