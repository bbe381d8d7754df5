import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { filterWords, flowTexts } from '../../../test/support/arbitrary-flows.js';
import { flow, flowOfText, pod, words } from '../../../test/support/make-flow.js';
import { FlowatlasError } from '../errors.js';
import { parseFilter } from './parse-filter.js';

type Told = Record<string, string | string[]>;

function passes(filter: Told, fields: Record<string, unknown>): boolean {
  return parseFilter(words(filter)).matches(flow(fields));
}

function refusal(filter: Told): FlowatlasError {
  try {
    parseFilter(words(filter));
  } catch (error) {
    if (error instanceof FlowatlasError) return error;
  }
  throw new Error(`${JSON.stringify(filter)} was not refused`);
}

/** From shop/web:41822 to pay/api:80. */
const webToApi = { source: pod('shop/web-0', 'web'), destination: pod('pay/api-0', 'api') };

describe('a filter', () => {
  it('that asks nothing lets every flow pass', () => {
    expect(parseFilter(new Map())).toMatchObject({ isEmpty: true });
    expect(passes({}, webToApi)).toBe(true);
  });

  it('takes the values of one flag as alternatives', () => {
    expect(passes({ verdict: ['DROPPED', 'FORWARDED'] }, {})).toBe(true);
    expect(passes({ verdict: ['DROPPED', 'AUDIT'] }, {})).toBe(false);
  });

  it('wants different flags to hold together', () => {
    expect(passes({ verdict: 'FORWARDED', protocol: 'tcp' }, {})).toBe(true);
    expect(passes({ verdict: 'FORWARDED', protocol: 'udp' }, {})).toBe(false);
  });

  it('asks both ends with plain names, one end with from- and to-', () => {
    expect(passes({ namespace: 'shop' }, webToApi)).toBe(true);
    expect(passes({ namespace: 'pay' }, webToApi)).toBe(true);
    expect(passes({ 'from-namespace': 'shop' }, webToApi)).toBe(true);
    expect(passes({ 'from-namespace': 'pay' }, webToApi)).toBe(false);
    expect(passes({ 'to-namespace': 'pay' }, webToApi)).toBe(true);
    expect(passes({ 'from-namespace': 'shop', 'to-namespace': 'pay' }, webToApi)).toBe(true);
  });

  it('wants two flags that ask either side to hold of the same side, as in Hubble', () => {
    expect(passes({ pod: 'pay/api', port: '80' }, webToApi)).toBe(true);
    expect(passes({ pod: 'shop/web', port: '80' }, webToApi)).toBe(false);
    expect(passes({ pod: 'shop/web', port: '41822' }, webToApi)).toBe(true);
    expect(passes({ pod: 'shop/web', 'to-port': '80' }, webToApi)).toBe(true);
  });

  it('leaves out with not- what matches', () => {
    expect(passes({ 'not-verdict': 'DROPPED' }, {})).toBe(true);
    expect(passes({ 'not-verdict': ['DROPPED', 'FORWARDED'] }, {})).toBe(false);
    expect(passes({ verdict: 'FORWARDED', 'not-to-port': '80' }, {})).toBe(false);
    expect(passes({ 'not-namespace': 'pay' }, webToApi)).toBe(false);
  });

  it('leaves out only what matches all different negated flags at once, as in Hubble', () => {
    expect(passes({ 'not-verdict': 'FORWARDED', 'not-protocol': 'udp' }, {})).toBe(true);
    expect(passes({ 'not-verdict': 'FORWARDED', 'not-protocol': 'tcp' }, {})).toBe(false);
  });

  it('of one flag and of its negation are each what the other leaves out', () => {
    fc.assert(
      fc.property(flowTexts(8), filterWords, (texts, filter) => {
        const [name, values] = Object.entries(filter)[0]!;
        fc.pre(name !== 'denylist');
        const plain = name.replace(/^not-/, '');
        const yes = parseFilter(new Map([[plain, values]]));
        const no = parseFilter(new Map([[`not-${plain}`, values]]));
        for (const text of texts) {
          const told = flowOfText(text);
          expect(no.matches(told)).toBe(!yes.matches(told));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('of either side passes what the filter of one side or that of the other passes', () => {
    fc.assert(
      fc.property(
        flowTexts(8),
        filterWords.filter((filter) =>
          /^(namespace|pod|label|workload|ip|port|identity|fqdn)$/.test(Object.keys(filter)[0]!),
        ),
        (texts, filter) => {
          const [name, values] = Object.entries(filter)[0]!;
          const [either, from, to] = ['', 'from-', 'to-'].map((side) =>
            parseFilter(new Map([[side + name, values]])),
          );
          for (const text of texts) {
            const told = flowOfText(text);
            expect(either!.matches(told)).toBe(from!.matches(told) || to!.matches(told));
          }
        },
      ),
    );
  });
});

describe('a filter that makes no sense', () => {
  it.each([
    ['verdict', 'DROPPED,AUDIT'],
    ['protocol', 'quic'],
    ['type', 'tracing'],
    ['type', 'trace:to-nowhere'],
    ['type', 'l7:request'],
    ['traffic-direction', 'sideways'],
    ['http-status', '4'],
    ['http-status', '99'],
    ['http-status', '600'],
    ['http-path', '('],
    ['http-path', 'a'.repeat(1_001)],
    ['drop-reason-desc', 'Policy denied'],
    ['label', 'a in (b'],
    ['label', 'a=b=c'],
    ['label', '=b'],
    ['label', 'a,,b'],
    ['ip', '10.0.0'],
    ['ip', '010.1.1.1'],
    ['ip', '10.0.0.0/33'],
    ['ip', 'example.com'],
    ['port', '65536'],
    ['port', '-1'],
    ['port', 'http'],
    ['port', '90-80'],
    ['port', '80-65536'],
    ['verdict', 'dropped'],
    ['drop-reason-desc', 'policy_denied'],
    ['ip-version', 'v5'],
    ['identity', 'nobody'],
    ['identity', '4294967296'],
    ['tcp-flags', 'syn,akk'],
    ['ip-trace-id', '0'],
    ['ip-trace-id', '18446744073709551616'],
    ['http-header', 'no-colon'],
    ['http-url', '('],
    ['snat-ip', '10.0.0'],
    ['encrypted', 'maybe'],
    ['ipv4', 'false'],
    ['all-namespaces', 'shop'],
    ['namespace', 'a/b'],
    ['node-label', 'a in (b'],
    ['reply', 'maybe'],
    ['dns-query', '('],
    ['dns-rcode', 'NOPE'],
    ['latency-min', '5'],
    ['latency-max', 'slow'],
    ['between', 'web'],
    ['between', 'a,b,c'],
    ['uuid', ''],
    ['namespace', ''],
    ['identity-crisis', '1'],
    ['constructor', '1'],
  ])('is refused by name: %s=%s', (name, value) => {
    const error = refusal({ [name]: value });
    expect(error.code).toBe('invalid_filter');
    expect(error.field).toBe(name);
    expect(error.message.startsWith(`${name}: `)).toBe(true);
  });

  it.each([
    ['from-ip', 'x'],
    ['to-port', 'x'],
    ['not-verdict', 'a b'],
    ['not-from-label', '('],
  ])('is refused by the name under which it was given: %s=%s', (name, value) => {
    expect(refusal({ [name]: value }).field).toBe(name);
  });

  it('is refused in words that say what would do', () => {
    expect(refusal({ port: 'http' }).message).toBe(
      'port: "http" is no port from 0 to 65535, nor a range of them such as 8000-8100',
    );
    expect(refusal({ 'http-path': '(' }).message).toMatch(/^http-path: .*\(/);
    expect(refusal({ protocol: 'quic' }).message).toContain('icmp');
    expect(refusal({ verdict: 'dropped' }).message).toContain('FORWARDED, DROPPED');
    expect(refusal({ 'drop-reason-desc': 'x' }).message).toContain('POLICY_DENIED');
    expect(refusal({ identity: 'x' }).message).toContain('kube-apiserver');
  });

  it.each([
    [{ 'from-ip': '10.0.0.1', ip: '10.0.0.1' }],
    [{ ip: '10.0.0.1', namespace: 'a' }],
    [{ 'from-namespace': 'a', namespace: 'a' }],
    [{ 'from-ip': '10.0.0.1', 'from-pod': 'a/b' }],
    [{ 'to-ip': '10.0.0.1', 'to-pod': 'a/b' }],
    [{ 'from-pod': 'a/b', pod: 'a/b' }],
    [{ 'from-pod': 'a/b', namespace: 'a' }],
    [{ 'from-label': 'a', label: 'a' }],
    [{ 'to-port': '1', port: '1' }],
    [{ 'to-workload': 'a', workload: 'a' }],
    [{ 'not-from-port': '1', 'not-port': '1' }],
    [{ identity: '1', 'to-identity': '1' }],
    [{ encrypted: '', unencrypted: '' }],
    [{ ip: '10.0.0.1', 'all-namespaces': '' }],
    [{ 'to-service': 'a', 'all-namespaces': '' }],
  ] as [Record<string, string>][])('is refused when two flags would write the same field: %j', (filter) => {
    expect(refusal(filter).message).toContain('cannot go with');
  });

  it('is not refused for flags that only look alike, or when one of the two is negated', () => {
    for (const filter of [
      { 'from-ip': '10.0.0.1', 'to-ip': '10.0.0.2' },
      { 'from-pod': 'a/b', 'to-namespace': 'c' },
      { port: '1', 'not-from-port': '1' },
      { pod: 'x', namespace: 'a' },
      { ip: '10.0.0.1', label: 'a' },
    ]) {
      expect(() => parseFilter(words(filter))).not.toThrow();
    }
  });

  it('is refused when filters on HTTP stand with a type that is not l7', () => {
    for (const name of ['http-status', 'http-method', 'http-path', 'http-url', 'http-header']) {
      const value = name === 'http-status' ? '200' : 'x:y';
      expect(refusal({ [name]: value, type: 'trace' }).field).toBe('type');
      expect(() => parseFilter(words({ [name]: value, type: ['l7', 'drop'] }))).not.toThrow();
    }
  });

  it('is refused when a pod and --namespace disagree', () => {
    expect(refusal({ pod: 'shop/web', namespace: 'pay' }).field).toBe('pod');
    expect(refusal({ pod: 'shop/web', namespace: ['pay', 'shop'] }).field).toBe('pod');
    expect(refusal({ pod: 'shop/web', 'all-namespaces': '' }).field).toBe('pod');
    expect(refusal({ 'from-pod': 'shop/web', 'from-namespace': 'pay' }).field).toBe('from-pod');
    expect(refusal({ 'not-service': 'a/b', 'not-namespace': 'c' }).field).toBe('not-service');
    expect(refusal({ pod: 'shop/web', service: 'pay/api' }).field).toBe('service');
    expect(() => parseFilter(words({ pod: 'shop/web', namespace: 'shop' }))).not.toThrow();
  });
});
