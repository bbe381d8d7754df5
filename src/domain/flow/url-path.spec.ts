import { describe, expect, it } from '@jest/globals';
import { urlPath } from './url-path.js';

/** What Go's `url.ParseRequestURI` answers, which Hubble asks. */
describe('the path of a URL', () => {
  it.each([
    ['http://api.pay:8080/v1/items?page=2', '/v1/items'],
    ['http://u:p@x/a%20b', '/a b'],
    ['HTTPS://[::1]:80/y', '/y'],
    ['http://[fe80::1%25eth0]/y', '/y'],
    ['http://x', ''],
    ['http://x:/y', '/y'],
    ['http://a:b:80/y', '/y'],
    ['http:///y', '/y'],
    ['http:/y', '/y'],
    ['mailto:a@b', ''],
    ['/relative?x', '/relative'],
    ['//x/y', '//x/y'],
    ['*', '*'],
    ['/a#top', '/a#top'],
    ['/caf%c3%a9', '/café'],
    ['/a%ffb', '/a\ufffdb'],
    ['/x?y=%zz', '/x'],
  ])('%s: %s', (url, path) => {
    expect(urlPath(url)).toBe(path);
  });

  it.each([
    '',
    'x/y',
    '::bad',
    '?x',
    'http://x/%zz',
    'http://x/%',
    'http://x y/',
    'http://x#top/y',
    'http://x:8a/y',
    'http://[::1/y',
    'http://[::1]80/y',
    'http://u%@x/y',
    'http://x/a\u001b[31m',
  ])('there is none in %j', (url) => {
    expect(urlPath(url)).toBeUndefined();
  });
});
