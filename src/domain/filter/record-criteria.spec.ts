import { describe, expect, it } from '@jest/globals';
import { flow, flowOfText, pod, words } from '../../../test/support/make-flow.js';
import { parseFilter } from './parse-filter.js';

type Fields = Record<string, unknown>;

function passes(told: Record<string, string | string[]>, fields: Fields = {}): boolean {
  return parseFilter(words(told)).matches(flow(fields));
}

describe('what Hubble asks of the record itself', () => {
  it('snat-ip is the address or the range that the source was translated to', () => {
    const IP = { source: '10.0.1.5', source_xlated: '192.0.2.7', destination: '10.0.2.7' };
    expect(passes({ 'snat-ip': '192.0.2.7' }, { IP })).toBe(true);
    expect(passes({ 'snat-ip': '192.0.2.0/24' }, { IP })).toBe(true);
    expect(passes({ 'snat-ip': '10.0.1.5' }, { IP })).toBe(false);
    expect(passes({ 'snat-ip': '0.0.0.0/0' })).toBe(false);
  });

  it('interface is its name', () => {
    expect(passes({ interface: 'eth0' }, { interface: { index: 2, name: 'eth0' } })).toBe(true);
    expect(passes({ interface: 'eth' }, { interface: { index: 2, name: 'eth0' } })).toBe(false);
    expect(passes({ interface: 'eth0' })).toBe(false);
  });

  it('trace-id and ip-trace-id are exact, with all digits', () => {
    const trace_context = { parent: { trace_id: '4bf92f3577b34da6' } };
    expect(passes({ 'trace-id': '4bf92f3577b34da6' }, { trace_context })).toBe(true);
    expect(passes({ 'trace-id': '4bf92f35' }, { trace_context })).toBe(false);
    const ip_trace_id = { trace_id: '18446744073709551615' };
    expect(passes({ 'ip-trace-id': '18446744073709551615' }, { ip_trace_id })).toBe(true);
    expect(passes({ 'ip-trace-id': '18446744073709551614' }, { ip_trace_id })).toBe(false);
    expect(passes({ 'ip-trace-id': '18446744073709551615' }, { trace_context })).toBe(false);
  });

  it('is found in camelCase and where the record spells names with escapes', () => {
    const told = '{"flow":{"verdict":"FORWARDED","traceContext":{"parent":{"traceId":"ab"}}}}';
    const escaped = '{"flow":{"verdict":"FORWARDED","trace_context":{"parent":{"\\u0074race_id":"ab"}}}}';
    const { matches } = parseFilter(words({ 'trace-id': 'ab' }));
    expect([told, escaped].map((text) => matches(flowOfText(text)))).toEqual([true, true]);
  });

  it('http-header is one header of the message, exact and in this case; an empty part is empty there', () => {
    const headers = [
      { key: 'X-Request-Id', value: 'r:1' },
      { key: 'Accept', value: '*/*' },
      { key: 'X-Empty' },
    ];
    const l7 = { type: 'REQUEST', http: { method: 'GET', url: 'http://x/', headers } };
    const isFound = (value: string) => passes({ 'http-header': value }, { l7 });
    expect(['X-Request-Id:r:1', 'Accept:*/*', 'X-Empty:'].every(isFound)).toBe(true);
    const others = ['x-request-id:r:1', 'X-Request-Id:*/*', 'Accept: */*', 'Accept:', ':r:1', ':'];
    expect(others.some(isFound)).toBe(false);
    expect(passes({ 'http-header': 'X-Empty:' })).toBe(false);
  });

  it('http-url is found anywhere in the URL', () => {
    const l7 = { type: 'REQUEST', http: { method: 'GET', url: 'http://api.pay:8080/v1?a=1' } };
    expect(passes({ 'http-url': 'pay:8080.*a=1$' }, { l7 })).toBe(true);
    expect(passes({ 'http-url': '^/v1' }, { l7 })).toBe(false);
    expect(passes({ 'http-url': '^$' }, { l7: { type: 'REQUEST', http: { method: 'GET' } } })).toBe(false);
  });

  it('tcp-flags are all set, others may be too', () => {
    const TCP = (flags: Fields) => ({ l4: { TCP: { flags } } });
    expect(passes({ 'tcp-flags': 'syn' }, TCP({ SYN: true, ACK: true }))).toBe(true);
    expect(passes({ 'tcp-flags': 'SYN,ack' }, TCP({ SYN: true, ACK: true }))).toBe(true);
    expect(passes({ 'tcp-flags': 'syn,ack' }, TCP({ SYN: true }))).toBe(false);
    expect(passes({ 'tcp-flags': ['fin', 'syn'] }, TCP({ SYN: true }))).toBe(true);
    expect(passes({ 'tcp-flags': 'syn' }, { l4: { UDP: {} } })).toBe(false);
    expect(passes({ 'tcp-flags': 'syn', 'not-tcp-flags': 'ack' }, TCP({ SYN: true, ACK: true }))).toBe(false);
  });

  it('identity is a number or a reserved name; unknown is where the record names none', () => {
    const source = { identity: 2 };
    expect(passes({ 'from-identity': 'world' }, { source })).toBe(true);
    expect(passes({ identity: '2' }, { source })).toBe(true);
    expect(passes({ 'to-identity': 'world' }, { source })).toBe(false);
    expect(passes({ 'from-identity': 'world-ipv4' }, { source })).toBe(false);
    expect(passes({ 'from-identity': 'unknown' }, { source: {} })).toBe(true);
  });

  it('all-namespaces is any end that has a namespace or a pod', () => {
    const ends = { source: { identity: 2 }, destination: pod('shop/web-0') };
    expect(passes({ 'all-namespaces': '' }, ends)).toBe(true);
    expect(passes({ 'to-all-namespaces': 'true' }, ends)).toBe(true);
    expect(passes({ 'from-all-namespaces': '' }, ends)).toBe(false);
  });

  it('encrypted, unencrypted and the IP version are as the record tells', () => {
    const IP = { source: 'fd00::1', destination: 'fd00::2', ipVersion: 'IPv6', encrypted: true };
    expect(passes({ encrypted: '' }, { IP })).toBe(true);
    expect(passes({ encrypted: 'false' }, { IP })).toBe(false);
    expect(passes({ unencrypted: '' }, { IP })).toBe(false);
    expect(passes({ unencrypted: '' }, { IP: undefined })).toBe(true);
    expect(['v6', '6', 'ip6', 'IPv6'].map((word) => passes({ 'ip-version': word }, { IP }))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(passes({ ipv6: '' }, { IP })).toBe(true);
    expect(passes({ ipv4: '' }, { IP })).toBe(false);
    expect(passes({ 'ip-version': 'none' }, { IP: undefined })).toBe(true);
  });

  it('node-label is a selector over the labels of the observing node', () => {
    const node_labels = ['kubernetes.io/os=linux', 'zone=a'];
    expect(passes({ 'node-label': 'zone=a,kubernetes.io/os' }, { node_labels })).toBe(true);
    expect(passes({ 'node-label': 'zone=b' }, { node_labels })).toBe(false);
    expect(passes({ 'node-label': '!zone' })).toBe(true);
  });
});

describe('what goes beyond Hubble', () => {
  it('ports may be ranges, and those of either end are asked apart from a pod', () => {
    expect(passes({ 'to-port': '80-90' })).toBe(true);
    expect(passes({ 'to-port': '81-90' })).toBe(false);
    expect(passes({ port: ['1-79', '41822'] })).toBe(true);
    expect(passes({ pod: 'shop/web', port: '80' })).toBe(false);
    expect(passes({ pod: 'shop/web', port: '80-80' })).toBe(true);
    expect(passes({ 'not-port': '0-65535' }, { l4: { ICMPv4: {} } })).toBe(true);
  });

  it('reply has three states; an unknown drop counts as none, as in Hubble', () => {
    expect(passes({ reply: 'false' }, { is_reply: false })).toBe(true);
    expect(passes({ reply: 'true' }, { is_reply: true })).toBe(true);
    expect(passes({ reply: ['true', 'false'] }, { is_reply: undefined })).toBe(false);
    expect(passes({ reply: 'false' }, { is_reply: undefined, verdict: 'DROPPED' })).toBe(true);
  });

  it('dns-query and dns-rcode ask the DNS message, apart from the ends', () => {
    const dns = (type: string, more: Fields = {}) => ({
      l7: { type, dns: { query: 'api.example.com.', ...more } },
    });
    expect(passes({ 'dns-query': 'example' }, dns('REQUEST'))).toBe(true);
    expect(passes({ 'dns-query': '^example' }, dns('REQUEST'))).toBe(false);
    expect(passes({ 'dns-rcode': 'NXDOMAIN' }, dns('RESPONSE', { rcode: 3 }))).toBe(true);
    expect(passes({ 'dns-rcode': '3' }, dns('RESPONSE'))).toBe(false);
    expect(passes({ 'dns-rcode': 'noerror' }, dns('RESPONSE'))).toBe(true);
    expect(passes({ 'dns-rcode': 'NOERROR' }, dns('REQUEST'))).toBe(false);
    expect(passes({ 'dns-rcode': 'REFUSED' }, dns('REQUEST', { rcode: 5 }))).toBe(true);
  });

  it('latency is of answers that were measured, both bounds included', () => {
    const l7 = { type: 'RESPONSE', latency_ns: '250000000', http: { code: 200 } };
    expect(passes({ 'latency-min': '250ms' }, { l7 })).toBe(true);
    expect(passes({ 'latency-min': '251ms' }, { l7 })).toBe(false);
    expect(passes({ 'latency-max': '0.25s' }, { l7 })).toBe(true);
    expect(passes({ 'latency-min': '100ms', 'latency-max': '200ms' }, { l7 })).toBe(false);
    expect(passes({ 'latency-max': '1h' }, { l7: { type: 'REQUEST', http: {} } })).toBe(false);
    expect(passes({ 'latency-max': '1h' })).toBe(false);
  });

  it('policy is one that allowed or denied, by name, namespace and name, or all of it', () => {
    const by = [{ name: 'no-way', namespace: 'shop', kind: 'CiliumNetworkPolicy' }];
    for (const field of ['egress_allowed_by', 'ingress_denied_by']) {
      for (const name of ['no-way', 'shop/no-way', 'shop/no-way (CiliumNetworkPolicy)']) {
        expect(passes({ policy: name }, { [field]: by })).toBe(true);
      }
      expect(passes({ policy: 'pay/no-way' }, { [field]: by })).toBe(false);
      expect(passes({ policy: 'no' }, { [field]: by })).toBe(false);
    }
    expect(passes({ policy: 'cluster' }, { egress_allowed_by: [{ name: 'cluster' }] })).toBe(true);
    expect(passes({ policy: 'no-way' })).toBe(false);
  });

  it('text is found in values, in any case, and not in the names of fields', () => {
    expect(passes({ text: 'WEB-0' })).toBe(true);
    expect(passes({ text: 'destination' })).toBe(false);
    expect(passes({ text: 'verdict' })).toBe(false);
    expect(passes({ text: '41822' })).toBe(true);
    expect(passes({ text: 'a&b' }, { Summary: 'x A&B' })).toBe(true);
    const escaped = '{"flow":{"verdict":"FORWARDED","Summary":"a\\u0026\\u0062 \\u00fc"}}';
    expect(parseFilter(words({ text: 'a&b ü' })).matches(flowOfText(escaped))).toBe(true);
  });

  it('between is two workloads, either way, each by the name that the map gives it', () => {
    const ends = { source: pod('shop/web-6c9f7b8d4-x2z4k'), destination: pod('pay/api-0', 'backend') };
    expect(passes({ between: 'web,backend' }, ends)).toBe(true);
    expect(passes({ between: 'pay/backend,shop/web' }, ends)).toBe(true);
    expect(passes({ between: 'web, Deployment/backend' }, ends)).toBe(true);
    expect(passes({ between: 'web,StatefulSet/backend' }, ends)).toBe(false);
    expect(passes({ between: 'web,web' }, ends)).toBe(false);
    expect(passes({ between: 'shop/backend,web' }, ends)).toBe(false);
    expect(passes({ between: ['x,y', 'web,backend'] }, ends)).toBe(true);
    expect(passes({ between: 'world,web' }, { ...ends, destination: { identity: 2 } })).toBe(true);
    expect(passes({ 'not-between': 'web,backend' }, ends)).toBe(false);
  });
});
