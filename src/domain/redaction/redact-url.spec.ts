import { describe, expect, it } from '@jest/globals';
import { stopWatch } from '../../../test/support/cpu-time.js';
import { redactUrl, redactUrlsIn, type UrlRules } from './redact-url.js';
import { readNames } from './settings.js';

const query: UrlRules = { query: true, parameters: undefined, userInfo: false };
const userInfo: UrlRules = { query: false, parameters: undefined, userInfo: true };
const parameters = (names: string): UrlRules => ({
  query: false,
  parameters: readNames(names),
  userInfo: false,
});

function redact(url: string, rules: UrlRules): string {
  return redactUrl(url, rules, () => undefined);
}

describe('a URL', () => {
  it.each([
    ['http://h/p?q=1&r=2#top', 'http://h/p?FLOWATLAS_REDACTED'],
    ['http://h/p#access_token=x', 'http://h/p#FLOWATLAS_REDACTED'],
    ['/p?q', '/p?FLOWATLAS_REDACTED'],
    ['/r/http%3A%2F%2Fh%3Fq%3D1', '/r/http%3A%2F%2Fh%3FFLOWATLAS_REDACTED'],
    ['/r/%253Fq', '/r/%253FFLOWATLAS_REDACTED'],
    ['http://h/p?', 'http://h/p?'],
    ['http://h/p%20q', 'http://h/p%20q'],
    ['', ''],
  ])('loses its query: %s', (url, clean) => {
    expect(redact(url, query)).toBe(clean);
  });

  it.each([
    ['http://user:pass@h:80/p?q=1', 'http://FLOWATLAS_REDACTED@h:80/p?q=1'],
    ['HTTP://token@h', 'HTTP://FLOWATLAS_REDACTED@h'],
    ['//u:p@h/p', '//FLOWATLAS_REDACTED@h/p'],
    ['http://u:p@q@h/', 'http://FLOWATLAS_REDACTED@h/'],
    ['http://u:p/q@h/', 'http://FLOWATLAS_REDACTED@h/'],
    ['u:p@h:443', 'FLOWATLAS_REDACTED@h:443'],
    ['/fetch/http://u:p@h/', '/fetch/http://FLOWATLAS_REDACTED@h/'],
    ['http://h/?next=http%3A%2F%2Fu%3Ap%40h', 'http://h/?next=FLOWATLAS_REDACTED'],
    ['http://h:80/@me', 'http://h:80/@me'],
    ['http://[::1]:80/@me', 'http://[::1]:80/@me'],
    ['http://h/a@b', 'http://h/a@b'],
  ])('loses user and password: %s', (url, clean) => {
    expect(redact(url, userInfo)).toBe(clean);
  });

  it.each([
    ['/p?token=x&page=2', '/p?token=FLOWATLAS_REDACTED&page=2'],
    ['/p?page=2&TOKEN=x#t', '/p?page=2&TOKEN=FLOWATLAS_REDACTED#t'],
    ['/p?%74oken=x', '/p?%74oken=FLOWATLAS_REDACTED'],
    ['/p?%2574oken=x', '/p?%2574oken=FLOWATLAS_REDACTED'],
    ['/p;token=x/y?a=1', '/p;token=FLOWATLAS_REDACTED'],
    ['/p;token=x;v=1?a=1', '/p;token=FLOWATLAS_REDACTED;v=1?a=1'],
    ['/p#token=x', '/p#token=FLOWATLAS_REDACTED'],
    ['/p?api-key=x&api_key=y', '/p?api-key=FLOWATLAS_REDACTED&api_key=FLOWATLAS_REDACTED'],
    ['/p?next=%2Fq%3Ftoken%3Dx&page=2', '/p?next=FLOWATLAS_REDACTED&page=2'],
    ['/r/http%3A%2F%2Fh%3Ftoken%3Dx?a=1', '/FLOWATLAS_REDACTED?a=1'],
    ['/p?tokens=x&a=token', '/p?tokens=x&a=token'],
    ['/p?token=', '/p?token='],
  ])('loses the values of named parameters: %s', (url, clean) => {
    expect(redact(url, parameters('token, api*key'))).toBe(clean);
  });

  it.each(['/%252525', '//a:b', '/a', '@//a:b', ';a', '?a&', '//', 'a@', '%2F%3F', '?a=%25'])(
    'takes time that grows no faster than the text: %s over and over',
    (part) => {
      const url = part.repeat(20_000);
      const worked = stopWatch();
      for (const rules of [query, userInfo, parameters('token')]) {
        redact(url, rules);
        redactUrlsIn(url, rules, () => undefined);
      }
      expect(worked()).toBeLessThan(5_000);
    },
  );

  it('is left as it is when it was redacted already', () => {
    for (const rules of [query, userInfo, parameters('token')]) {
      const once = redact('http://u:p@h/p;token=x?token=y#token=z', rules);
      expect(redact(once, rules)).toBe(once);
    }
  });
});

describe('a text with URLs in it', () => {
  it.each([
    ['http://h/?q=a secret', 'http://h/?FLOWATLAS_REDACTED'],
    ['<https://h/x?page=2>; rel="next"', '<https://h/x?FLOWATLAS_REDACTED>; rel="next"'],
    ['go to /p?q=1 now', 'go to /p?FLOWATLAS_REDACTED now'],
    ['curl/8.5.0', 'curl/8.5.0'],
    ['text/html; charset=utf-8', 'text/html; charset=utf-8'],
    ['"Not#A;Brand"', '"Not#A;Brand"'],
  ])('loses their queries: %s', (text, clean) => {
    expect(redactUrlsIn(text, query, () => undefined)).toBe(clean);
  });

  it('keeps addresses of mail', () => {
    expect(redactUrlsIn('bob@example.com', userInfo, () => undefined)).toBe('bob@example.com');
  });
});
