/** What Hubble's printer wrote of one flow, cut into its columns and not read any further. */
export interface PrintedFlow {
  format: PrintedFormat;
  /** The line, or the lines, without colours and without the last line break. */
  text: string;
  time: string;
  /** Empty unless it was printed with --print-node-name. */
  node: string;
  source: PrintedEndpoint;
  destination: PrintedEndpoint;
  /** What the arrow says; undefined where there is none, or where it says nothing. */
  isReply: boolean | undefined;
  type: string;
  verdict: string;
  /** Behind `BY` (--print-policy-names, Hubble 1.18). */
  policies: string;
  /** Only `cilium connectivity test` tells direction and reason by themselves, as the enums' names. */
  direction: string;
  dropReason: string;
  summary: string;
}

/** Values of `-o`. */
export type PrintedFormat = 'compact' | 'dict' | 'tab';

export interface PrintedEndpoint {
  /** `namespace/pod:port`, `name,name:port`, an address with or without port, or empty. */
  host: string;
  /** `ID:1234` or `world`; only in the compact format, since Hubble 0.10. */
  identity: string;
}

/** ALLOWED, DENIED and AUDITED stand for FORWARDED (or REDIRECTED), DROPPED and AUDIT in policy verdicts. */
const VERDICTS: ReadonlyMap<string, string> = new Map([
  ['FORWARDED', 'FORWARDED'],
  ['DROPPED', 'DROPPED'],
  ['ERROR', 'ERROR'],
  ['AUDIT', 'AUDIT'],
  ['REDIRECTED', 'REDIRECTED'],
  ['TRACED', 'TRACED'],
  ['TRANSLATED', 'TRANSLATED'],
  ['ALLOWED', 'FORWARDED'],
  ['DENIED', 'DROPPED'],
  ['AUDITED', 'AUDIT'],
  // The zero value, which JSON leaves out.
  ['VERDICT_UNKNOWN', ''],
]);

export const VERDICT_PATTERN = [...VERDICTS.keys()].join('|');

/** The enum's name for a printed verdict; undefined for any other word. */
export function verdictOf(word: string): string | undefined {
  return VERDICTS.get(word);
}

const POLICY = '[^\\s,]+(?: \\([A-Za-z]*Policy\\))?';
export const POLICIES_PATTERN = `${POLICY}(?:, ${POLICY})*`;
const VERDICT_CELL = new RegExp(`^(${VERDICT_PATTERN})(?: BY (${POLICIES_PATTERN}))?$`);

/** A verdict's cell of a table or a block: the word, and the policies behind it. */
export function splitVerdict(cell: string): { verdict: string; policies: string } | undefined {
  const match = VERDICT_CELL.exec(cell.trim());
  return match === null ? undefined : { verdict: match[1] ?? '', policies: match[2] ?? '' };
}
