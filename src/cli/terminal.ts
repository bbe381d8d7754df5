import { isatty } from 'node:tty';
import Table from 'cli-table3';
import pc from 'picocolors';
import { visible } from '../domain/visible.js';

/** Text from flows, with what a terminal would obey shown instead of sent. */
export const safe = visible;

/** JSON on one line: what it leaves unescaped is escaped as JSON does it, so it reads the same. */
export function safeJson(value: unknown): string {
  return safe(JSON.stringify(value));
}

/** Whether a terminal is there that may be coloured: https://no-color.org */
export function mayColour(): boolean {
  const { NO_COLOR: refused = '', TERM: terminal } = process.env;
  return isatty(1) && refused === '' && terminal !== 'dumb';
}

/** Not left to picocolors, which takes `--color never` for a wish. */
export const paint = pc.createColors(mayColour());

type Cell = string | { content: string; hAlign: 'right' };

export function printTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const table = new Table({
    head: head.map((title) => paint.dim(title)),
    chars: NO_LINES,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 2 },
  });
  for (const row of rows) table.push(row.map(toCell));
  print(table.toString());
}

const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle'])
    .map((name) => [name, '']),
);

function toCell(value: string | number): Cell {
  return typeof value === 'number' ? { content: value.toLocaleString('en'), hAlign: 'right' } : value;
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
