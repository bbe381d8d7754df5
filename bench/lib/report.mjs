import { availableParallelism, cpus, loadavg } from 'node:os';
import { readFileSync } from 'node:fs';

/** What the numbers below it were measured on. */
export function printMachine() {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const [load] = loadavg();
  console.log(
    `flowatlas ${version}, Node.js ${process.version}, ${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), load ${load.toFixed(1)} at the start\n`,
  );
}

/** Columns; the first is aligned left, the others right. */
export function printTable(head, rows) {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell ?? '–'));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column].length)));
  for (const [index, row] of cells.entries()) {
    const padded = row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]) : cell.padStart(widths[at])));
    console.log(padded.join('   ').trimEnd());
    if (index === 0) console.log(widths.map((width) => '─'.repeat(width)).join('───'));
  }
  console.log();
}

export const count = (n) => Math.round(n).toLocaleString('en');
export const megabytes = (bytes) => (bytes === undefined ? undefined : `${count(bytes / 1e6)} MB`);
export const times = (ratio) => `${ratio.toFixed(2)} ×`;

/** The fastest: other work on the machine only ever makes a round slower. */
export const fastest = (results) => results.reduce((a, b) => (a.seconds <= b.seconds ? a : b));

/** The value below which that share of the sorted values lies; the largest when there are too few. */
export const quantile = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)];
