import { readFlowType } from './flow-type.js';
import { splitVerdict, VERDICT_PATTERN, type PrintedFlow } from './printed-flow.js';
import { TIME_PATTERN } from './printed-time.js';

/** `TIMESTAMP[ NODE] SOURCE DESTINATION TYPE VERDICT SUMMARY` and rows of cells without identities and arrows. */
const HEADING = /\bTIMESTAMP\s+(?:\|\s*)?(?:NODE\s+(?:\|\s*)?)?SOURCE\s+(?:\|\s*)?DESTINATION\b/;
const COLUMNS = ['TIMESTAMP', 'NODE', 'SOURCE', 'DESTINATION', 'TYPE', 'VERDICT', 'SUMMARY'];
const ROW = new RegExp(`(?:^|[^\\w.])(${TIME_PATTERN})\\s+(\\S.*)$`);
/** The verdict is the last word before the summary that stands between blanks. */
const CELLS = new RegExp(`^(.*?)\\s(${VERDICT_PATTERN})(?:\\s(.*))?$`);

/** What the heading tells of the rows below it. */
export interface TableHeading {
  hasNode: boolean;
  /** Where each column begins, by its name. */
  columns: ReadonlyMap<string, number>;
}

export function readHeading(text: string): TableHeading | undefined {
  if (!HEADING.test(text)) return undefined;
  const columns = new Map<string, number>();
  for (const name of COLUMNS) {
    const at = new RegExp(`\\b${name}\\b`).exec(text)?.index;
    if (at !== undefined) columns.set(name, at);
  }
  return { hasNode: columns.has('NODE'), columns };
}

/** A row whose verdict is not on its line: it was wrapped. */
export function isCutRow(text: string): boolean {
  const [, , rest] = ROW.exec(text) ?? [];
  return rest !== undefined && !CELLS.test(rest);
}

/** Undefined where the line is no row; `heading` is that of the table, if there was one. */
export function readRow(text: string, heading: TableHeading | undefined): PrintedFlow | undefined {
  return (heading && readByColumns(text, heading)) ?? readByWords(text, heading);
}

/** Cells by the columns of the heading: the only way where some are empty. */
function readByColumns(text: string, { columns }: TableHeading): PrintedFlow | undefined {
  const starts = [...columns];
  const cells = new Map<string, string>();
  for (const [index, [name, from]] of starts.entries()) {
    const to = starts[index + 1]?.[1] ?? text.length;
    if (index > 0 && text.length > from && /\S/.test(text.charAt(from - 1))) return undefined;
    cells.set(name, text.slice(from, to).trim());
  }
  const decision = splitVerdict(cells.get('VERDICT') ?? '');
  const cell = (name: string) => cells.get(name) ?? '';
  if (decision === undefined || !new RegExp(`^(?:${TIME_PATTERN})$`).test(cell('TIMESTAMP')))
    return undefined;
  return {
    format: 'tab',
    text,
    time: cell('TIMESTAMP'),
    node: cell('NODE'),
    source: { host: cell('SOURCE'), identity: '' },
    destination: { host: cell('DESTINATION'), identity: '' },
    isReply: undefined,
    type: cell('TYPE'),
    ...decision,
    direction: '',
    dropReason: '',
    summary: cell('SUMMARY'),
  };
}

/** Cells by what they look like: rows without their heading, or whose blanks were lost. */
function readByWords(text: string, heading: TableHeading | undefined): PrintedFlow | undefined {
  const plain = /^\s*\|.*\|\s*$/.test(text) ? text.replaceAll('|', ' ') : text;
  const [, time = '', rest = ''] = ROW.exec(plain) ?? [];
  const [, before, verdict = '', summary = ''] = CELLS.exec(rest) ?? [];
  if (before === undefined) return undefined;
  const words = before.trim().split(/\s+/);
  const node = heading?.hasNode === true ? (words.shift() ?? '') : '';
  const [source = '', destination = '', ...type] = words;
  // Without a heading, only what Hubble is known to print tells a row from another program's log.
  if (type.length === 0 || (heading === undefined && readFlowType(type.join(' '), '') === undefined))
    return undefined;
  return {
    format: 'tab',
    text,
    time,
    node,
    source: { host: source, identity: '' },
    destination: { host: destination, identity: '' },
    isReply: undefined,
    type: type.join(' '),
    verdict,
    policies: '',
    direction: '',
    dropReason: '',
    summary: summary.trim(),
  };
}
