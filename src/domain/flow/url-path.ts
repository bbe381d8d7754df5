/** `scheme:`, as in RFC 3986. */
const SCHEME = /^[a-zA-Z][a-zA-Z0-9+.-]*:/;
/** C0 and DEL: what a request cannot have held. */
const CONTROL = /[^ -~\u0080-\uffff]/;
/** Most URLs: of a plain host or of none, with nothing to decode. */
const PLAIN = /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:\/\/[\w.-]*(?::\d*)?)?\/[ -$&-~\u0080-\uffff]*$/;
/** Most authorities: a plain host, with or without a port. */
const USUAL = /^[\w.-]*(?::\d*)?$/;
const USER = /^(?:[\w.~!$&'()*+,;=:@-]|%[\da-f]{2})*$/i;
const HOST = /^(?:[\w.~!$&'()*+,;=:<>"[\]-]|[\u0080-\uffff]|%25|%[89a-f][\da-f])*$/i;
/** What may stand behind a host: no port, or digits, even none of them. */
const PORT = /^(?:\[.*\](?::\d*)?|(?!\[)(?:[^:]*|.*:\d*))$/;

/**
 * The decoded path of a URL as Hubble takes it, which is as of the address of a request (Go's
 * `url.ParseRequestURI`): whole up to the query, a `#` included. Undefined where that is no address.
 */
export function urlPath(url: string): string | undefined {
  return PLAIN.test(url) ? plainPath(url) : anyPath(url);
}

function plainPath(url: string): string {
  const slash = url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('://') + 3);
  const query = url.indexOf('?', slash);
  return query < 0 ? url.slice(slash) : url.slice(slash, query);
}

function anyPath(url: string): string | undefined {
  if (CONTROL.test(url)) return undefined;
  if (url === '*') return url;
  const query = url.indexOf('?');
  const whole = query < 0 ? url : url.slice(0, query);
  if (whole.startsWith('/')) return decoded(whole);
  const scheme = SCHEME.exec(whole)?.[0] ?? '';
  const rest = whole.slice(scheme.length);
  if (!rest.startsWith('/')) return scheme === '' ? undefined : '';
  if (!rest.startsWith('//')) return decoded(rest);
  const slash = rest.indexOf('/', 2);
  const end = slash < 0 ? rest.length : slash;
  return isAuthority(rest.slice(2, end)) ? decoded(rest.slice(end)) : undefined;
}

function isAuthority(authority: string): boolean {
  if (USUAL.test(authority)) return true;
  const at = authority.lastIndexOf('@');
  const host = authority.slice(at + 1);
  return USER.test(authority.slice(0, Math.max(at, 0))) && HOST.test(host) && PORT.test(host);
}

/** Bytes that are no UTF-8 become U+FFFD, as everywhere. */
function decoded(path: string): string | undefined {
  if (!path.includes('%')) return path;
  if (/%(?![\da-f]{2})/i.test(path)) return undefined;
  return path.replace(/(?:%[\da-f]{2})+/gi, (run) => {
    const bytes = run.slice(1).split('%');
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      Uint8Array.from(bytes, (byte) => parseInt(byte, 16)),
    );
  });
}
