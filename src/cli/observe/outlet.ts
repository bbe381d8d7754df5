import { once } from 'node:events';
import { complain } from '../terminal.js';

/** Characters that are gathered before they are written. */
const BATCH = 64 << 10;

/** Standard output, written in large pieces and no faster than it is read; and what is told beside it. */
export class Outlet {
  #text = '';

  constructor(private readonly isSilent: boolean) {}

  /** Resolves when there is room for more. */
  async write(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length >= BATCH) await this.flush();
  }

  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '' && !process.stdout.write(text)) await once(process.stdout, 'drain');
  }

  /** A line on standard error. */
  aside(text: string): void {
    if (!this.isSilent && text !== '') complain(text.trimEnd());
  }
}
