import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { generatedTraffic, shop } from '../support/run-flows.js';
import { closeLiveClients, LiveClient } from '../support/run-live.js';
import {
  ask,
  cpuSeconds,
  residentBytes,
  statusOf,
  store,
  type Answer,
  type ErrorBody,
} from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

let server: Server;
beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
  await store(server, generatedTraffic(3_000));
});
afterAll(async () => {
  closeLiveClients();
  await cleanUp();
});

type Words = readonly (readonly [name: string, value: string])[];

const nested = (depth: number) => `${'('.repeat(depth)}port = 80${')'.repeat(depth)}`;
const many = (count: number, word: (i: number) => readonly [string, string]): Words =>
  Array.from({ length: count }, (_, i) => word(i));

/** What a filter or a window is given. */
const questions: Readonly<Record<string, Words>> = {
  'a pattern that others need years for': [['http-url', '(a+)+$']],
  'a pattern of huge repetition': [['http-path', '(a{1000}){1000}']],
  'a pattern of many alternatives': [
    ['dns-query', Array.from({ length: 250 }, (_, i) => `.*${i}`).join('|')],
  ],
  'a megabyte': [['text', 'a'.repeat(1 << 20)]],
  'as much as an address takes': [['text', 'a'.repeat(15_000)]],
  'ten thousand labels': many(10_000, (i) => ['label', `l${i}`]),
  'a thousand labels': many(1_000, (i) => ['label', `l${i}`]),
  'a label selector of a thousand terms': [
    ['label', Array.from({ length: 1_000 }, (_, i) => `a${i}`).join(',')],
  ],
  'a far future': [['since', '-99999999999999999h']],
  'a far past': [['since', '99999999w']],
  'a year of many digits': [['since', `${'9'.repeat(400)}-01-01`]],
  'a window of no time': [
    ['since', '2026-01-01'],
    ['until', '2020-01-01'],
  ],
  'deep CEL': [['cel-expression', `${'('.repeat(2_000)}true${')'.repeat(2_000)}`]],
  'CEL that multiplies': [
    [
      'cel-expression',
      '_flow.source.labels.all(a, _flow.source.labels.all(b, _flow.source.labels.all(c, a + b + c != "")))',
    ],
  ],
  'CEL that matches a pattern': [['cel-expression', '"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!".matches("(a+)+$")']],
  'an expression in a thousand brackets': [['q', nested(1_000)]],
  'an expression in thirty brackets': [['q', nested(30)]],
  'an expression of many terms': [['q', Array(1_000).fill('port=1').join(' or ')]],
  'ten thousand expressions': many(10_000, () => ['q', 'port=1']),
  'an expression that is never closed': [['q', `text = "${'\\'.repeat(3_000)}`]],
  'a raw filter in a raw filter': [
    ['allowlist', '{"experimental":{"experimental":{"cel_expression":["true"]}}}'],
  ],
  'a raw filter of deep lists': [['allowlist', `{"verdict":${'['.repeat(5_000)}${']'.repeat(5_000)}}`]],
  'a hundred raw filters': many(100, () => ['allowlist', '{"http_url":["(a+)+$"]}']),
  'a name of the language itself': [['__proto__', 'x']],
  'nothing of the sort': [['verdict', '\u0000']],
  'a text of NUL bytes': [['text', '\u0000\u0000']],
  'half of a pair': [['pod', '\ud800/\udfff']],
  'a range of all ports': [['port', '0-65535']],
  'a port beyond all': [['port', '99999999999999999999']],
  'a network of everything': [['ip', '::/0']],
};

/** What is written into an address as it stands. */
const addresses: Readonly<Record<string, string>> = {
  'a broken escape': 'pod=%',
  'another broken escape': 'pod=%zz&%=%',
  'bytes that are no UTF-8': 'pod=%ff%fe%c0%80',
  'an object in brackets': 'verdict[a][b]=1&verdict[__proto__]=2',
  'a list in brackets': 'verdict[]=DROPPED&verdict[99999999]=AUDIT',
  'nothing but ampersands': '&'.repeat(10_000),
  'ten thousand names': Array.from({ length: 1_900 }, (_, i) => `a${i}=1`).join('&'),
};

/** What calls have of their own. */
const own: readonly string[] = [
  'flows?last=1e12',
  'flows?last=1000000',
  'flows?first=99999999999999999999999',
  'flows?limit=-1',
  'flows?limit=NaN',
  'flows?cursor=%00',
  `flows?cursor=${'A'.repeat(10_000)}`,
  'flows?cursor=__proto__',
  'flows?order=toString',
  'flows?follow=true',
  `flows/groups?by=${'from-pod,'.repeat(1_000)}verdict`,
  'flows/groups?by=from-pod,to-pod,from-port,to-port,tcp-flags,http-path&top=1000',
  'flows/groups?by=constructor',
  `flows/timeseries?step=1ns`,
  'flows/timeseries?step=99999999999999999999w',
  'flows/timeseries?step=0s',
  'flows/timeseries?by=__proto__',
  `flows/hints?field=text&prefix=${'%f0%9f%98%80'.repeat(500)}`,
  `flows/hints?field=from-pod&prefix=${'(a+)+$'.repeat(160)}`,
  `drops?by=${'reason,'.repeat(2_000)}node`,
  'drops?limit=1e9',
  'map?level=__proto__',
  'map/diff?a=//&b=%00/%00',
  'map?format=constructor',
  `edges/${'%2e%2e%2f'.repeat(1_000)}`,
  'edges/%00',
  `flows/${'%f0%9f%98%80'.repeat(1_000)}`,
  `coverage?since=${'1h'.repeat(4_000)}`,
];

/** The calls that take filters. */
const calls = [
  'flows',
  'flows/count',
  'flows/groups?by=from-pod,to-pod,verdict',
  'flows/timeseries?by=from-pod',
  'flows/hints?field=label',
  'drops',
  'map',
  'map?level=pod',
  'map/diff?a=2026-06-01T10:00/2026-06-01T10:05&b=2026-06-01T10:05/',
  'edges/TPSzHs8IGXafW0dxenCZ',
  'export',
];

const A_SECOND = 1;

/** A stream may have begun before it is known that what is asked costs too much. */
function brokenOff(path: string): (error: Error) => Pick<Answer<ErrorBody>, 'status' | 'text' | 'body'> {
  return ({ message }) => {
    expect({ call: path.slice(0, 15), message }).toEqual({ call: '/api/v1/export?', message: 'aborted' });
    return { status: 400, text: '', body: { error: { code: 'invalid_filter', message: '' } } };
  };
}

/** It ends in an answer or in an error in the one form, and costs less than a second. */
async function isDealtWith(path: string, sent?: string): Promise<void> {
  const options = sent === undefined ? {} : { method: 'POST', body: sent };
  const before = await cpuSeconds(server);
  const { status, text, body } = await ask<ErrorBody>(server, path, options).catch(brokenOff(path));
  const cost = (await cpuSeconds(server)) - before;
  const told = status === 200 ? undefined : body.error;
  const isGood = status === 200 || (status >= 400 && status < 500 && told !== undefined);
  const place = path.slice(0, 60);
  expect({ place, isGood, text: isGood ? '' : text.slice(0, 200) }).toEqual({
    place,
    isGood: true,
    text: '',
  });
  if (told !== undefined) {
    expect(told.code).toMatch(/^(?:invalid_|unknown_parameter|not_found|payload_too_large)/);
    expect(told.message.length).toBeLessThan(2_500);
  }
  expect({ place, cost: cost < A_SECOND ? 0 : cost }).toEqual({ place, cost: 0 });
}

function written(words: Words): string {
  // By a buffer, as half of a pair has no form in a URL.
  return words
    .map(
      ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(Buffer.from(value).toString())}`,
    )
    .join('&');
}

async function askEverywhere(query: string): Promise<void> {
  for (const call of calls) await isDealtWith(`/api/v1/${call}${call.includes('?') ? '&' : '?'}${query}`);
}

describe('a hostile question is refused or answered, soon, and leaves nothing behind', () => {
  it.each(Object.entries(questions))('in a filter: %s', (_, words) => askEverywhere(written(words)));

  it.each(Object.entries(addresses))('in an address: %s', (_, query) => askEverywhere(query));

  it.each(own.map((path) => [path.slice(0, 60), path]))('of a call: %s', (_, path) =>
    isDealtWith(`/api/v1/${path}`),
  );

  it.each([
    ['no JSON', '{'],
    ['deep lists', '['.repeat(60_000)],
    ['deep objects', '{"whitelist":'.repeat(5_000)],
    ['bytes beyond the limit', `{"q":"${'a'.repeat(1 << 20)}"}`],
    ['a giant field mask', JSON.stringify({ field_mask: Array(3_000).fill('source.labels') })],
    ['a deep field mask', JSON.stringify({ field_mask: ['source.'.repeat(5_000)] })],
    ['a field mask of names of the language', JSON.stringify({ field_mask: ['__proto__.constructor'] })],
    ['ten thousand expressions', JSON.stringify({ q: Array(6_000).fill('port=1') })],
    ['a hundred patterns', JSON.stringify({ whitelist: [{ http_url: Array(100).fill('(a+)+$') }] })],
    ['thousands of filters', JSON.stringify({ blacklist: Array(20_000).fill({}) })],
    ['members of the language', '{"__proto__":{"whitelist":[]},"constructor":1}'],
    ['a number in the place of a time', '{"since":1e999,"last":1e12}'],
    ['a string that is no Unicode', '{"whitelist":[{"source_pod":["\\ud800"]}]}'],
  ])('in a body: %s', (_, body) => isDealtWith('/api/v1/flows/query', body));

  it.each(Object.entries(questions))('in a subscription: %s', async (_, words) => {
    const named = new Map<string, string[]>();
    for (const [name, value] of words) named.set(name, [...(named.get(name) ?? []), value]);
    const filter = Object.fromEntries(named);
    const client = new LiveClient(server);
    await client.connect();
    const before = await cpuSeconds(server);
    const gone = new Promise<string>((resolve) => client.socket.once('disconnect', resolve));
    const answer = await Promise.race([client.request('subscribe', { view: 'edges', filter }), gone]).catch(
      () => gone,
    );
    expect((await cpuSeconds(server)) - before).toBeLessThan(A_SECOND);
    client.close();
    if (typeof answer === 'string') expect(JSON.stringify(filter).length).toBeGreaterThan(64 << 10);
    else if ('error' in answer) expect(answer.error.code).toMatch(/^invalid_/);
    else expect(answer.subscription).toBeDefined();
  });

  it('so that the server is what it was, and says nothing of it', async () => {
    const before = await residentBytes(server);
    for (const words of Object.values(questions)) await ask(server, `/api/v1/flows?${written(words)}`);
    expect(await residentBytes(server)).toBeLessThan(before + (64 << 20));
    expect((await statusOf(server)).flows).toBeGreaterThan(3_000);
    const { stderr, stdout } = await server.stop();
    expect({ stderr, errors: /error/i.exec(stdout)?.[0] }).toEqual({ stderr: '' });
  });
});
