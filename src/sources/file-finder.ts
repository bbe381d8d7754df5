import { access, constants, readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { backedUpBy, mayBackUp } from './backup-names.js';
import { baseOf, expandGlob, isGlob } from './glob.js';
import { reasonOf, type SourceLog } from './source-log.js';

export interface FoundFile {
  path: string;
  /** Device and inode. */
  inode: string;
  size: number;
  /** Nanoseconds. */
  modified: string;
}

/** What a folder is followed for: the names that exporters give. */
const IN_FOLDERS = '*.{log,json,jsonl,ndjson}';
/** While it is rotated, a log may be missing for a moment. Milliseconds. */
const ROTATION = 2_000;

/** Looks for the files of one pattern, and for backups of them that lie beside. */
export class FileFinder {
  /** Paths of logs, also of those that are missing: backups of them are looked for. */
  readonly logs = new Set<string>();
  /** The logs by the paths of the files that they are, where a log is a symbolic link: its backups lie beside the file. */
  readonly #linked = new Map<string, string>();
  #missingSince = -Infinity;

  constructor(
    readonly pattern: string,
    private readonly source: SourceLog,
  ) {}

  /** Every file once, the oldest first. */
  async look(): Promise<FoundFile[]> {
    const isFolder = await isFolderNow(this.pattern);
    const paths = await this.#paths(isFolder);
    for (const path of paths) if (backedUpBy(basename(path)).length === 0) this.logs.add(path);
    await Promise.all(paths.map((path) => this.#resolve(path)));
    const all = [...new Set([...paths, ...(await this.#backups())])];
    const files = await Promise.all(all.map((path) => this.#see(path)));
    const found = files.filter((file) => file !== undefined);
    const isOne = !isGlob(this.pattern) && !isFolder;
    await this.#judge(isOne ? found.some(({ path }) => path === this.pattern) : found.length > 0, isOne);
    return found.sort((a, b) => Number(BigInt(a.modified) - BigInt(b.modified)));
  }

  /** The log that a file of this path is, or is a backup of. */
  logOf(path: string): string | undefined {
    return this.#logAt(path) ?? this.backedUpBy(path);
  }

  /** The log that a file of this path is a backup of. */
  backedUpBy(path: string): string | undefined {
    const names = mayBackUp(basename(path)).map((name) => join(dirname(path), name));
    return names.map((log) => this.#logAt(log)).find((log) => log !== undefined);
  }

  #logAt(path: string): string | undefined {
    return this.logs.has(path) ? path : this.#linked.get(path);
  }

  async #resolve(path: string): Promise<void> {
    const target = await realpath(path).catch(() => path);
    if (target !== path && this.logs.has(path)) this.#linked.set(target, path);
  }

  #paths(isFolder: boolean): Promise<string[]> {
    if (isFolder) return expandGlob(join(this.pattern, IN_FOLDERS));
    return isGlob(this.pattern) ? expandGlob(this.pattern) : Promise.resolve([this.pattern]);
  }

  async #backups(): Promise<string[]> {
    const folders = new Set([...this.logs, ...this.#linked.keys()].map((path) => dirname(path)));
    const found = await Promise.all([...folders].map((folder) => this.#backupsIn(folder)));
    return found.flat();
  }

  async #backupsIn(folder: string): Promise<string[]> {
    const names = await readdir(folder).catch(() => []);
    return names.map((name) => join(folder, name)).filter((path) => this.backedUpBy(path) !== undefined);
  }

  async #see(path: string): Promise<FoundFile | undefined> {
    try {
      const { dev, ino, size, mtimeNs, mode } = await stat(path, { bigint: true });
      this.source.heal(`see ${path}`);
      if (!isRegular(mode)) return undefined;
      return { path, inode: `${dev}:${ino}`, size: Number(size), modified: mtimeNs.toString() };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.source.complain(`see ${path}`, `${path} cannot be read: ${reasonOf(error)}`);
      }
      return undefined;
    }
  }

  /** Nothing found is no error, but it has to be said: the pattern may be misspelt. */
  async #judge(isThere: boolean, isOne: boolean): Promise<void> {
    if (isThere) {
      this.#missingSince = Infinity;
      this.source.heal('nothing', `${this.pattern}: found, and followed`);
      return;
    }
    this.#missingSince = Math.min(this.#missingSince, Date.now());
    if (Date.now() - this.#missingSince < ROTATION) return;
    const fault = (await faultOf(baseOf(this.pattern))) ?? (isOne ? 'it does not exist' : 'no file matches');
    this.source.complain('nothing', `${this.pattern}: ${fault}; it is followed as soon as it is there`);
  }
}

function isFolderNow(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

function faultOf(folder: string): Promise<string | undefined> {
  return access(folder, constants.R_OK | constants.X_OK).then(
    () => undefined,
    (error: unknown) => `the folder ${folder} cannot be read (${reasonOf(error)})`,
  );
}

const FILE_TYPE = 0o170000n;
const REGULAR = 0o100000n;

function isRegular(mode: bigint): boolean {
  return (mode & FILE_TYPE) === REGULAR;
}
