import { splitVerdict, type PrintedFlow } from './printed-flow.js';

/**
 * One line for each field, its name right-aligned, and `------------` between blocks. Agent events,
 * debug events and the status of nodes have blocks of their own.
 */
const FIELD =
  /^(?:.*?[\s\]|>#*-])?(TIMESTAMP|NODE|SOURCE|DESTINATION|TYPE|VERDICT|SUMMARY|DETAILS|FROM|MARK|CPU|MESSAGE|STATE|NODES):(?: (.*))?$/;
const SEPARATOR = /^[\s|>#*]*-{12,}\s*$/;
/** The fields that end a block. */
const LAST = new Set(['SUMMARY', 'DETAILS', 'MESSAGE']);

export type Block = Map<string, string>;

export function readField(text: string): { name: string; value: string } | undefined {
  const [, name, value = ''] = FIELD.exec(text) ?? [];
  return name === undefined ? undefined : { name, value: value.trim() };
}

export function isSeparator(text: string): boolean {
  return SEPARATOR.test(text);
}

export function endsBlock(name: string): boolean {
  return LAST.has(name);
}

export function readBlock(block: Block, text: string): PrintedFlow | undefined {
  const decision = splitVerdict(block.get('VERDICT') ?? '');
  const time = block.get('TIMESTAMP');
  const type = block.get('TYPE');
  if (decision === undefined || time === undefined || type === undefined) return undefined;
  return {
    format: 'dict',
    text,
    time,
    node: block.get('NODE') ?? '',
    source: { host: block.get('SOURCE') ?? '', identity: '' },
    destination: { host: block.get('DESTINATION') ?? '', identity: '' },
    isReply: undefined,
    type,
    ...decision,
    direction: '',
    dropReason: '',
    summary: block.get('SUMMARY') ?? '',
  };
}
