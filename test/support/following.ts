import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from '@jest/globals';
import type { Redactor } from '../../src/domain/redaction/redactor.js';
import type { SourceStatus } from '../../src/sources/source-status.js';
import type { Gap } from '../../src/sources/gaps.js';
import { Sources, type SourceOptions } from '../../src/sources/sources.js';
import { openIngest } from './ingest-pair.js';
import { WrittenLog } from './log-files.js';
import { sleep, until } from './run-server.js';
import { temporaryFolders } from './temporary-folder.js';

/** What must not be stored would be by then, more often than not. Milliseconds. */
const SETTLED = 300;

/** Sources on a real database in this process, and a folder of logs for them, for each test. */
export class Following {
  readonly #newFolder = temporaryFolders();
  #data = '';
  #sources: Sources | undefined;
  #at: Awaited<ReturnType<typeof openIngest>> | undefined;
  logs = '';
  told: string[] = [];
  /** From the next restart on. */
  redactor: Redactor | undefined;

  constructor() {
    beforeEach(async () => {
      this.#data = this.#newFolder();
      this.logs = this.#newFolder();
      this.told = [];
      this.redactor = undefined;
      this.#at = await openIngest(this.#data);
    });
    afterEach(async () => {
      await this.#sources?.stop();
      this.#sources = undefined;
      await this.#at?.close();
    });
  }

  get at() {
    return this.#at!;
  }

  follow(patterns: string | readonly string[], options: Partial<SourceOptions> = {}): void {
    const follow = [patterns].flat().map((pattern) => this.in(pattern));
    const all = { follow, followFrom: 'start' as const, dropFolder: undefined, ...options };
    this.#sources = new Sources(all, this.at.store, this.at.ingest, (message) => this.told.push(message));
    this.#sources.start();
  }

  /** As after a restart of the server: everything in memory is gone. */
  async restart(between: () => void = () => undefined): Promise<void> {
    await this.#sources?.stop();
    await this.at.close();
    between();
    this.#at = await openIngest(this.#data, this.redactor);
  }

  async expectStored(flows: number, settled = SETTLED): Promise<void> {
    const held = await until(
      () => this.at.store.summary().flows,
      (held) => held >= flows,
    );
    expect(held).toBe(flows);
    await sleep(settled);
    expect(this.at.store.summary().flows).toBe(flows);
  }

  status(source = 0): SourceStatus {
    return this.#sources!.status()[source]!;
  }

  async expectStatus(wanted: Partial<SourceStatus>): Promise<void> {
    const isWanted = (status: SourceStatus) =>
      Object.entries(wanted).every(([name, value]) => status[name as keyof SourceStatus] === value);
    expect(await until(() => this.status(), isWanted)).toMatchObject(wanted);
  }

  gaps(): readonly Gap[] {
    return this.#sources!.gaps();
  }

  async expectTold(pattern: RegExp): Promise<void> {
    const found = () => this.told.find((message) => pattern.test(message));
    expect((await until(found, Boolean)) ?? this.told.join('\n')).toMatch(pattern);
  }

  in(path: string): string {
    return join(this.logs, path);
  }

  log(name = 'events.log', seed?: string): WrittenLog {
    return new WrittenLog(this.in(name), seed);
  }

  inodeOf(path: string): number {
    return statSync(path).ino;
  }
}
