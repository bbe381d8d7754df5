import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';

/** What of a request tells whether a page of somebody else has made it. */
export interface Asked {
  method?: string | undefined;
  headers: IncomingHttpHeaders;
  /** WebSockets and what stands in for them are no matter of CORS: the browser lets any page read them. */
  isLive?: boolean;
}

export interface Allowed {
  /** Beside the server's own, such as `https://flows.example.com`. */
  origins: readonly string[];
  /** What the server was told to listen on; may be a name. */
  name: string;
  /** The server listens on a loopback address, so that only names of this machine lead to it. */
  isLocal: boolean;
}

/**
 * Why a request is refused, in words; undefined where it is answered. Whoever reaches the port may do everything, and
 * the browser of an operator reaches it for every page that is open there. Only browsers say where a request comes
 * from, so that nobody else is kept out. What a proxy tells in X-Forwarded-Host is not looked at, as anybody can
 * write it.
 */
export function refusalOf(asked: Asked, { origins, name, isLocal }: Allowed): string | undefined {
  const { host = '' } = asked.headers;
  if (isLocal && !isOfThisMachine(host, [`http://${name}`, ...origins]))
    return `${quoted(host)} is no name of this server: it goes by localhost, by its address, and by what --origin (FLOWATLAS_ORIGIN) names, such as http://${quotable(host)}`;
  if (asked.isLive !== true && READS.includes(asked.method ?? '')) return undefined;
  return refusalOfPage(asked.headers, origins);
}

/** They change nothing, and what they answer is kept from pages of others by the browser, as there is no CORS. */
const READS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * The name by which a page of somebody else reaches this machine, once it has let its own name lead there (DNS
 * rebinding): to the browser it is then the server's own page. An address cannot be made to lead elsewhere.
 */
function isOfThisMachine(host: string, known: readonly string[]): boolean {
  // HTTP/1.0 of programs; a browser always names one.
  if (host === '') return true;
  const name = urlOf('http:', host)?.hostname.replace(/\.$/, '');
  if (name === undefined) return false;
  if (isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name === 'localhost' || name.endsWith('.localhost'))
    return true;
  return known.some((url) => URL.canParse(url) && new URL(url).hostname === name);
}

function refusalOfPage(headers: IncomingHttpHeaders, origins: readonly string[]): string | undefined {
  const { origin, host = '' } = headers;
  if (origin === undefined) {
    // An old browser that names no page says nothing here either.
    return headers['sec-fetch-site'] === 'cross-site'
      ? 'pages of other servers may neither store flows nor watch'
      : undefined;
  }
  const page = URL.canParse(origin) ? new URL(origin) : undefined;
  // Without the port that goes without saying, and in lower case.
  if (page !== undefined && page.host !== '' && page.host === urlOf(page.protocol, host)?.host)
    return undefined;
  if (page !== undefined && origins.includes(page.origin)) return undefined;
  return `pages of ${quoted(origin)} may neither store flows nor watch, as this server goes by ${quoted(host)}: a proxy has to pass the Host on, or the page be allowed with --origin (FLOWATLAS_ORIGIN) ${quotable(origin)}`;
}

function urlOf(protocol: string, host: string): URL | undefined {
  const url = `${protocol}//${host}/`;
  return /^[^/\\?#@\s]+$/.test(host) && URL.canParse(url) ? new URL(url) : undefined;
}

function quoted(text: string): string {
  return JSON.stringify(quotable(text));
}

/** Whoever asks has written it. */
function quotable(text: string): string {
  return text.slice(0, 200);
}
