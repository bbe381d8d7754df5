import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { ingest } from '../../../test/support/ingest.js';
import { jsonText, losslessly } from '../../../test/support/json-text.js';
import { record } from '../../../test/support/make-flow.js';
import { decodeFully } from './redact-url.js';
import { Redactor } from './redactor.js';
import type { RedactionSettings } from './settings.js';

const off: RedactionSettings = {
  urlQuery: false,
  urlParameters: '',
  userInfo: false,
  headersAllow: '',
  headersDeny: '',
  kafkaApiKey: false,
  pattern: '',
};
const redactor = (settings: Partial<RedactionSettings>) => Redactor.of({ ...off, ...settings })!;
const everything = redactor({ urlQuery: true, userInfo: true, headersDeny: '*', kafkaApiKey: true });

/** What a record becomes, as JSON; the record itself where nothing is taken out. */
function redacted(by: Redactor, value: unknown): ReturnType<typeof record> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return JSON.parse(by.redact(text) ?? text) as ReturnType<typeof record>;
}

const request = (http: Record<string, unknown>, Summary?: string) =>
  record({ Type: 'L7', l7: { type: 'REQUEST', http: { method: 'GET', ...http } }, Summary });

describe('redaction', () => {
  it('is off unless something is said', () => {
    expect(Redactor.of(off)).toBeUndefined();
    expect(everything.rules).toEqual(['http-urlquery', 'http-userinfo', 'http-headers-deny', 'kafka-apikey']);
  });

  it('replaces texts in place, keeps every other byte, and says so at the end of the record', () => {
    const url = String.raw`http:\/\/u:p@h\/p?a=1\u0026b=2`;
    const before = `{ "flow" : {"l7":{"latency_ns":9007199254740993,"http":{"url":"`;
    const middle = `" , "x":1.10 } }, "Summary":"HTTP/1.1 GET `;
    const after = `"},  "n":18446744073709551615}`;
    expect(everything.redact(`${before}${url}${middle}${url}${after}`)).toBe(
      `${before}http://FLOWATLAS_REDACTED@h/p?FLOWATLAS_REDACTED${middle}http://FLOWATLAS_REDACTED@h/p?FLOWATLAS_REDACTED` +
        `"},  "n":18446744073709551615,"flowatlas_redacted":["Summary","http.url.query","http.url.userinfo"]}`,
    );
  });

  it('takes headers by name, in any case and in any order of their members', () => {
    const headers = [
      { key: 'AUTHORIZATION', value: 'Bearer abcdef' },
      { value: 's=1', key: 'cookie' },
      { key: 'X-Request-Id', value: 'r1' },
    ];
    const some = redacted(redactor({ headersDeny: 'authorization, Cookie' }), request({ headers }));
    expect(JSON.stringify(some)).not.toMatch(/abcdef|s=1/);
    expect(JSON.stringify(some)).toContain('"r1"');
    const others = redacted(redactor({ headersAllow: 'x-request-*' }), request({ headers }));
    expect(JSON.stringify(others)).not.toMatch(/abcdef|s=1/);
    expect(JSON.stringify(others)).toContain('"r1"');
    expect(others['flowatlas_redacted']).toEqual(['http.headers']);
  });

  it.each([
    ['a key that is escaped', String.raw`{"flow":{"\u006c7":{"http":{"\u0075rl":"/p?secret"}}}}`],
    ['a key that stands there twice', '{"flow":{"l7":{"http":{"url":"/p?secret","url":"/"}}}}'],
    ['a bare flow', '{"verdict":"FORWARDED","l7":{"http":{"url":"/p?secret"}}}'],
    ["Go's own names", '{"flow":{"l7":{"Record":{"Http":{"Url":"/p?secret"}}}}}'],
    [
      'a header whose key stands there twice',
      '{"flow":{"l7":{"http":{"headers":[{"key":"a","key":"b","value":"secret"}]}}}}',
    ],
    ['headers as an object', '{"flow":{"l7":{"http":{"headers":{"Cookie":["secret"]}}}}}'],
    [
      'a header with a list of values',
      '{"flow":{"l7":{"http":{"headers":[{"value":["secret"],"key":"c"}]}}}}',
    ],
    [
      'a header that is a number',
      '{"flow":{"l7":{"http":{"headers":[{"key":"n","value":5ecre7}]}}}}'.replace('5ecre7', '53'),
    ],
    ['a key of Kafka', '{"flow":{"l7":{"kafka":{"apiKey":"secret"}}}}'],
    [
      'a summary without its message',
      '{"flow":{"verdict":"FORWARDED","Summary":"HTTP/1.1 GET http://h/?secret"}}',
    ],
    [
      'a summary that spells the URL otherwise',
      '{"flow":{"l7":{"http":{"url":"/p?a=secret"}},"Summary":"GET /p secret"}}',
    ],
  ])('finds what it looks for in %s', (_, text) => {
    expect(everything.concerns(Buffer.from(text))).toBe(true);
    const clean = everything.redact(text);
    expect(clean).toContain('FLOWATLAS_REDACTED');
    expect(clean).not.toMatch(/secret|53/);
    expect(() => JSON.parse(clean!) as unknown).not.toThrow();
  });

  it('takes what a pattern matches, also where it is percent-encoded', () => {
    const by = redactor({ pattern: '[0-9]{4}-[0-9]{4}' });
    const headers = [{ key: 'x', value: 'card 1234-5678!' }];
    const clean = redacted(
      by,
      request({ url: '/pay/1234%2D5678', headers, code: 200 }, 'GET /pay/1234%2D5678'),
    );
    expect(clean['flow']).toMatchObject({
      Summary: 'GET FLOWATLAS_REDACTED',
      l7: {
        http: {
          url: 'FLOWATLAS_REDACTED',
          code: 200,
          headers: [{ key: 'x', value: 'card FLOWATLAS_REDACTED!' }],
        },
      },
    });
    expect(clean['flowatlas_redacted']).toEqual(['Summary', 'pattern']);
  });

  it('leaves DNS alone, and everything outside of the message', () => {
    const text = JSON.stringify(
      record({ l7: { dns: { query: 'a?b@c.' } }, note: 'http://u:p@h/?q', Summary: 'DNS Query a' }),
    );
    expect(everything.redact(text)).toBeUndefined();
  });

  it('adds to its note, and does nothing the second time', () => {
    const text = JSON.stringify(request({ url: 'http://u:p@h/?q=1' }));
    const first = redactor({ userInfo: true }).redact(text)!;
    const second = redactor({ urlQuery: true }).redact(first)!;
    expect(JSON.parse(second)).toMatchObject({ flowatlas_redacted: ['http.url.query', 'http.url.userinfo'] });
    expect(second.match(/flowatlas_redacted/g)).toHaveLength(1);
    expect(everything.redact(second)).toBeUndefined();
  });

  it.each([
    '{"a":"b"}',
    '["a",["b"],{"c":"d"}]',
    '[]',
    '"x"',
    '[["a"],["b"]]',
    '["a"],"flowatlas_redacted":["b"]',
  ])('gives valid JSON where the record brings a note of its own: %s', (note) => {
    const clean = everything.redact(
      `{"flowatlas_redacted":${note},"flow":{"l7":{"http":{"url":"/?secret"}}}}`,
    );
    expect(() => JSON.parse(clean!) as unknown).not.toThrow();
    expect(clean).not.toContain('secret');
  });

  it('bears any depth and any length', () => {
    const deep = `{"flow":{"l7":${'{"a":['.repeat(50_000)}"x"${']}'.repeat(50_000)},"Summary":"/?secret"}}`;
    expect(everything.redact(deep)).not.toContain('secret');
    const long = JSON.stringify(request({ url: `/?${'a=1&\\"'.repeat(500_000)}secret` }));
    expect(everything.redact(long)).not.toContain('secret');
  });
});

const SECRET = fc
  .array(fc.constantFrom(...Array.from('abcXYZ019 /?&=#@:;%+"\\<>ü🙂-_.~')), { minLength: 8, maxLength: 16 })
  .map((letters) => `s3c${letters.join('')}r3t`);

/** Ways in which one text may stand in a URL. */
const spelling = fc.constantFrom(
  encodeURIComponent,
  (text: string) => encodeURIComponent(encodeURIComponent(text)),
  (text: string) => encodeURIComponent(text).replace(/%../g, (hex) => hex.toLowerCase()),
  (text: string) =>
    Buffer.from(text).reduce((all, byte) => `${all}%${byte.toString(16).padStart(2, '0')}`, ''),
);
const casing = fc.constantFrom(
  (name: string) => name,
  (name: string) => name.toUpperCase(),
  (name: string) => name.replace(/^./, (letter) => letter.toUpperCase()),
);
const nothing = fc.constant(undefined);

const secretRequest = fc
  .record({
    secrets: fc.tuple(SECRET, SECRET, SECRET, SECRET),
    spell: spelling,
    spellAgain: spelling,
    casing,
    name: fc.constantFrom('token', '%74oken', 'tok%2565n', 'Token'),
    place: fc.constantFrom('?a=1&', '?', '#', '/x;', '?a=1#'),
    nested: fc.boolean(),
    summary: fc.constantFrom('verbatim', 'other spelling', 'decoded', 'response', 'header', 'none'),
    style: fc.record({ spaced: fc.boolean(), reversed: fc.boolean() }),
    bare: fc.boolean(),
    escape: fc.boolean(),
    more: fc.oneof(nothing, fc.constant('9007199254740993')),
  })
  .map((told) => {
    const [user, value, header, key] = told.secrets;
    const build = (spell: (text: string) => string) => {
      const inner = `${told.place}${told.name}=${spell(value)}`;
      const rest = told.nested ? `?next=${encodeURIComponent(`http://i/p${inner}`)}` : inner;
      return `http://${spell(user)}:${spell(user)}@shop.example/p${rest}`;
    };
    const url = build(told.spell);
    const Summary = {
      verbatim: `HTTP/1.1 GET ${url}`,
      'other spelling': `HTTP/1.1 GET ${build(told.spellAgain)}`,
      decoded: `HTTP/1.1 GET ${decodeFully(url)}`,
      response: `HTTP/1.1 200 3ms (GET ${url})`,
      header: `HTTP/1.1 GET / ${header}`,
      none: undefined,
    }[told.summary];
    const headers = [
      { key: told.casing('x-api-key'), value: header },
      { key: 'referer', value: url },
      { key: 'accept', value: '*/*' },
    ];
    const l7 = {
      type: 'REQUEST',
      latency_ns: told.more,
      http: { url, headers },
      kafka: { api_key: key },
    };
    const full = record({ Type: 'L7', l7, Summary, uuid: 'u' });
    const text = jsonText(told.bare ? full['flow'] : full, told.style);
    const spelled = told.escape
      ? text.replace('"l7"', String.raw`"l\u0037"`).replaceAll('&', String.raw`\u0026`)
      : text;
    return { text: spelled, secrets: told.secrets };
  });

/** Every text of a value, keys included. */
function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [key, ...textsOf(member)]);
}

describe('nothing of a secret survives, wherever it stands and however it is spelt', () => {
  it.each([
    [
      'whole queries',
      { urlQuery: true, urlParameters: 'token', userInfo: true, headersDeny: 'x-api-key', kafkaApiKey: true },
    ],
    [
      'named parameters',
      { urlParameters: 'token', userInfo: true, headersAllow: 'accept,referer', kafkaApiKey: true },
    ],
  ] satisfies [string, Partial<RedactionSettings>][])('with %s', (_, settings) =>
    fc.assert(
      fc.asyncProperty(secretRequest, async ({ text, secrets }) => {
        const { memory, records, report } = await ingest(text, {}, {}, redactor(settings));
        expect(report).toMatchObject({ stored: 1, rejected: 0, redacted: 1 });
        const kept = [records, memory.flows.map(({ flow }) => flow)].flatMap((value) =>
          textsOf(
            JSON.parse(
              JSON.stringify(value, (_key, part: unknown) =>
                typeof part === 'bigint' ? String(part) : part,
              ),
            ),
          ),
        );
        for (const one of [...kept, ...records.flatMap((json) => textsOf(JSON.parse(json)))]) {
          for (const secret of secrets) expect(decodeFully(one)).not.toContain(decodeFully(secret));
        }
      }),
      { numRuns: 150 },
    ),
  );
});

describe('a record that is read from what Hubble printed', () => {
  const by = redactor({ urlQuery: true, userInfo: true, pattern: 'card-[0-9]+' });
  const printed = (summary: string, time = '13:42:21.107') =>
    `May  2 ${time}: default/xwing:41234 (ID:1234) -> default/deathstar:80 (ID:5678) http-request FORWARDED (${summary})`;
  const told = (records: readonly string[]) =>
    records.map((json) => JSON.parse(json) as { flowatlas: { text: string; nth?: number } });

  it('loses what is taken out in its text, too, and says so', async () => {
    const { records, report } = await ingest(
      printed('HTTP/1.1 GET http://u:pass@h/p?token=abcd'),
      {},
      {},
      by,
    );
    expect(report).toMatchObject({ stored: 1, redacted: 1 });
    expect(JSON.parse(records[0] ?? '')).toMatchObject({
      flow: { l7: { http: { url: 'http://FLOWATLAS_REDACTED@h/p?FLOWATLAS_REDACTED' } } },
      flowatlas: { text: printed('HTTP/1.1 GET http://FLOWATLAS_REDACTED@h/p?FLOWATLAS_REDACTED') },
      flowatlas_redacted: ['Summary', 'flowatlas.text', 'http.url.query', 'http.url.userinfo'],
    });
    expect(by.redact(records[0] ?? '')).toBeUndefined();
  });

  it.each([
    ['within the query', 'HTTP/1.1 GET http://h/p?token=ab', 'cdef'],
    ['between words', 'HTTP/1.1 GET', 'http://h/p?token=abcdef'],
    ['within a match', 'HTTP/1.1 GET http://h/card-123', '45/card-6'],
    ['before the query', 'HTTP/1.1 GET http://h/p', '?token=abcdef'],
  ])('loses its text whole where the line was wrapped %s', async (_, first, rest) => {
    const line = printed(`${first}\n${rest}`);
    const { records } = await ingest(line, {}, {}, by);
    expect(told(records)).toMatchObject([{ flowatlas: { text: 'FLOWATLAS_REDACTED' } }]);
    expect(records.join()).not.toMatch(/ab?cdef|card-/);
  });

  it('loses it without a summary beside it, and in blocks', async () => {
    const bare = {
      flow: { verdict: 'FORWARDED' },
      flowatlas: { read_from: 'compact', text: printed('HTTP/1.1 GET http://h/?abcd') },
    };
    const block = `  TIMESTAMP: May  2 13:42:21.107\n     SOURCE: default/xwing:41234\nDESTINATION: default/deathstar:80\n       TYPE: http-request\n    VERDICT: FORWARDED\n    SUMMARY: HTTP/1.1 GET http://h/?abcd`;
    for (const text of [JSON.stringify(bare), block]) {
      const { records } = await ingest(text, {}, {}, by);
      expect(records).toHaveLength(1);
      expect(records.join()).not.toContain('abcd');
    }
  });

  it('stays one of its own beside those that are equal only then, and is known again', async () => {
    const lines = ['a=1', 'b=2', 'a=1'].map((query) => printed(`HTTP/1.1 GET http://h/?${query}`));
    const later = printed('HTTP/1.1 GET http://h/?c=3', '13:42:21.108');
    const text = [...lines, later].join('\n');
    const { records, report } = await ingest(
      text,
      { again: text, rest: [lines[1], later].join('\n') },
      {},
      by,
    );
    expect(told(records).map(({ flowatlas }) => flowatlas.nth)).toEqual([undefined, 2, 3, undefined]);
    expect(report).toMatchObject({ stored: 4, duplicates: 6 });
  });
});

describe('what has no secret', () => {
  it('stays to the letter, whatever flow it is', () =>
    fc.assert(
      fc.asyncProperty(flowTexts(8), async (texts) => {
        const by = redactor({
          urlQuery: true,
          userInfo: true,
          headersDeny: 'authorization',
          kafkaApiKey: true,
        });
        const plain = await ingest(texts.join('\n'));
        const clean = await ingest(texts.join('\n'), {}, {}, by);
        expect(clean.records.map(withoutQuery)).toEqual(plain.records.map(withoutQuery));
        expect(clean.report.stored).toBe(plain.report.stored);
      }),
      { numRuns: 100 },
    ));
});

/** The one thing in generated flows that is taken out. */
function withoutQuery(text: string): unknown {
  const { flowatlas_redacted: _, ...value } = losslessly(
    text.replace(/\?(a=1&b=<2>|FLOWATLAS_REDACTED)/, '?'),
  ) as {
    flowatlas_redacted?: unknown;
  };
  return value;
}
