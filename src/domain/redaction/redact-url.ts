import type { NameTest } from './settings.js';

/** Stands where something was taken out. Not Hubble's own HUBBLE_REDACTED: it was not the agent that did it. */
export const REDACTED = 'FLOWATLAS_REDACTED';

export interface UrlRules {
  query: boolean;
  parameters: NameTest | undefined;
  userInfo: boolean;
}

/** Told of every text that is taken out. */
export type Taken = (what: 'http.url.query' | 'http.url.userinfo', text: string) => void;

/** A URL within a URL may be encoded once more for each level. */
const MOST_LEVELS = 4;

/** A URL without what the rules take out of it, also where that is percent-encoded or stands in a URL within. */
export function redactUrl(url: string, rules: UrlRules, taken: Taken, level = 0): string {
  let clean = rules.userInfo ? withoutUserInfo(url, taken) : url;
  if (rules.query) clean = withoutQuery(clean, taken);
  return withoutParameters(clean, rules, taken, level);
}

/** Between the slashes and the last @ before the path; a host in brackets is an IPv6 address. */
const USER_INFO = /([\\/]{2})([^\\/?#\s]*)@/g;
/** A password with slashes in it, known by what stands in place of the port. */
const USER_INFO_WITH_SLASHES = /([\\/]{2})(?!\[)([^\\/?#\s@:]*:(?!\d*[\\/])[^?#\s]*)@$/;

/** Up to the last @: behind it the pattern would be tried in vain, in time that grows with the square of the text. */
function cutBefore(text: string, end: number, cut: (...found: [string, string, string]) => string): string {
  return text.slice(0, end).replace(USER_INFO_WITH_SLASHES, cut) + text.slice(end);
}

/** Without a scheme. */
const BARE_USER_INFO = /^()([^\\/?#\s:@]+:[^\\/?#\s]*)@/;

function withoutUserInfo(url: string, taken: Taken): string {
  const cut = (_: string, before: string, userInfo: string) => {
    if (userInfo !== REDACTED) taken('http.url.userinfo', userInfo);
    return `${before}${REDACTED}@`;
  };
  return url
    .replace(BARE_USER_INFO, cut)
    .replace(USER_INFO, cut)
    .split(/([?#\s])/)
    .map((text) => cutBefore(text, text.lastIndexOf('@') + 1, cut))
    .join('');
}

/** Also where it is encoded: then the URL stands in the path of another. */
const QUERY = /[?#]|%(?:25)*(?:3f|23)/i;

function withoutQuery(url: string, taken: Taken): string {
  const mark = QUERY.exec(url);
  if (mark === null) return url;
  const end = mark.index + mark[0].length;
  const query = url.slice(end);
  if (query === '' || query === REDACTED) return url;
  taken('http.url.query', query);
  return url.slice(0, end) + REDACTED;
}

/** `name=value` behind a separator, wherever in the URL: in the query, in the fragment, or `;name=value` in the path. */
const PARAMETER = /([?&;#])([^=?&;#]*)=([^&;#]*)/g;

function withoutParameters(url: string, rules: UrlRules, taken: Taken, level: number): string {
  const cut = (value: string) => {
    taken('http.url.query', value);
    return REDACTED;
  };
  const named = url.replace(PARAMETER, (whole, mark: string, name: string, value: string) => {
    if (value === '' || value === REDACTED) return whole;
    const isNamed = rules.parameters?.(decodeFully(name.replaceAll('+', ' ')).trim()) === true;
    return isNamed || hidesMore(value, rules, level) ? `${mark}${name}=${cut(value)}` : whole;
  });
  const path = /^(?:[a-z][a-z0-9+.-]*:)?(?:[\\/]{2}[^\\/?#]*)?([^?#]*)/i.exec(named)?.[1] ?? '';
  if (path === '' || !path.includes('%') || !hidesMore(path, rules, level)) return named;
  return named.replace(path, () => `/${cut(path)}`);
}

/** The text is an encoded URL from which something would be taken. */
function hidesMore(text: string, rules: UrlRules, level: number): boolean {
  if (level >= MOST_LEVELS) return false;
  const inner = decodeFully(text);
  if (!/[?&;#=@]/.test(inner)) return false;
  const candidates = inner === text ? [inner] : [inner, `?${inner}`];
  // Queries are gone by now, also those that are encoded.
  const others = { ...rules, query: false };
  return candidates.some((url) => redactUrl(url, others, () => undefined, level + 1) !== url);
}

/** Without percent-encoding, however often it was applied; bad sequences stay or become U+FFFD. */
export function decodeFully(text: string): string {
  let decoded = text;
  for (let i = 0; i <= MOST_LEVELS && decoded.includes('%'); i++) {
    decoded = decoded.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
      Buffer.from(bytes.replaceAll('%', ''), 'hex').toString('utf8'),
    );
  }
  return decoded;
}

/** Bytes without which no text tells of a query or a user. */
const HINT = /[?#@%]|;[^;]*=/;

/** The same for a text that may hold URLs, such as the value of a header. */
export function redactUrlsIn(text: string, rules: UrlRules, taken: Taken): string {
  if (!HINT.test(text)) return text;
  const redact = (url: string) => (looksLikeUrl(url) ? redactUrl(url, rules, taken) : url);
  // A text that is one URL may have blanks in it, in those that were never encoded.
  const isOne = /^(?:[a-z][a-z0-9+.-]*:)?\//i.test(text) && !/[<>"]/.test(text);
  return isOne ? redact(text) : text.replace(/[^\s<>"]+/g, redact);
}

function looksLikeUrl(text: string): boolean {
  if (/[?]|[\\/]{2}|%(?:25)*(?:3f|2f)/i.test(text)) return true;
  const slash = text.indexOf('/');
  return slash >= 0 && /[#;%]/.test(text.slice(slash));
}
