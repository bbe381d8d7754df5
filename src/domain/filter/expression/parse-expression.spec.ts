import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../../test/support/arbitrary-flows.js';
import { flow, flowOfText, pod, words } from '../../../../test/support/make-flow.js';
import { FlowatlasError } from '../../errors.js';
import type { Predicate } from '../criterion.js';
import { parseFilter } from '../parse-filter.js';
import { expressionFields } from './comparison.js';
import { parseExpression } from './parse-expression.js';

/** Comparisons, and the filter of flags that means the same. */
const leaves: [text: string, filter: Record<string, string | string[]>][] = [
  ['verdict = DROPPED', { verdict: 'DROPPED' }],
  ['verdict="FORWARDED"', { verdict: 'FORWARDED' }],
  ['verdict in (DROPPED , AUDIT)', { verdict: ['DROPPED', 'AUDIT'] }],
  ['protocol = tcp', { protocol: 'tcp' }],
  ["from-label = 'app in (web,api)'", { 'from-label': 'app in (web,api)' }],
  ['to-port = 80', { 'to-port': '80' }],
  ['ip = 10.0.0.0/16', { ip: '10.0.0.0/16' }],
  ['pod = shop/web', { pod: 'shop/web' }],
  ['type = trace:to-stack', { type: 'trace:to-stack' }],
  ['http-status = 4+', { 'http-status': '4+' }],
];

interface Told {
  text: string;
  means: Predicate;
}

const told = fc.letrec<{ any: Told; leaf: Told; not: Told; and: Told; or: Told }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    tie('leaf'),
    tie('not'),
    tie('and'),
    tie('or'),
  ),
  leaf: fc
    .constantFrom(...leaves)
    .map(([text, filter]) => ({ text, means: parseFilter(words(filter)).matches })),
  not: fc
    .tuple(tie('any'), fc.constantFrom('not ', 'NOT ', 'not'))
    .map(([{ text, means }, word]) => ({ text: `${word}(${text})`, means: (of) => !means(of) })),
  // What binds less tightly stands in brackets; the same operator again does not.
  and: fc.tuple(tie('leaf'), tie('not'), tie('leaf')).map(([a, b, c]) => ({
    text: `${a.text} and ${b.text} AND ${c.text}`,
    means: (of) => a.means(of) && b.means(of) && c.means(of),
  })),
  or: fc.tuple(tie('and'), tie('any'), tie('leaf')).map(([a, b, c]) => ({
    text: `${a.text} or( ${b.text} )Or ${c.text}`,
    means: (of) => a.means(of) || b.means(of) || c.means(of),
  })),
})).any;

describe('an expression', () => {
  it('means what its parts mean, and binds tighter than or', () => {
    fc.assert(
      fc.property(told, flowTexts(5), ({ text, means }, texts) => {
        const matches = parseExpression(text);
        for (const line of texts) {
          const of = flowOfText(line);
          expect({ text, line, matches: matches(of) }).toEqual({ text, line, matches: means(of) });
        }
      }),
    );
  });

  const http = (fields: object, more: object = {}) =>
    flow({
      Type: 'L7',
      l7: { type: 'RESPONSE', http: { method: 'GET', url: 'http://a/v1/items?x=1', ...fields }, ...more },
    });

  it.each([
    ['http-status >= 500', http({ code: 503 }), true],
    ['http-status >= 500', http({ code: 499 }), false],
    ['http-status < 500', http({}), false],
    ['not http-status < 500', http({}), true],
    ['http-status != 200', http({ code: 201 }), true],
    ['port > 40000', flow(), true],
    ['port < 81 and port > 79', flow(), true],
    ['from-port < 80', flow(), false],
    ['port != 80', flow(), false],
    ['to-port in (443,80)', flow(), true],
    ['http-path = /v1/items', http({ code: 200 }), true],
    ['http-path = /v1', http({ code: 200 }), false],
    ['http-path ~ ^/v1/', http({ code: 200 }), true],
    ['http-path !~ "^/(v2|v3)/"', http({ code: 200 }), true],
    ['http-url ~ [?]x=\\d$', http({ code: 200 }), true],
    ['from-pod ~ ^shop/web-[0-9]+$', flow(), true],
    ['pod ~ "^pay/"', flow(), true],
    ['pod ~ web|api and from-namespace != shop', flow(), false],
    ['label ~ app=w.b', flow({ source: pod('shop/a', 'a', { labels: ['k8s:app=web'] }) }), true],
    ['dns-rcode = NXDOMAIN', flow({ l7: { type: 'RESPONSE', dns: { query: 'a.b.', rcode: 3 } } }), true],
    ['dns-rcode > 0', flow({ l7: { type: 'RESPONSE', dns: { query: 'a.b.', rcode: 3 } } }), true],
    ['dns-rcode >= 0', flow({ l7: { type: 'REQUEST', dns: { query: 'a.b.' } } }), false],
    ['dns-query = a.b', flow({ l7: { type: 'REQUEST', dns: { query: 'a.b.' } } }), true],
    [' ( ( verdict = FORWARDED ) ) ', flow(), true],
    [String.raw`from-pod ~ "we\"b|shop\\/web|\x73hop"`, flow(), true],
  ])('%s', (text, of, passes) => {
    expect(parseExpression(text)(of)).toBe(passes);
  });

  it('finds what is not the first workload or DNS name, as filters do', () => {
    const workloads = [
      { name: 'x', kind: 'ReplicaSet' },
      { name: 'web', kind: 'Deployment' },
    ];
    const of = flow({
      source: pod('shop/a', undefined, { workloads }),
      destination_names: ['cdn.example.com', 'api.example.com'],
    });
    const finding = ['to-fqdn ~ "^api"', 'fqdn ~ ^api', 'from-workload ~ web', 'workload ~ web'];
    const missing = ['not to-fqdn ~ "^api"', 'from-workload !~ web', 'to-workload ~ web', 'from-fqdn ~ api'];
    expect(finding.filter((text) => !parseExpression(text)(of))).toEqual([]);
    expect(missing.filter((text) => parseExpression(text)(of))).toEqual([]);
  });

  it.each(['API.Example.com.', 'api.example.com'])('finds a DNS name in any spelling: %s', (query) => {
    const of = flow({ l7: { type: 'REQUEST', dns: { query } } });
    const spellings = ['API.Example.com.', 'api.example.com', 'api.Example.com'];
    const finding = [
      ...spellings.map((name) => `dns-query = "${name}"`),
      ...spellings.map((name) => `dns-query ~ "^${name}$"`),
      'dns-query ~ "API"',
      String.raw`dns-query ~ "com[.]$"`,
    ];
    expect(finding.filter((text) => !parseExpression(text)(of))).toEqual([]);
    const missing = ['dns-query = example.com', 'dns-query ~ "^example"', 'dns-query != api.example.com'];
    expect(missing.filter((text) => parseExpression(text)(of))).toEqual([]);
  });

  it('compares latencies, where they were measured', () => {
    const l7 = { type: 'RESPONSE', latency_ns: '250000000', http: { code: 200, method: 'GET', url: '/' } };
    const measured = flow({ l7 });
    const unmeasured = flow({ l7: { ...l7, latency_ns: undefined } });
    const test = (text: string) => [measured, unmeasured].map(parseExpression(text));
    expect(test('latency > 249ms')).toEqual([true, false]);
    expect(test('latency <= .25s')).toEqual([true, false]);
    expect(test('latency < 250ms')).toEqual([false, false]);
    expect(test('latency = 250ms or verdict = DROPPED')).toEqual([true, false]);
  });
});

describe('a wrong expression', () => {
  const wrong: [text: string, position: number, reason: string][] = [
    ['', 1, 'expected the name of a field, found the end'],
    ['   ', 4, 'found the end'],
    ['verdict', 8, 'expected one of'],
    ['verdict =', 10, 'expected a value, found the end'],
    ['verdict = DROPPED or', 21, 'expected the name of a field'],
    ['verdict = DROPPED port = 80', 19, 'expected and, or or the end, found "p"'],
    ['(verdict = DROPPED', 19, 'expected ) to the ( at character 1'],
    ['verdict = DROPPED)', 18, 'there is no ( to this )'],
    ['verdcit = DROPPED', 1, 'there is no field verdcit'],
    ['not-verdict = DROPPED', 1, 'there is no field not-verdict'],
    ['verdict = "DROPPED', 11, 'the " is never closed'],
    ['port = http', 8, 'port: '],
    ['verdict = DROPPED and http-path ~ "("', 35, 'missing closing )'],
    ['verdict > 5', 9, 'verdict is no number'],
    ['uuid ~ abc', 6, 'uuid takes no pattern'],
    ['latency > 5', 11, 'is not a duration'],
    ['http-status > 5xx', 15, 'is not a whole number'],
    ['verdict in DROPPED', 12, 'expected ('],
    ['verdict in (DROPPED AUDIT)', 21, 'expected , or )'],
    ['verdict in ()', 13, 'expected a value'],
    ['= 5', 1, 'expected the name of a field, found "="'],
    [`${'('.repeat(40)}verdict = DROPPED`, 34, 'at most 32 brackets'],
    [`${'not '.repeat(40)}verdict = DROPPED`, 133, 'at most 32 brackets'],
    [Array.from({ length: 201 }, () => 'port=1').join(' or '), 2_006, 'at most 200 comparisons'],
    [`port in (${Array.from({ length: 201 }, () => '1').join()})`, 410, 'at most 200 comparisons'],
    ['x'.repeat(5_000), 4_097, 'at most 4096 characters'],
    [`http-path ~ ${'a'.repeat(1_001)}`, 13, 'at most 1000 characters'],
  ];
  it.each(wrong.map((row) => [row[0].slice(0, 50), row[0], row[1], row[2]] as const))(
    'is refused at the character: %s',
    (_, text, position, reason) => {
      const error = refusalOf(text);
      expect(error).toMatchObject({ code: 'invalid_filter', field: 'q', details: { position } });
      expect(error?.message).toContain(reason);
      expect(error?.message.startsWith(`q: at character ${position}: `)).toBe(true);
    },
  );

  const piece = fc.constantFrom(
    ...[
      '(',
      ')',
      ' ',
      'and',
      'or',
      'not',
      'in',
      ',',
      '=',
      '!=',
      '~',
      '<',
      '"',
      "'",
      '\\',
      '80',
      'é',
      '\u0000',
    ],
    ...expressionFields,
  );
  it('is refused at a character of its own, or is none, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((list) => list.join('')),
        ),
        (text) => {
          const error = refusalOf(text);
          if (error === undefined) return;
          const position = error.details?.['position'] as number;
          expect(position).toBeGreaterThanOrEqual(1);
          expect(position).toBeLessThanOrEqual(text.length + 1);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});

/** Anything else than a refusal fails the test. */
function refusalOf(text: string): FlowatlasError | undefined {
  try {
    parseExpression(text);
    return undefined;
  } catch (error) {
    if (error instanceof FlowatlasError) return error;
    throw error;
  }
}
