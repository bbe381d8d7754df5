import type { RE2JS } from 're2js';
import { findMessageTexts, NOTE, type MessageText } from './message-texts.js';
import { decodeFully, REDACTED, redactUrl, redactUrlsIn, type Taken, type UrlRules } from './redact-url.js';
import { readNames, readPattern, type NameTest, type RedactionSettings } from './settings.js';

/** What a record's note may tell of. */
type Kind =
  | 'http.url.query'
  | 'http.url.userinfo'
  | 'http.headers'
  | 'kafka.api_key'
  | 'pattern'
  | 'Summary'
  | 'flowatlas.text';

const L7 = Buffer.from('"l7"');
const ESCAPE = Buffer.from('\\u');
/** Of texts that repeat what a message says. */
const REPEATING = ['"Summary"', '"summary"', '"flowatlas"'].map((key) => Buffer.from(key));
/** Without one of these a URL has neither query nor user. */
const URL_BYTES = Array.from(Buffer.from('?#%@;'));

/** A shorter one that stands in a summary says nothing: it may as well be a status or a method. */
const SHORTEST_SECRET = 4;

/** A summary is searched for so many texts; where there are more it goes whole. */
const MOST_SECRETS = 1_000;

interface Change {
  from: number;
  to: number;
  text: string;
}

/** One record's redaction under way. */
interface Work {
  kinds: Set<Kind>;
  /** Texts that were taken out: a summary must not repeat them. */
  secrets: string[];
  urls: Replaced[];
  summaries: Replaced[];
}

interface Replaced {
  old: string;
  clean: string;
}

/**
 * Takes what its settings name out of the JSON of records, before anything else sees it. Only the
 * texts in question are written anew; every other byte, long numbers included, stays. That it
 * happened stands in the record's own object, under `flowatlas_redacted`.
 */
export class Redactor {
  readonly #urls: UrlRules;
  readonly #isHeaderTaken: NameTest | undefined;
  readonly #pattern: RE2JS | undefined;

  private constructor(private readonly settings: RedactionSettings) {
    const parameters = readNames(settings.urlParameters);
    this.#urls = { query: settings.urlQuery, parameters, userInfo: settings.userInfo };
    const allowed = readNames(settings.headersAllow);
    this.#isHeaderTaken =
      allowed === undefined ? readNames(settings.headersDeny) : (name) => !allowed(name.trim());
    this.#pattern = readPattern(settings.pattern);
  }

  /** Undefined where nothing is to be redacted. */
  static of(settings: RedactionSettings): Redactor | undefined {
    return Object.values(settings).some((value) => value !== false && value !== '')
      ? new Redactor(settings)
      : undefined;
  }

  /** The settings in force, by name. */
  get rules(): string[] {
    const { urlQuery, urlParameters, userInfo, headersAllow, headersDeny, kafkaApiKey, pattern } =
      this.settings;
    return Object.entries({
      'http-urlquery': urlQuery,
      'http-urlparams': urlParameters !== '',
      'http-userinfo': userInfo,
      'http-headers-allow': headersAllow !== '',
      'http-headers-deny': headersDeny !== '',
      'kafka-apikey': kafkaApiKey,
      pattern: pattern !== '',
    }).flatMap(([name, isOn]) => (isOn ? [name] : []));
  }

  /**
   * False only where nothing could be taken out: the bytes have no key `l7`, also none that is
   * escaped, and neither summary nor printed text with what a URL would need to tell more than a path.
   */
  concerns(record: Buffer): boolean {
    if (record.includes(L7) || record.includes(ESCAPE)) return true;
    if (this.#pattern === undefined && !URL_BYTES.some((byte) => record.includes(byte))) return false;
    return REPEATING.some((key) => record.includes(key));
  }

  /** As `redact`, without a look at the JSON where `concerns` says that there is no need of one. */
  clean(record: Buffer): string | undefined {
    return this.concerns(record) ? this.redact(record.toString('utf8')) : undefined;
  }

  /** The record without what the settings name; undefined where there is nothing of it. The JSON has to be valid. */
  redact(json: string): string | undefined {
    const texts = findMessageTexts(json);
    const work: Work = { kinds: new Set(), secrets: [], urls: [], summaries: [] };
    const rank = ({ kind }: MessageText) => (kind === 'printed' ? 2 : kind === 'summary' ? 1 : 0);
    // What repeats others comes behind them: the summary repeats the message, and what Hubble printed has the summary.
    const ordered = [...texts].sort((a, b) => rank(a) - rank(b));
    const changes: Change[] = [];
    for (const text of ordered) {
      const clean = this.#clean(text, work);
      if (clean !== text.value) changes.push({ from: text.from, to: text.to, text: JSON.stringify(clean) });
    }
    if (changes.length === 0) return undefined;
    changes.push(noteOf(json, texts, work.kinds));
    changes.sort((a, b) => a.from - b.from);
    let redacted = '';
    let at = 0;
    for (const { from, to, text } of changes) {
      redacted += json.slice(at, from) + text;
      at = to;
    }
    return redacted + json.slice(at);
  }

  #clean(text: MessageText, work: Work): string {
    const { kind, value } = text;
    if (kind === 'note') return value;
    if (kind === 'url') return this.#cleanUrl(value, work);
    if (kind === 'summary') return this.#cleanSummary(value, work);
    if (kind === 'printed') return this.#cleanPrinted(value, work);
    if (kind === 'header') return this.#cleanHeader(text, work);
    if (kind === 'kafka key' && this.settings.kafkaApiKey) return takeWhole(value, 'kafka.api_key', work);
    return this.#withoutPattern(value, work);
  }

  #cleanUrl(value: string, work: Work): string {
    const clean = this.#withoutPattern(redactUrl(value, this.#urls, into(work)), work);
    if (clean !== value) work.urls.push({ old: value, clean });
    return clean;
  }

  #cleanHeader({ names, value }: MessageText, work: Work): string {
    const isTaken = this.#isHeaderTaken;
    // One without a name is taken where only some may stay.
    const named = names.length === 0 ? [''] : names;
    if (isTaken !== undefined && named.some((name) => isTaken(name.trim()))) {
      return takeWhole(value, 'http.headers', work);
    }
    return this.#withoutPattern(redactUrlsIn(value, this.#urls, into(work)), work);
  }

  #cleanSummary(value: string, work: Work): string {
    const clean = this.#cleanRepetition(value, work.urls, work);
    if (clean !== value) work.kinds.add('Summary');
    // Also what an earlier redaction left of it.
    if (clean.includes(REDACTED)) work.summaries.push({ old: value, clean });
    return clean;
  }

  /** Where the changed summary does not stand as it is, as in a line that was wrapped, the text goes whole. */
  #cleanPrinted(value: string, work: Work): string {
    const { summaries, urls } = work;
    const isToldOtherwise = summaries.some(({ old, clean }) => old !== clean && !value.includes(old));
    const clean = isToldOtherwise ? REDACTED : this.#cleanRepetition(value, [...summaries, ...urls], work);
    if (clean !== value) work.kinds.add('flowatlas.text');
    return clean;
  }

  /** Hubble repeats texts as they are; what tells of them in any other way goes whole. */
  #cleanRepetition(value: string, replaced: readonly Replaced[], work: Work): string {
    let clean = value;
    let rest = value;
    for (const { old, clean: text } of [...replaced].sort((a, b) => b.old.length - a.old.length)) {
      clean = clean.replaceAll(old, () => text);
      rest = rest.replaceAll(old, ' ');
    }
    const tellsMore = redactUrlsIn(rest, this.#urls, () => undefined) !== rest || repeats(rest, work.secrets);
    return tellsMore ? REDACTED : this.#withoutPattern(clean, work);
  }

  #withoutPattern(value: string, work: Work): string {
    const pattern = this.#pattern;
    if (pattern === undefined || value === REDACTED) return value;
    const replace = (text: string) => pattern.matcher(text).replaceAll(REDACTED);
    // What was redacted already stays as it is, however wide the pattern.
    const clean = value.split(REDACTED).map(replace).join(REDACTED);
    const decoded = decodeFully(clean);
    const isHidden = decoded !== clean && pattern.matcher(decoded.replaceAll(REDACTED, ' ')).find();
    if (clean !== value || isHidden) work.kinds.add('pattern');
    return isHidden ? REDACTED : clean;
  }
}

function into(work: Work): Taken {
  return (what, text) => {
    work.kinds.add(what);
    work.secrets.push(text);
    for (const part of text.split(/[:&;=#?]/)) if (part !== text) work.secrets.push(part);
  };
}

function takeWhole(value: string, kind: Kind, work: Work): string {
  if (value === REDACTED) return value;
  work.kinds.add(kind);
  work.secrets.push(value);
  return REDACTED;
}

function repeats(text: string, secrets: readonly string[]): boolean {
  if (secrets.length > MOST_SECRETS) return true;
  const decoded = decodeFully(text);
  return secrets
    .map((secret) => decodeFully(secret))
    .some((secret) => secret.length >= SHORTEST_SECRET && decoded.includes(secret));
}

/** Adds to what an earlier redaction said. */
function noteOf(json: string, texts: readonly MessageText[], kinds: ReadonlySet<Kind>): Change {
  const before = texts.filter(({ kind }) => kind === 'note');
  const said = [...new Set([...before.map(({ value }) => value), ...kinds])].sort();
  const first = before[0];
  const last = before.at(-1);
  if (first !== undefined && last !== undefined) {
    return { from: first.from, to: last.to, text: said.map((kind) => JSON.stringify(kind)).join(',') };
  }
  const end = json.lastIndexOf('}');
  return { from: end, to: end, text: `,"${NOTE}":${JSON.stringify(said)}` };
}
