/** `scheme:`, as in RFC 3986. */
const SCHEME = /^[a-zA-Z][a-zA-Z0-9+.-]*:/;
/** C0 and DEL: what a request cannot have held. */
const CONTROL = /[^ -~\u0080-\uffff]/;
const USER = /^(?:[\w.~!$&'()*+,;=:@-]|%[\da-f]{2})*$/i;
const HOST = /^(?:[\w.~!$&'()*+,;=:<>"[\]-]|[\u0080-\uffff]|%25|%[89a-f][\da-f])*$/i;
/** What may stand behind a host: no port, or digits, even none of them. */
const PORT = /^(?:\[.*\](?::\d*)?|(?!\[)(?:[^:]*|.*:\d*))$/;

/**
 * The decoded path of a URL as Hubble takes it, which is as of the address of a request (Go's
 * `url.ParseRequestURI`): whole up to the query, a `#` included. Undefined where that is no address.
 */
export function urlPath(url: string): string | undefined {
  if (CONTROL.test(url)) return undefined;
  if (url === '*') return url;
  const scheme = SCHEME.exec(url)?.[0] ?? '';
  const rest = url.slice(scheme.length).replace(/\?.*$/s, '');
  if (!rest.startsWith('/')) return scheme === '' ? undefined : '';
  if (scheme === '' || !rest.startsWith('//')) return decoded(rest);
  const [authority = ''] = /^[^/]*/.exec(rest.slice(2)) ?? [];
  return isAuthority(authority) ? decoded(rest.slice(2 + authority.length)) : undefined;
}

function isAuthority(authority: string): boolean {
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
