import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readConfig } from './config.js';

function mistakes(environment: Record<string, string>, flags: Record<string, string> = {}): string[] {
  try {
    readConfig(environment, flags);
  } catch (error) {
    return (error as Error).message.split('\n');
  }
  throw new Error('no mistake was found');
}

describe('the configuration', () => {
  it('listens on loopback and keeps its data beside it when nothing is said', () => {
    expect(readConfig({})).toEqual({
      listen: { host: '127.0.0.1', port: 8787 },
      origins: [],
      data: resolve('data'),
      digest: { webhook: undefined, every: 86_400_000 },
      log: 'warn',
      follow: [],
      followFrom: 'start',
      dropFolder: undefined,
      redact: {
        urlQuery: false,
        urlParameters: '',
        userInfo: false,
        headersAllow: '',
        headersDeny: '',
        kafkaApiKey: false,
        pattern: '',
      },
      upload: { mostOpen: 256, idleSeconds: 900, mostDecodedBytes: 32 * 2 ** 30, mostRatio: 250 },
      keepFor: undefined,
      keepDropsFor: undefined,
      keepSumsFor: undefined,
      keepMinutesFor: undefined,
      keepBytes: undefined,
      routes: [],
    });
  });

  it('takes flags before the environment, and that before the defaults', () => {
    const environment = { FLOWATLAS_LISTEN: '0.0.0.0:80', FLOWATLAS_LOG: 'debug' };
    const config = readConfig(environment, { listen: 'localhost:0', data: undefined });
    expect(config).toMatchObject({ listen: { host: 'localhost', port: 0 }, log: 'debug' });
  });

  it('takes addresses of IPv6 in brackets', () => {
    expect(readConfig({ FLOWATLAS_LISTEN: '[::1]:8787' }).listen).toEqual({ host: '::1', port: 8787 });
  });

  it('takes origins as browsers write them, and refuses what is none', () => {
    const FLOWATLAS_ORIGIN = 'https://Flows.example.com:443/, http://localhost:3000';
    expect(readConfig({ FLOWATLAS_ORIGIN }).origins).toEqual([
      'https://flows.example.com',
      'http://localhost:3000',
    ]);
    expect(readConfig({ FLOWATLAS_ORIGIN }, { origin: ['http://[::1]:80'] }).origins).toEqual([
      'http://[::1]',
    ]);
    for (const wrong of [
      '*',
      'flows.example.com',
      'https://a.example/path',
      'ftp://a.example',
      'https://u@a',
    ])
      expect(mistakes({}, { origin: wrong })[1]).toMatch(/FLOWATLAS_ORIGIN \(--origin\): ".*" is no origin/);
  });

  it('takes lists from repeated flags, and from the environment with commas between, but for those in braces', () => {
    const environment = { FLOWATLAS_FOLLOW: '/a/*.{log,json}, b/events.log,', FLOWATLAS_FOLLOW_FROM: 'end' };
    expect(readConfig(environment)).toMatchObject({
      follow: ['/a/*.{log,json}', resolve('b/events.log')],
      followFrom: 'end',
    });
    expect(readConfig(environment, { follow: ['/one,two.log'], followFrom: 'start' })).toMatchObject({
      follow: ['/one,two.log'],
      followFrom: 'start',
    });
    expect(readConfig(environment, { follow: [] }).follow).toEqual([]);
    expect(mistakes({ FLOWATLAS_FOLLOW_FROM: 'middle' })[1]).toMatch(
      /FLOWATLAS_FOLLOW_FROM \(--follow-from\)/,
    );
  });

  it('takes templates of routes, and refuses those that fit nothing or the same as others', () => {
    const FLOWATLAS_ROUTE = '/users/{id}, GET /files/*';
    expect(readConfig({ FLOWATLAS_ROUTE }).routes).toEqual(['/users/{id}', 'GET /files/*']);
    expect(readConfig({ FLOWATLAS_ROUTE }, { route: ['/a,b'] }).routes).toEqual(['/a,b']);
    expect(mistakes({ FLOWATLAS_ROUTE: '/users/{id}, /users/{name}' })[1]).toBe(
      '  - FLOWATLAS_ROUTE (--route): "/users/{name}": fits the same requests as "/users/{id}"',
    );
  });

  it('takes how much to keep with units', () => {
    const read = (keepFor: string, keepBytes = '') => readConfig({}, { keepFor, keepBytes });
    const day = 86_400_000;
    expect(read('7d').keepFor).toBe(7 * day);
    expect(read('2w').keepFor).toBe(14 * day);
    expect(read('1.5h').keepFor).toBe(5_400_000);
    expect(read('90 m').keepFor).toBe(5_400_000);
    expect(read('30s', '20GiB')).toMatchObject({ keepFor: 30_000, keepBytes: 20 * 2 ** 30 });
    expect(readConfig({ FLOWATLAS_KEEP_BYTES: '500MB' }).keepBytes).toBe(500_000_000);
    expect(readConfig({ FLOWATLAS_KEEP_FOR: '7d' }, { keepFor: '' }).keepFor).toBeUndefined();
  });

  it.each(['7', 'd', '0d', '-1d', '7 days', '1e3s', '7D', '99999999999w', 'constructor'])(
    'refuses to keep flows for %j',
    (value) => {
      expect(mistakes({ FLOWATLAS_KEEP_FOR: value })[1]).toMatch(
        /FLOWATLAS_KEEP_FOR \(--keep-for\): ".*" is no duration above 0/,
      );
    },
  );

  it('keeps sums and drops for as long as flows or longer', () => {
    const read = (flags: Record<string, string>) => readConfig({}, flags);
    expect(
      read({ keepFor: '7d', keepSumsFor: '52w', keepDropsFor: '30d', keepMinutesFor: '8d' }),
    ).toMatchObject({
      keepSumsFor: 364 * 86_400_000,
      keepDropsFor: 30 * 86_400_000,
      keepMinutesFor: 8 * 86_400_000,
    });
    expect(mistakes({}, { keepSumsFor: '52w' })[1]).toMatch(
      /FLOWATLAS_KEEP_SUMS_FOR \(--keep-sums-for\): needs FLOWATLAS_KEEP_FOR \(--keep-for\)/,
    );
    expect(mistakes({}, { keepFor: '7d', keepMinutesFor: '1d' })[1]).toMatch(
      /FLOWATLAS_KEEP_MINUTES_FOR \(--keep-minutes-for\): is less than FLOWATLAS_KEEP_FOR/,
    );
    expect(mistakes({}, { keepFor: '7d', keepDropsFor: '1d' })[1]).toMatch(
      /FLOWATLAS_KEEP_DROPS_FOR \(--keep-drops-for\): is less than FLOWATLAS_KEEP_FOR/,
    );
  });

  it.each(['20', '20G', '1MiB', '0GB', 'GiB', '20gib'])('refuses to keep %j', (value) => {
    expect(mistakes({}, { keepBytes: value })[1]).toMatch(/FLOWATLAS_KEEP_BYTES \(--keep-bytes\): ".*" is/);
  });

  it('leaves the rest of the environment alone', () => {
    expect(() =>
      readConfig({ PATH: '/bin', FLOWATLAS_SERVER: 'http://x', flowatlas_listen: 'x' }),
    ).not.toThrow();
  });

  it.each(['8787', 'localhost', ':8787', 'a b:1', '127.0.0.1:65536', '::1:8787', '127.0.0.1:x', ''])(
    'refuses to listen on %j',
    (value) => {
      expect(mistakes({ FLOWATLAS_LISTEN: value })[1]).toMatch(
        /FLOWATLAS_LISTEN \(--listen\): ".*" is no address with a port/,
      );
    },
  );

  it('lists every mistake in one message, unknown settings included', () => {
    const lines = mistakes(
      { FLOWATLAS_LISTEN: 'x', FLOWATLAS_DATA: '', FLOWATLAS_LISTNE: 'y' },
      { log: 'loud' },
    );
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe('the configuration has mistakes:');
    const text = lines.join('\n');
    for (const name of [
      'FLOWATLAS_LISTEN (',
      'FLOWATLAS_DATA (',
      'FLOWATLAS_LOG (',
      'FLOWATLAS_LISTNE: no such setting',
    ]) {
      expect(text).toContain(name);
    }
  });

  it.each([
    [{ FLOWATLAS_REDACT_HTTP_URLQUERY: 'yes' }, 'has to be true or false'],
    [{ FLOWATLAS_REDACT_HTTP_HEADERS_DENY: 'a,,b' }, 'no name or /pattern/ at ",b"'],
    [{ FLOWATLAS_REDACT_PATTERN: '(' }, 'missing closing )'],
    [
      { FLOWATLAS_REDACT_HTTP_HEADERS_DENY: 'a', FLOWATLAS_REDACT_HTTP_HEADERS_ALLOW: 'b' },
      'cannot stand beside',
    ],
    [{ FLOWATLAS_UPLOAD_MAX_OPEN: '0' }, 'a whole number from 1 on'],
    [{ FLOWATLAS_UPLOAD_IDLE: '15' }, '"15" is no duration above 0, such as 15m'],
    [{ FLOWATLAS_UPLOAD_IDLE: '25d' }, '"25d" is more than the most, 24d'],
    [{ FLOWATLAS_UPLOAD_MAX_DECODED: '5 G' }, '"5 G" is no size'],
    [{ FLOWATLAS_KEEP_BYTES: '1MiB' }, '"1MiB" is less than the least, 8MiB'],
  ])('refuses %j', (environment, reason) => {
    expect(mistakes(environment as Record<string, string>).join('\n')).toContain(reason);
  });

  it('reads settings of redaction from flags, too', () => {
    const { redact } = readConfig({}, { redactHttpHeadersDeny: 'Cookie, /^x-/', redactPattern: 'a+' });
    expect(redact).toMatchObject({ headersDeny: 'Cookie, /^x-/', pattern: 'a+' });
  });
});
