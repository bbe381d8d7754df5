import { RE2JS } from 're2js';

/**
 * What is taken out of L7 messages before they are stored, in the words of the settings; everything
 * is off unless said. Named after Hubble's own `hubble.redact.*`, which does this at the agent.
 */
export interface RedactionSettings {
  /** Query and fragment of URLs, whole. */
  urlQuery: boolean;
  /** Names of parameters whose values are taken out of URLs. */
  urlParameters: string;
  /** `user:password@` in URLs. */
  userInfo: boolean;
  /** Names of headers whose values stay; those of all others go. Not together with `headersDeny`. */
  headersAllow: string;
  /** Names of headers whose values go. */
  headersDeny: string;
  kafkaApiKey: boolean;
  /** What this regular expression (RE2) matches in any text of a message but DNS. */
  pattern: string;
}

export type NameTest = (name: string) => boolean;

/** Entries behind commas; one between slashes may hold commas itself. */
const ENTRY = /\s*(?:\/(?<pattern>(?:[^/\\]|\\.)+)\/|(?<name>[^,/\s]+))\s*(?:,|$)/uy;

/**
 * Tests names by a list such as `token, x-*-key, /^sig(nature)?$/`: without regard to case, `*` for
 * any characters, a regular expression (RE2) between slashes. Undefined for an empty list. Throws
 * what is wrong.
 */
export function readNames(list: string): NameTest | undefined {
  const tests: RE2JS[] = [];
  let at = list.length - list.trimStart().length;
  while (at < list.length) {
    ENTRY.lastIndex = at;
    const entry = ENTRY.exec(list)?.groups;
    if (entry === undefined) throw new Error(`no name or /pattern/ at ${JSON.stringify(list.slice(at))}`);
    tests.push(compile(entry['pattern'] ?? `^(?:${globToPattern(entry['name'] ?? '')})$`));
    at = ENTRY.lastIndex;
  }
  if (tests.length === 0) return undefined;
  return (name) => tests.some((test) => test.matcher(name).find());
}

function globToPattern(glob: string): string {
  return glob
    .split('*')
    .map((text) => RE2JS.quote(text))
    .join('.*');
}

/** Undefined for an empty one. Throws what is wrong. */
export function readPattern(text: string): RE2JS | undefined {
  if (text === '') return undefined;
  const pattern = compile(text, 0);
  if (pattern.matcher('').find()) throw new Error('the pattern matches the empty text, so it is everywhere');
  return pattern;
}

/** RE2 needs time that grows with the text only, whatever the pattern. */
function compile(pattern: string, flags: number = RE2JS.CASE_INSENSITIVE): RE2JS {
  try {
    return RE2JS.compile(pattern, flags | RE2JS.DOTALL);
  } catch (error) {
    throw new Error(`${JSON.stringify(pattern)}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}
