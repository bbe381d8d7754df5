import type { HttpMessage } from '../flow/flow.js';
import { readText, Refusal, shown, type Criterion, type Predicate } from './criterion.js';
import { onL7Text } from './l7-text.js';
import { findsAny, MOST_PATTERNS, readPattern } from './pattern.js';

/** `--http-status`: an exact code, or a prefix such as `4+` or `50+`; only responses have one. */
export const httpStatus: Criterion<string> = {
  field: 'http_status_code',
  flags: [{ name: 'http-status', describe: 'status code such as 404, or a prefix such as 5+' }],
  read(value) {
    const status = readText(value);
    if (/^[1-5](?:\d{2}|\d?\+)$/.test(status)) return status;
    throw new Refusal(`${shown(value)} is neither a code such as 404 nor a prefix such as 4+`);
  },
  test(statuses) {
    const exact = new Set(statuses);
    const prefixes = statuses.filter((status) => status.endsWith('+')).map((status) => status.slice(0, -1));
    return onHttp(({ status }) => {
      const text = String(status).padStart(3, '0');
      return status !== 0 && (exact.has(text) || prefixes.some((prefix) => text.startsWith(prefix)));
    });
  },
};

/** `--http-method`: in any case. */
export const httpMethod: Criterion<string> = {
  field: 'http_method',
  flags: [{ name: 'http-method', describe: 'method such as GET' }],
  read: readText,
  test(methods) {
    const wanted = new Set(methods.map((method) => method.toLowerCase()));
    return onHttp(({ method }) => wanted.has(method.toLowerCase()));
  },
};

/** `--http-path`: RE2, not anchored, on the path of the URL without its query. */
export const httpPath: Criterion<string> = {
  field: 'http_path',
  flags: [{ name: 'http-path', describe: 'regular expression (RE2) found anywhere in the path of the URL' }],
  most: MOST_PATTERNS,
  read: readPattern,
  test(patterns) {
    return onL7Text('path', findsAny(patterns));
  },
};

/** `--http-url`: RE2, not anchored, on the URL as it was written, with host and query. */
export const httpUrl: Criterion<string> = {
  field: 'http_url',
  flags: [{ name: 'http-url', describe: 'regular expression (RE2) found anywhere in the URL' }],
  most: MOST_PATTERNS,
  read: readPattern,
  test(patterns) {
    const finds = findsAny(patterns);
    return onL7Text('url', (url) => url !== '' && finds(url));
  },
};

function onHttp(test: (http: HttpMessage) => boolean): Predicate {
  return ({ l7 }) => l7?.http !== undefined && test(l7.http);
}
