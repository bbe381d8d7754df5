import { appendFileSync, copyFileSync, renameSync, truncateSync } from 'node:fs';
import { jsonText } from './json-text.js';
import { record } from './make-flow.js';

/** Lines as the exporter writes them, of flows numbered from `from` on. */
export function logLines(count: number, from = 0, name = 'log'): string {
  let text = '';
  for (let n = from; n < from + count; n++) {
    const seconds = String(n % 60).padStart(2, '0');
    text += `${jsonText(record({ uuid: `${name}-${n}`, time: `2026-06-01T10:00:${seconds}Z`, Summary: 'x'.repeat(n % 300) }))}\n`;
  }
  return text;
}

/** A log that is written and rotated like those of lumberjack and logrotate; counts what it wrote. */
export class WrittenLog {
  written = 0;

  constructor(
    readonly path: string,
    private readonly name = 'log',
  ) {}

  write(count: number): void {
    appendFileSync(this.path, logLines(count, this.written, this.name));
    this.written += count;
  }

  /** As lumberjack: the file gets another name, the next one begins under the old name. */
  rename(to: string): void {
    renameSync(this.path, to);
  }

  /** As logrotate with copytruncate. */
  copyTruncate(to: string): void {
    copyFileSync(this.path, to);
    truncateSync(this.path);
  }
}
