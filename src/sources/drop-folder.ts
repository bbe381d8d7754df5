import {
  link,
  lstat,
  mkdir,
  open,
  readdir,
  rename,
  stat,
  unlink,
  writeFile,
  type FileHandle,
} from 'node:fs/promises';
import { extname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FlowatlasError } from '../domain/errors.js';
import { decodeFile } from '../ingest/body-decoder.js';
import { piecesOf } from '../ingest/file-pieces.js';
import type { IngestClient } from '../ingest/ingest-client.js';
import type { IngestReport } from '../ingest/ingest.schema.js';
import { reasonOf, SourceLog, type Tell } from './source-log.js';
import type { SourceStatus } from './source-status.js';
import { unquoted } from './unquoted.js';
import { datingOf } from './written.js';

/** Between two looks. Milliseconds. */
const PAUSE = 500;
/** A file that did not change for so long is taken to be whole. Milliseconds. */
const SETTLED = 2_000;
/** Who wrote a file may only have paused: so long after it was read it is looked whether it changes. Milliseconds. */
const WATCHED = 600_000;
/** After the store failed. Milliseconds. */
const RETRY = 5_000;
/** Names of files that are still being copied: hidden ones, and what programs for copying call them. */
const UNFINISHED = /^\.|\.(?:part|partial|tmp|crdownload|filepart)$/;
const REPORT = '.report.json';

interface Seen {
  /** Device, inode, size and time of the last change. */
  mark: string;
  size: number;
  since: number;
}

type Outcome = { ok: boolean; report?: IngestReport; error?: string };

/** Stores files that are put into a folder, then moves them to `done` or `failed` inside of it. */
export class DropFolder {
  readonly #source: SourceLog;
  readonly #stop = new AbortController();
  /** Files that wait, by name. */
  #seen = new Map<string, Seen>();
  /** What was imported but cannot be moved away: its mark, so that it is not imported again and again. */
  readonly #stuck = new Map<string, { mark: string; outcome: Outcome; startedAt: string }>();
  /** What was moved away not long ago, by where it lies now. */
  readonly #moved = new Map<string, { name: string; mark: string; at: number }>();
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly folder: string,
    private readonly ingest: IngestClient,
    tell: Tell,
  ) {
    this.#source = new SourceLog(folder, tell);
  }

  start(): void {
    this.#running = this.#run();
  }

  /** A file that is being read is left where it is, and read again at the next start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  status(): SourceStatus {
    const waiting = [...this.#seen.values()];
    return {
      ...this.#source.status('drop-folder'),
      files: waiting.length,
      bytesBehind: waiting.reduce((sum, { size }) => sum + size, 0),
      open: [],
    };
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#turn();
        this.#source.heal('folder', `${this.folder} can be used again`);
      } catch (error) {
        this.#source.complain('folder', `the drop folder ${this.folder} cannot be used: ${reasonOf(error)}`);
      }
      await this.#rest(PAUSE);
    }
  }

  async #turn(): Promise<void> {
    for (const folder of [this.folder, join(this.folder, 'done'), join(this.folder, 'failed')]) {
      await mkdir(folder, { recursive: true });
    }
    for (const path of this.#moved.keys()) await this.#lookAfter(path);
    await this.#look();
    for (const [name, { mark, since }] of this.#seen) {
      if (this.#stop.signal.aborted) return;
      if (Date.now() - since >= SETTLED) await this.#take(name, mark);
    }
  }

  async #look(): Promise<void> {
    const before = this.#seen;
    this.#seen = new Map();
    for (const name of (await readdir(this.folder)).sort()) {
      if (name === 'done' || name === 'failed' || UNFINISHED.test(name)) continue;
      const path = join(this.folder, name);
      const stats = await lstat(path, { bigint: true }).catch(() => undefined);
      if (stats === undefined) continue;
      if (!stats.isFile()) {
        const what = stats.isDirectory() ? 'is a folder' : 'is no regular file';
        this.#source.complain(`file ${path}`, `${path} ${what}; put files into ${this.folder} itself`);
        continue;
      }
      const mark = `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
      const known = before.get(name);
      const since = known?.mark === mark ? known.since : Date.now();
      this.#seen.set(name, { mark, size: Number(stats.size), since });
    }
  }

  async #take(name: string, mark: string): Promise<void> {
    const stuck = this.#stuck.get(name);
    const path = join(this.folder, name);
    const startedAt = stuck?.mark === mark ? stuck.startedAt : new Date().toISOString();
    let outcome: Outcome | undefined;
    try {
      outcome = stuck?.mark === mark ? stuck.outcome : await this.#import(path);
    } catch (error) {
      // Not the file's fault.
      this.#source.complain('store', `${path} waits: ${reasonOf(error)}`);
      await this.#rest(RETRY);
      return;
    }
    this.#source.heal('store', 'files of the drop folder are stored again');
    if (outcome === undefined || (await markOf(path)) !== mark) return;
    await this.#moveAway(name, mark, startedAt, outcome);
  }

  /** Throws when the store failed; undefined when the server stops meanwhile. */
  async #import(path: string): Promise<Outcome | undefined> {
    const { mtimeNs } = await stat(path, { bigint: true });
    const upload = this.ingest.open(datingOf(mtimeNs.toString()));
    let fault: string | undefined;
    let handle: FileHandle | undefined;
    try {
      handle = await open(path);
      for await (const chunk of decodeFile(piecesOf(handle))) {
        if (this.#stop.signal.aborted) {
          upload.abandon();
          return undefined;
        }
        this.#source.bytesRead += chunk.length;
        await upload.write(chunk);
      }
    } catch (error) {
      if (error instanceof FlowatlasError) throw error;
      fault = `it cannot be read whole: ${reasonOf(error)}`;
    } finally {
      await handle?.close();
    }
    const full = await upload.end();
    const report = { ...full, errors: unquoted(full.errors, this.ingest) };
    this.#source.add(report, undefined);
    if (fault === undefined && report.records > 0) return { ok: true, report };
    const error = fault ?? 'nothing in it is a Hubble record';
    this.#source.complain(`file ${path}`, `${path}: ${error}`);
    return { ok: false, report, error };
  }

  /** The report is written first: a file that lies in `done` has one. */
  async #moveAway(name: string, mark: string, startedAt: string, outcome: Outcome): Promise<void> {
    const path = join(this.folder, name);
    try {
      const target = join(this.folder, outcome.ok ? 'done' : 'failed');
      const free = await reserve(target, name, reportOf(name, startedAt, outcome));
      await moveWithoutReplacing(path, join(target, free));
      this.#stuck.delete(name);
      this.#seen.delete(name);
      this.#source.heal(`move ${path}`);
      this.#source.heal(`late ${path}`);
      this.#moved.set(join(target, free), { name, mark, at: Date.now() });
    } catch (error) {
      this.#stuck.set(name, { mark, outcome, startedAt });
      this.#source.complain(`move ${path}`, `${path} was read, but cannot be moved away: ${reasonOf(error)}`);
    }
  }

  /** A file that was written to after it was read comes back, and is read again: what of it is stored is known. */
  async #lookAfter(path: string): Promise<void> {
    const { name, mark, at } = this.#moved.get(path) ?? { name: '', mark: '', at: 0 };
    const now = await markOf(path);
    if (now === mark && Date.now() - at < WATCHED) return;
    const back = join(this.folder, name);
    try {
      if (now !== mark && isSameFile(now, mark)) {
        await moveWithoutReplacing(path, back);
        await unlink(path + REPORT);
        this.#source.complain(
          `late ${back}`,
          `${back} was written to after it was read, so it is read again; call it ${name}.part until it is whole`,
        );
      }
      this.#moved.delete(path);
    } catch (error) {
      this.#source.complain(
        `late ${back}`,
        `${path} was written to after it was read, but cannot be moved back to be read again: ${reasonOf(error)}`,
      );
    }
  }

  async #rest(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { signal: this.#stop.signal }).catch(() => undefined);
  }
}

async function markOf(path: string): Promise<string | undefined> {
  const stats = await stat(path, { bigint: true }).catch(() => undefined);
  return stats && `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}`;
}

function isSameFile(mark: string | undefined, other: string): boolean {
  const [device, inode] = other.split(':');
  return mark?.startsWith(`${device}:${inode}:`) ?? false;
}

function reportOf(file: string, startedAt: string, { ok, report, error }: Outcome): string {
  const finishedAt = new Date().toISOString();
  return `${JSON.stringify({ file, ok, ...(error === undefined ? {} : { error }), startedAt, finishedAt, report }, undefined, 2)}\n`;
}

/** Writes the report under the first name that is free: `a.log`, `a-2.log`, `a-3.log`. */
async function reserve(folder: string, name: string, report: string): Promise<string> {
  const ending = extname(name);
  const stem = name.slice(0, name.length - ending.length);
  const taken = new Set(await readdir(folder));
  for (let n = 1; ; n++) {
    const free = n === 1 ? name : `${stem}-${n}${ending}`;
    if (taken.has(free)) continue;
    // A report without its file is left from a crash in between, or its file was taken away.
    await writeFile(join(folder, free + REPORT), report);
    return free;
  }
}

/** Rename would replace what somebody put there meanwhile; where the file system has no hard links, it has to do. */
async function moveWithoutReplacing(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
    await unlink(from);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error;
    await rename(from, to);
  }
}
