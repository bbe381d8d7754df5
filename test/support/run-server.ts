import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const repository = fileURLToPath(new URL('../..', import.meta.url));
const program = join(repository, 'dist/cli/flowatlas.js');
const LISTENING = /^listening on (http:\S+)$/m;
// What is good ends the waiting; a machine with other work may take its time.
const START_PATIENCE = 60_000;
const END_PATIENCE = 60_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const children = new Set<Child>();
const folders = new Set<string>();
// A test run that is broken off must not leave servers behind.
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** The built program as a child process, with what it printed so far. */
export class Run {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;

  constructor(readonly child: Child) {
    children.add(child);
    child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = once(child, 'close').then(([code, signal]) => {
      children.delete(child);
      return {
        code: code as number | null,
        signal: signal as NodeJS.Signals | null,
        stdout: this.stdout,
        stderr: this.stderr,
      };
    });
  }

  /** Resolves with the match as soon as the program has printed it. */
  async printed(pattern: RegExp, patience = START_PATIENCE): Promise<RegExpExecArray> {
    const deadline = Date.now() + patience;
    const state = { over: false };
    void this.ended.then(() => (state.over = true));
    for (;;) {
      const match = pattern.exec(this.stdout);
      if (match !== null) return match;
      if (state.over || Date.now() > deadline) {
        throw new Error(`the program did not print ${String(pattern)}:\n${this.stdout}\n${this.stderr}`);
      }
      await sleep(5);
    }
  }

  /** Killed when it does not end by itself: code null then tells. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.endWithin(END_PATIENCE);
  }

  async endWithin(patience: number): Promise<Ended> {
    const timer = setTimeout(() => this.child.kill('SIGKILL'), patience);
    const ended = await this.ended;
    clearTimeout(timer);
    return ended;
  }
}

export class Server extends Run {
  constructor(
    child: Child,
    readonly data: string,
    /** Set once the program says where it listens. */
    public url = '',
  ) {
    super(child);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }
}

export interface ServeOptions {
  data?: string;
  listen?: string;
  flags?: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** `flowatlas …`; nothing of the environment of the tests changes what it does or prints. */
export function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Run {
  return new Run(start(args, env));
}

/** Runs to the end, with `input` on standard input. */
export async function runToEnd(
  args: readonly string[],
  {
    env = {},
    input,
    patience = END_PATIENCE,
  }: { env?: Readonly<Record<string, string>>; input?: string | Buffer; patience?: number } = {},
): Promise<Ended> {
  const running = run(args, env);
  // The program may end without reading its input.
  running.child.stdin.on('error', () => undefined);
  running.child.stdin.end(input);
  return running.endWithin(patience);
}

/** Serves, and resolves when it is ready. */
export async function startServer(options: ServeOptions = {}): Promise<Server> {
  const data = options.data ?? temporaryFolder();
  const args = ['serve', '--listen', options.listen ?? '127.0.0.1:0', '--data', data];
  const server = new Server(start([...args, ...(options.flags ?? [])], options.env ?? {}), data);
  const [, url = ''] = await server.printed(LISTENING);
  server.url = url;
  return server;
}

function start(args: readonly string[], env: Readonly<Record<string, string>>): Child {
  const { PATH = '', HOME = '' } = process.env;
  return spawn(process.execPath, [program, ...args], {
    cwd: repository,
    env: { PATH, HOME, TMPDIR: tmpdir(), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'flowatlas-e2e-'));
  folders.add(folder);
  return folder;
}

/** For `afterAll`: ends what is still running and removes what it wrote. */
export async function cleanUp(): Promise<void> {
  const closed = [...children].map((child) => once(child, 'close'));
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(closed);
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Asks again until the answer is good, or gives the last one after `patience` milliseconds. */
export async function until<T>(
  ask: () => T | Promise<T>,
  isGood: (answer: T) => boolean,
  patience = 60_000,
  pause = 20,
): Promise<T> {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (isGood(answer) || Date.now() > deadline) return answer;
    await sleep(pause);
  }
}
