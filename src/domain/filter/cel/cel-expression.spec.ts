import { describe, expect, it } from '@jest/globals';
import { stopWatch } from '../../../../test/support/cpu-time.js';
import { flow, words } from '../../../../test/support/make-flow.js';
import { parseFilter, rawFilters } from '../parse-filter.js';

type Fields = Record<string, unknown>;

function passes(expression: string | string[], fields: Fields = {}): boolean {
  return parseFilter(words({ 'cel-expression': expression })).matches(flow(fields));
}

describe('cel-expression', () => {
  it.each([
    ['_flow.l4.TCP.destination_port == uint(80)', true],
    ['_flow.l4.TCP.destination_port == 80u', true],
    ['_flow.l4.TCP.destination_port in [80u, 443u]', true],
    ['_flow.l4.TCP.destination_port > 80u', false],
    ['_flow.l4.UDP.destination_port == 0u', true],
    ['has(_flow.l4.TCP) && !has(_flow.l4.UDP)', true],
    ['_flow.verdict == Verdict.FORWARDED', true],
    ['_flow.verdict == flow.Verdict.DROPPED', false],
    ['_flow.verdict == 1', true],
    ['_flow.IP.ipVersion == IPVersion.IPv4', true],
    ['_flow.Type == FlowType.L3_L4', true],
    ['_flow.is_reply == false', true],
    ['_flow.source.namespace == "shop" && _flow.source.pod_name.startsWith("web")', true],
    ['_flow.source.labels.exists(l, l == "k8s:app=web")', true],
    ['_flow.source.labels.all(l, l.contains("web"))', false],
    ['_flow.source.labels.filter(l, l.matches("^k8s:")).size() == 2', true],
    ['_flow.source.workloads.exists(w, w.kind == "Deployment")', true],
    ['_flow.source.labels[0] == "k8s:app=web"', true],
    ['_flow.time >= timestamp("2026-06-01T10:00:00Z")', true],
    ['_flow.time - timestamp("2026-06-01T09:59:00Z") == duration("1m")', true],
    ['_flow.socket_cookie == 18446744073709551615u', true],
    ['_flow.l4.TCP.flags.SYN ? _flow.node_name == "c/n1" : false', true],
    ['true || _flow.source.labels[99] == "x"', true],
    ['_flow.source.labels[99] == "x"', false],
    ['1 / 0 == 1', false],
    ['false', false],
  ])('%s', (expression, answer) => {
    const source = {
      namespace: 'shop',
      pod_name: 'web-0',
      labels: ['k8s:app=web', 'k8s:tier=front'],
      workloads: [{ name: 'web', kind: 'Deployment' }],
    };
    expect(passes(expression, { source, socket_cookie: '18446744073709551615' })).toBe(answer);
  });

  it('passes where one of several is true, also beside one that cannot be evaluated', () => {
    expect(passes(['false', 'true'])).toBe(true);
    expect(passes(['1 / 0 == 1', 'true'])).toBe(true);
    expect(passes(['false', 'false'])).toBe(false);
  });

  it('passes no flow of which a field holds what its type does not', () => {
    expect(passes('true', { l4: { TCP: { destination_port: 'http' } } })).toBe(false);
    expect(passes('_flow.verdict == 0', { verdict: 'SOME_FUTURE_VERDICT', more: { x: 1 } })).toBe(true);
  });

  it("stands in Hubble's own JSON under experimental", () => {
    const { allowlist } = rawFilters(words({ 'cel-expression': 'true' }));
    expect(allowlist).toEqual(['{"experimental":{"cel_expression":["true"]}}']);
    expect(parseFilter(words({ allowlist })).matches(flow())).toBe(true);
    const camel = '{"experimental":{"celExpression":["false"]}}';
    expect(parseFilter(words({ allowlist: camel })).matches(flow())).toBe(false);
  });

  it.each([
    ['_flow.verdict ==', /line 1, column/],
    ['(', /line 1, column 2/],
    ['_flow.verdct == 1', /Flow has no field "verdct", only time, .*, at position 5/],
    ['_flow.source.pod == "x"', /Endpoint has no field "pod"/],
    ['_flow.source.workloads[0].nope == "x"', /Workload has no field "nope"/],
    ['_flow.source.workloads.exists(w, w.nope == "x")', /Workload has no field "nope"/],
    ['true || has(_flow.nope)', /Flow has no field "nope"/],
    ['flow.verdict == 1', /there is no "flow.verdict"; the flow is called _flow/],
    ['verdict == 1', /there is no "verdict"; the flow is called _flow at position 0/],
    ['_flow.verdict == Verdict.DROPED', /there is no "DROPED" among VERDICT_UNKNOWN, .* at position/],
    ['_flow.verdict == "DROPPED"', /a number is compared with a text; write Verdict.NAME at position/],
    ['_flow.source.pod_name == 1', /a text is compared with a number at position/],
    ['nope(1)', /there is no function "nope"/],
    ['_flow.source.pod_name.nope()', /there is no function "nope"/],
    ['_flow.l4.TCP.destination_port', /neither true nor false/],
    ['"x"', /neither true nor false/],
    [`${'('.repeat(2_000)}true${')'.repeat(2_000)}`, /nested too deeply/],
    [`true${' || true'.repeat(600)}`, /at most 4096 characters/],
  ])('is refused, and told where: %.60s', (expression, reason) => {
    const read = () => passes(expression);
    expect(read).toThrow(/^cel-expression: /);
    expect(read).toThrow(reason);
  });

  describe('of a hostile flow or a hostile hand', () => {
    const labels = Array.from({ length: 10_000 }, (_, i) => `k8s:label-${i}=value`);
    const source = { namespace: 'shop', pod_name: 'web-0', labels };

    it('answers about ten thousand labels', () => {
      expect(passes('_flow.source.labels.exists(l, l == "k8s:label-9000=value")', { source })).toBe(true);
    });

    it.each([
      'labels.all(a, _flow.source.labels.all(b, a != "" || b != ""))',
      'labels.exists(a, labels.exists(b, labels.exists(c, a + b + c == "")))',
      'labels.map(a, labels.map(b, a + b)).size() > 0',
      `["a"]${'.map(x, x + x)'.repeat(60)}.size() == 1`,
      'labels.exists_one(a, _flow.source.labels.exists_one(b, false))',
      'labels.filter(a, a in _flow.source.labels).size() == 10000',
      'labels.all(a, a.matches("(a+)+(a+)+$" + a))',
      'labels.all(a, _flow == _flow)',
    ])('gives up where it costs too much: %s', (expression) => {
      const worked = stopWatch();
      expect(passes(expression.replaceAll(/(?<!source\.)labels/g, '_flow.source.labels'), { source })).toBe(
        false,
      );
      expect(worked()).toBeLessThan(1_000);
    });

    it('answers about any number of ordinary flows', () => {
      const expression =
        '_flow.l4.TCP.destination_port == uint(80) && _flow.time > timestamp("2026-06-01T00:00:00Z")';
      const { matches } = parseFilter(words({ 'cel-expression': expression }));
      const ordinary = flow();
      for (let i = 0; i < 20_000; i++) if (!matches(ordinary)) throw new Error('it does not match');
    });

    it('is refused altogether where every flow costs too much', () => {
      const { matches } = parseFilter(
        words({ 'cel-expression': '_flow.source.labels.all(a, _flow.source.labels.all(b, true))' }),
      );
      const dear = flow({ source });
      expect(() => {
        for (let i = 0; i < 10_000; i++) matches(dear);
      }).toThrow(/^cel-expression: it costs too much/);
    });

    it.each(['!', '-', '[', '(', '{1:', 'a.exists(x,', 'f(', 'a?', '"', 'a[', 'true&&'])(
      'is read or refused soon where it repeats %s',
      (part) => {
        const worked = stopWatch();
        expect(() => passes(part.repeat(4_000 / part.length))).toThrow(/^cel-expression: /);
        expect(worked()).toBeLessThan(1_000);
      },
    );
  });
});
