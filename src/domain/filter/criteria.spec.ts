import { describe, expect, it } from '@jest/globals';
import { stopWatch } from '../../../test/support/cpu-time.js';
import { flow, pod, words, world } from '../../../test/support/make-flow.js';
import { parseFilter } from './parse-filter.js';

type Fields = Record<string, unknown>;

/** Whether a flow with these fields passes `name=value`. */
function passes(name: string, value: string | string[], fields: Fields = {}): boolean {
  return parseFilter(words({ [name]: value })).matches(flow(fields));
}

describe('verdict', () => {
  it('is the exact name, or the number, also one that a newer Hubble invents', () => {
    expect(passes('verdict', 'DROPPED', { verdict: 'DROPPED' })).toBe(true);
    expect(passes('verdict', 'VERDICT_UNKNOWN', { verdict: undefined })).toBe(true);
    expect(passes('verdict', '0', { verdict: 'DROPPED' })).toBe(false);
    expect(passes('verdict', '2', { verdict: 'DROPPED' })).toBe(true);
    expect(passes('verdict', 'DROPPED', { verdict: 2 })).toBe(true);
    expect(passes('verdict', '9', { verdict: 9 })).toBe(true);
  });
});

describe('node-name', () => {
  const on = (value: string, node_name: string) => passes('node-name', value, { node_name });

  it('is a pattern of the whole name, of any cluster unless that is given', () => {
    expect(on('worker-1', 'shop/worker-1')).toBe(true);
    expect(on('worker-*', 'shop/worker-1.example.com')).toBe(true);
    expect(on('worker', 'shop/worker-1')).toBe(false);
    expect(on('shop/', 'shop/worker-1')).toBe(true);
    expect(on('sh*/Worker-1.', 'shop/worker-1')).toBe(true);
    expect(on('other/worker-1', 'shop/worker-1')).toBe(false);
    expect(on('/worker-1', 'shop/worker-1')).toBe(true);
  });

  it('takes a node without a cluster to be in the cluster default, and no node to be none', () => {
    expect(on('default/worker-1', 'worker-1')).toBe(true);
    expect(on('worker-1', 'worker-1')).toBe(true);
    expect(on('*', '')).toBe(false);
  });

  it.each(['a/b/c', 'wor?er', 'a b', 'worker..', 'shop../worker', '..'])('refuses %j', (value) => {
    expect(() => on(value, 'worker-1')).toThrow(/^node-name: /);
  });
});

describe('protocol', () => {
  it('is of layer 4 or 7, in any case; icmp is both versions', () => {
    expect(passes('protocol', 'TCP')).toBe(true);
    expect(passes('protocol', 'Udp', { l4: { UDP: {} } })).toBe(true);
    expect(['ICMPv4', 'ICMPv6'].map((name) => passes('protocol', 'icmp', { l4: { [name]: {} } }))).toEqual([
      true,
      true,
    ]);
    expect(passes('protocol', 'icmpv4', { l4: { ICMPv6: {} } })).toBe(false);
    expect(passes('protocol', 'http', { l7: { http: {} } })).toBe(true);
    expect(passes('protocol', 'tcp', { l7: { http: {} } })).toBe(true);
    expect(passes('protocol', 'dns', { l7: { http: {} } })).toBe(false);
    expect(passes('protocol', 'kafka', { l7: { kafka: {} } })).toBe(true);
    expect(passes('protocol', 'sctp', { l4: { SCTP: {} } })).toBe(true);
  });
});

describe('type', () => {
  it.each([
    ['trace', { type: 4 }],
    ['trace:to-endpoint', { type: 4 }],
    ['trace:to-network', { type: 4, sub_type: 11 }],
    ['trace:from-crypto', { type: 4, sub_type: 12 }],
    ['4:0', { type: 4 }],
    ['4:11', { type: 4, sub_type: 11 }],
    ['drop', { type: 1, sub_type: 133 }],
    ['drop:133', { type: 1, sub_type: 133 }],
    ['drop:policy-denied', { type: 1, sub_type: 133 }],
    ['policy-verdict', { type: 5 }],
    ['l7', { type: 129 }],
    ['129', { type: 129 }],
    ['capture', { type: 3 }],
    ['trace-sock', { type: 7, sub_type: 3 }],
  ])('%s passes %j', (value, event_type) => {
    expect(passes('type', value, { event_type })).toBe(true);
  });

  it.each([
    ['trace', { type: 1 }],
    ['trace:to-endpoint', { type: 4, sub_type: 11 }],
    ['trace:to-network', { type: 1, sub_type: 11 }],
    ['drop:133', { type: 1, sub_type: 181 }],
    ['drop', undefined],
    ['debug', { type: 1 }],
    ['agent:5', { type: 5 }],
    ['recorder', { type: 5 }],
  ])('%s does not pass %j', (value, event_type) => {
    expect(passes('type', value, { event_type })).toBe(false);
  });
});

describe('identity', () => {
  it.each([
    ['23001', true],
    ['0x59d9', true],
    ['0X59D9', true],
    ['054731', true],
    ['0o54731', true],
    ['0b101100111011001', true],
    ['0x59d8', false],
  ])('%s of 23001: %j', (value, answer) => {
    expect(passes('from-identity', value, { source: pod('shop/web-0') })).toBe(answer);
  });

  it('is 0 of an end without one, not of an end that the record does not have', () => {
    expect(passes('from-identity', '0', { source: {} })).toBe(true);
    expect(passes('from-identity', '0', { source: null })).toBe(false);
  });
});

describe('traffic-direction', () => {
  it('is ingress or egress, in any case, and passes no flow that does not say', () => {
    expect(passes('traffic-direction', 'ingress', { traffic_direction: 'INGRESS' })).toBe(true);
    expect(passes('traffic-direction', 'EGRESS', { traffic_direction: 'INGRESS' })).toBe(false);
    expect(passes('traffic-direction', ['ingress', 'egress'])).toBe(false);
  });
});

describe('drop-reason-desc', () => {
  it('is the exact name, of dropped flows only', () => {
    const denied = { drop_reason_desc: 'POLICY_DENIED' };
    expect(passes('drop-reason-desc', 'POLICY_DENIED', { verdict: 'DROPPED', ...denied })).toBe(true);
    expect(passes('drop-reason-desc', 'POLICY_DENIED', { verdict: 'AUDIT', ...denied })).toBe(false);
    expect(passes('drop-reason-desc', 'POLICY_DENY', { verdict: 'DROPPED', ...denied })).toBe(false);
    expect(passes('drop-reason-desc', 'DROP_REASON_UNKNOWN', { verdict: 'DROPPED' })).toBe(true);
    expect(passes('drop-reason-desc', 'POLICY_DENIED', { verdict: 'DROPPED', drop_reason: 133 })).toBe(true);
  });
});

describe('uuid', () => {
  it('is exact', () => {
    expect(passes('uuid', 'a', { uuid: 'a' })).toBe(true);
    expect(passes('uuid', 'a', { uuid: 'A' })).toBe(false);
    expect(passes('uuid', 'a')).toBe(false);
  });
});

describe('http filters', () => {
  const http = (url: string, code?: number, method = 'GET') => ({
    l7: { type: 'RESPONSE', http: { method, url, code } },
  });

  it('take a status exactly or by its beginning, of responses only', () => {
    expect(passes('http-status', '404', http('/', 404))).toBe(true);
    expect(passes('http-status', '4+', http('/', 404))).toBe(true);
    expect(passes('http-status', '50+', http('/', 503))).toBe(true);
    expect(passes('http-status', '50+', http('/', 510))).toBe(false);
    expect(passes('http-status', '404', http('/', 500))).toBe(false);
    expect(passes('http-status', '5+', http('/', 50))).toBe(false);
    expect(passes('http-status', ['200', '4+'], http('/'))).toBe(false);
    expect(passes('not-http-status', '404', http('/'))).toBe(true);
  });

  it.each(['200+', '4', '+', '600', '4++', '40x'])('refuse the status %j', (status) => {
    expect(() => passes('http-status', status, http('/', 200))).toThrow(/^http-status: .* is neither a code/);
  });

  it('take a method in any case', () => {
    expect(passes('http-method', 'get', http('/'))).toBe(true);
    expect(passes('http-method', 'POST', http('/'))).toBe(false);
    expect(passes('http-method', 'get')).toBe(false);
  });

  it('find a path anywhere in it, without host and query, with RE2', () => {
    const url = 'http://api.pay:8080/v1/items?page=2';
    expect(passes('http-path', 'items', http(url))).toBe(true);
    expect(passes('http-path', '^/v1/items$', http(url))).toBe(true);
    expect(passes('http-path', 'page', http(url))).toBe(false);
    expect(passes('http-path', 'pay', http(url))).toBe(false);
    expect(passes('http-path', '(?i)ITEMS', http(url))).toBe(true);
    expect(passes('http-path', '^/a b$', http('http://x/a%20b'))).toBe(true);
    expect(passes('http-path', '.*', http('http://x/%zz'))).toBe(false);
    expect(passes('http-path', '^/relative$', http('/relative?x'))).toBe(true);
  });

  it('answer hostile patterns in linear time', () => {
    const worked = stopWatch();
    expect(passes('http-path', '^(a+)+$', http(`http://x/${'a'.repeat(2_000)}!`))).toBe(false);
    expect(worked()).toBeLessThan(2_000);
  });
});

describe('namespace', () => {
  it('is exact', () => {
    expect(passes('namespace', 'shop')).toBe(true);
    expect(passes('namespace', 'sho')).toBe(false);
  });

  it('passes no end that names its namespace in a label only, as in Hubble', () => {
    const source = { labels: ['k8s:io.kubernetes.pod.namespace=masked'] };
    expect(passes('from-namespace', 'masked', { source })).toBe(false);
    expect(passes('from-pod', 'masked/', { source })).toBe(false);
  });
});

describe('pod', () => {
  const source = pod('shop/web-0');
  it.each([
    ['shop/web', true],
    ['shop/web-0', true],
    ['shop/', true],
    ['/web', true],
    ['/', true],
    ['web', false],
    ['shop/eb', false],
    ['shop/Web', false],
    ['sho/web', false],
    ['shop/web-01', false],
  ])('%s of shop/web-0: %j', (value, answer) => {
    expect(passes('from-pod', value, { source })).toBe(answer);
  });

  it('without a namespace is in `default`, or in the one that --namespace gives', () => {
    expect(passes('from-pod', 'web', { source: pod('default/web-0') })).toBe(true);
    const asking = (filter: Record<string, string | string[]>) =>
      parseFilter(words(filter)).matches(flow({ source }));
    expect(asking({ pod: 'web', namespace: 'shop' })).toBe(true);
    expect(asking({ pod: 'web', namespace: ['pay', 'shop'] })).toBe(true);
    expect(asking({ pod: 'web', namespace: 'default' })).toBe(false);
    expect(asking({ 'from-pod': 'web', 'from-namespace': 'shop' })).toBe(true);
    expect(asking({ 'from-pod': 'web', 'to-namespace': 'pay' })).toBe(false);
  });

  it('never passes an end that has neither pod nor namespace', () => {
    expect(passes('from-pod', '/', { source: world })).toBe(false);
    expect(passes('not-from-pod', '/', { source: world })).toBe(true);
  });
});

describe('workload', () => {
  const source = pod('shop/web-0', 'web');
  it.each([
    ['web', true],
    ['Deployment/web', true],
    ['Deployment/', true],
    ['/web', true],
    ['we', false],
    ['Web', false],
    ['deployment/web', false],
    ['StatefulSet/web', false],
  ])('%s of Deployment/web: %j', (value, answer) => {
    expect(passes('from-workload', value, { source })).toBe(answer);
  });

  it('asks every workload of an end, and none of one whose record names none', () => {
    const several = {
      ...source,
      workloads: [
        { name: 'a', kind: 'X' },
        { name: 'b', kind: 'Y' },
      ],
    };
    expect(passes('workload', 'Y/b', { source: several })).toBe(true);
    expect(passes('workload', 'X/b', { source: several })).toBe(false);
    expect(passes('workload', 'web', { source: pod('shop/web-0') })).toBe(false);
  });
});

describe('ip', () => {
  it('is an address as text, or a range that holds it', () => {
    expect(passes('from-ip', '10.0.1.5')).toBe(true);
    expect(passes('from-ip', '10.0.1.50')).toBe(false);
    expect(passes('from-ip', '10.0.0.0/16')).toBe(true);
    expect(passes('from-ip', '10.0.1.5/32')).toBe(true);
    expect(passes('from-ip', '0.0.0.0/0')).toBe(true);
    expect(passes('from-ip', '::/0')).toBe(false);
    expect(passes('to-ip', '10.0.1.0/24')).toBe(false);
    const IP = { source: 'fd00::1:5', destination: '' };
    expect(passes('from-ip', 'fd00::/16', { IP })).toBe(true);
    expect(passes('from-ip', 'fd00::1:5', { IP })).toBe(true);
    expect(passes('to-ip', '0.0.0.0/0', { IP })).toBe(false);
  });
});

describe('port', () => {
  it('is exact, of TCP, UDP and SCTP', () => {
    expect(passes('to-port', '80')).toBe(true);
    expect(passes('to-port', '8')).toBe(false);
    expect(passes('port', '41822')).toBe(true);
    expect(passes('port', '53', { l4: { UDP: { destination_port: 53 } } })).toBe(true);
    expect(passes('from-port', '0', { l4: { UDP: { destination_port: 53 } } })).toBe(true);
    expect(passes('port', '0', { l4: { ICMPv4: { type: 8 } } })).toBe(false);
    expect(passes('not-port', '80', { l4: { ICMPv4: {} } })).toBe(true);
  });
});
