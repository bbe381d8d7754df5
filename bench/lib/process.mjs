import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const path = (relative) => fileURLToPath(new URL(`../../${relative}`, import.meta.url));

/** Runs one part in a process of its own and reads the JSON that it prints. */
export const runPart = (name, options) => startPart(name, options).result;

/** Starts one part; `stop` asks it to end with what it has. */
export function startPart(name, options) {
  const script = path(`bench/parts/${name}.mjs`);
  const child = start(script, flagsOf(options));
  const result = output(child, script).then((text) => JSON.parse(text));
  return { result, stop: () => child.stdin.end() };
}

/** Starts one part that is asked one thing after another; each is answered with one message. */
export function startTalking(name, options) {
  const script = path(`bench/parts/${name}.mjs`);
  const child = start(script, flagsOf(options), ['ignore', 'ignore', 'inherit', 'ipc']);
  const ended = once(child, 'exit').then(([status]) =>
    Promise.reject(new Error(`${script} ended with ${status}`)),
  );
  ended.catch(() => undefined);
  const answer = () => Promise.race([once(child, 'message').then(([message]) => message), ended]);
  const ask = (question) => {
    const answered = answer();
    child.send(question);
    return answered;
  };
  return { ready: answer(), ask, cpu: () => cpuOf(child.pid), stop: () => child.disconnect() };
}

const flagsOf = (options) =>
  Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .map(([flag, value]) => (value === true ? `--${flag}` : `--${flag}=${value}`));

/** Writes a capture with the generator. */
export async function generate(file, flows, { dialect = 'hubble', rate = 2000 } = {}) {
  await run(path('bench/generate.mjs'), [String(flows), file, `--dialect=${dialect}`, `--rate=${rate}`]);
  return file;
}

/** What a script wrote to standard output; throws when it failed. */
export const run = (script, flags) => output(start(script, flags), script);

const running = new Set();

/** Ends what still runs after a failure or Ctrl-C. */
export async function endProcesses() {
  const ends = [...running].map((child) => once(child, 'exit'));
  for (const child of running) child.kill('SIGKILL');
  await Promise.all(ends);
}

/** Starts a process; its standard input stays open. */
function start(script, flags, stdio = ['pipe', 'pipe', 'inherit']) {
  const child = spawn(process.execPath, [script, ...flags], { stdio });
  running.add(child);
  // One that was disconnected may never be closed.
  child.once('exit', () => running.delete(child));
  return child;
}

/** The standard output of a process, once it has ended well. */
async function output(child, name) {
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}`);
  return text;
}

/** Starts the server on a folder and waits until it listens. */
export async function startServer(folder) {
  const flags = ['serve', '--listen', '127.0.0.1:0', '--data', folder, '--log', 'error'];
  const child = start(path('dist/cli/flowatlas.js'), flags);
  const ended = new Promise((resolve) => child.on('close', resolve));
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      const match = /listening on (http\S+)/.exec(text);
      if (match) resolve(match[1]);
    });
    void ended.then((status) => reject(new Error(`the server ended with ${status}`)));
  });
  return {
    url,
    peakMemory: () => peakMemory(child.pid),
    cpu: () => cpuOf(child.pid),
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

/** Bytes: the largest resident set so far of another process; undefined where the system does not tell. */
function peakMemory(pid) {
  try {
    const match = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return match ? Number(match[1]) * 1024 : undefined;
  } catch {
    return undefined;
  }
}

/** Linux tells CPU in hundredths of a second. */
const TICKS = 100;

/** CPU seconds so far of another process, all threads and the one of its event loop; zero where the system does not tell. */
function cpuOf(pid) {
  const [all, loop] = [`/proc/${pid}/stat`, `/proc/${pid}/task/${pid}/stat`].map((file) => {
    try {
      const fields = readFileSync(file, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS;
    } catch {
      return 0;
    }
  });
  return { all, loop };
}

/** Between two readings. */
export const cpuBetween = (before, after) => ({
  all: after.all - before.all,
  loop: after.loop - before.loop,
});
