import { RE2JS } from 're2js';
import { invalidFilter } from '../errors.js';
import type { HttpMessage, L7 } from '../flow/flow.js';
import { urlPath } from '../flow/url-path.js';
import type { Criterion, FilterWords, Predicate } from './criterion.js';

/** `--http-status`: an exact code, or a prefix such as `4+` or `50+`; only responses have one. */
export const httpStatus: Criterion = {
  name: 'http-status',
  describe: 'status code such as 404, or a prefix such as 5+',
  parse(values, words) {
    const tests = values.map(readStatus);
    return onHttp(words, ({ status }) => status !== 0 && tests.some((test) => test(String(status))));
  },
};

/** `--http-method`: in any case. */
export const httpMethod: Criterion = {
  name: 'http-method',
  describe: 'method such as GET',
  parse(values, words) {
    const wanted = new Set(values.map((value) => value.toLowerCase()));
    return onHttp(words, ({ method }) => wanted.has(method.toLowerCase()));
  },
};

/** `--http-path`: RE2, not anchored, on the path of the URL without its query. RE2 runs in linear time. */
export const httpPath: Criterion = {
  name: 'http-path',
  describe: 'regular expression (RE2) found anywhere in the path of the URL',
  parse(values, words) {
    const patterns = values.map((value) => compile('http-path', value));
    return onHttp(words, ({ url }) => {
      const path = urlPath(url);
      return path !== undefined && patterns.some((pattern) => pattern.matcher(path).find());
    });
  },
};

/** Judges each message once: flows share equal messages. */
function onHttp(words: FilterWords, test: (http: HttpMessage) => boolean): Predicate {
  const types = words.get('type') ?? [];
  if (types.some((type) => type !== 'l7' && type !== '129')) {
    throw invalidFilter('type', 'filters on HTTP go with the type l7 only');
  }
  const known = new WeakMap<L7, boolean>();
  return ({ l7 }) => {
    if (l7?.http === undefined) return false;
    let answer = known.get(l7);
    if (answer === undefined) known.set(l7, (answer = test(l7.http)));
    return answer;
  };
}

function readStatus(value: string): (status: string) => boolean {
  if (/^[1-5]\d{0,2}\+$/.test(value)) {
    const prefix = value.slice(0, -1);
    return (status) => status.startsWith(prefix);
  }
  if (/^[1-5]\d{2}$/.test(value)) return (status) => status === value;
  throw invalidFilter('http-status', `"${value}" is neither a code such as 404 nor a prefix such as 4+`);
}

const LONGEST_PATTERN = 1_000;

function compile(field: string, pattern: string): RE2JS {
  if (pattern.length > LONGEST_PATTERN) {
    throw invalidFilter(field, `a pattern has at most ${LONGEST_PATTERN} characters`);
  }
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw invalidFilter(field, error instanceof Error ? error.message : String(error));
  }
}
