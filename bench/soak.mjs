// Writes rotating logs as Cilium's exporter does, lets a real server follow them, and looks whether it holds
// exactly what was written and how much memory it takes on the way:
//
//     npm run soak -- --minutes 60 --rate 20000 [--kills 3] [--megabytes 10] [--backups 5] [--folder DIR]
//
// It ends with a verdict, and with exit code 1 when flows were lost or memory went on growing.
//
// RATE flows a second go into one log, which is renamed at MEGABYTES; every second backup is compressed, and all
// but the last BACKUPS are removed, whether they were read or not. The server is killed KILLS times on the way.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { gzip } from 'node:zlib';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    rate: { type: 'string', default: '20000' },
    kills: { type: 'string', default: '0' },
    megabytes: { type: 'string', default: '10' },
    backups: { type: 'string', default: '5' },
    folder: { type: 'string' },
  },
});
const [minutes, rate, kills, megabytes, backups] = ['minutes', 'rate', 'kills', 'megabytes', 'backups'].map(
  (name) => Number(values[name]),
);
/** Milliseconds between two writes. */
const TICK = 20;
const CATCH_UP = 60_000;
/** Between two samples. */
const SAMPLE = 10_000;
/**
 * Until the keys of so many flows are in memory, which is all that are kept, memory grows; after it, by no more
 * than this share and these bytes between the third and the last quarter of a run.
 */
const WARM = 3_500_000;
const MOST_GROWTH = { share: 0.05, bytes: 10e6 };
const program = fileURLToPath(new URL('../dist/cli/flowatlas.js', import.meta.url));
const folder = mkdtempSync(join(values.folder ?? tmpdir(), 'flowatlas-soak-'));
const log = join(folder, 'events.log');

// ---------------------------------------------------------------- the exporter

const prefix = `${randomBytes(4).toString('hex')}-0000-4000-8000-`;
const templates = Array.from({ length: 500 }, (_, i) => {
  const pod = (role, n) =>
    `{"ID":${n},"identity":${1000 + n},"cluster_name":"soak","namespace":"ns${n % 20}","labels":["k8s:app=${role}-${n}","k8s:io.kubernetes.pod.namespace=ns${n % 20}"],"pod_name":"${role}-${n}-6d4b75cb6d-hx2kz","workloads":[{"name":"${role}-${n}","kind":"Deployment"}]}`;
  const verdict =
    i % 10 === 0
      ? '"verdict":"DROPPED","drop_reason":133,"drop_reason_desc":"POLICY_DENIED"'
      : '"verdict":"FORWARDED"';
  const type = i % 10 === 0 ? '{"type":1,"sub_type":133}' : '{"type":4}';
  return `",${verdict},"IP":{"source":"10.0.1.${i % 250}","destination":"10.0.2.${i % 99}","ipVersion":"IPv4"},"l4":{"TCP":{"source_port":${32_768 + i},"destination_port":8080,"flags":{"SYN":true}}},"source":${pod('client', i % 97)},"destination":${pod('server', i % 31)},"Type":"L3_L4","node_name":"soak/node-${i % 5}","event_type":${type},"traffic_direction":"INGRESS","is_reply":false,"Summary":"TCP Flags: SYN"},"node_name":"soak/node-${i % 5}","time":"`;
});

let written = 0;
function lines(count) {
  const time = new Date().toISOString();
  let text = '';
  for (let i = 0; i < count; i++) {
    const uuid = prefix + written.toString(16).padStart(12, '0');
    text += `{"flow":{"time":"${time}","uuid":"${uuid}${templates[written % templates.length]}${time}"}\n`;
    written++;
  }
  return Buffer.from(text, 'latin1');
}

const rotated = [];
let rotations = 0;
async function rotate() {
  const stamp = new Date(Date.UTC(2026, 0, 1) + rotations++ * 1000)
    .toISOString()
    .replaceAll(':', '-')
    .replace('Z', '');
  const backup = join(folder, `events-${stamp}.log`);
  await rename(log, backup);
  rotated.push(backup);
  if (rotations % 2 === 0) void compress(backup);
  while (rotated.length > backups) {
    const old = rotated.shift();
    await rm(old, { force: true });
    await rm(`${old}.gz`, { force: true });
  }
}

async function compress(backup) {
  try {
    await writeFile(`${backup}.gz`, await promisify(gzip)(await readFile(backup), { level: 1 }));
    await rm(backup);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

async function write(until) {
  const began = performance.now();
  let before = 0;
  let [file, size] = [await open(log, 'a'), 0];
  while (performance.now() < until) {
    // What a busy machine kept from being written follows in pieces of a second.
    const due = Math.min(before + rate, Math.floor(((performance.now() - began) / 1000) * rate));
    // Half a line at the end of a write, now and then, as a full buffer leaves it.
    const bytes = lines(due - before);
    before = due;
    const cut = Math.floor(bytes.length / 2);
    for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)]) await file.appendFile(part);
    size += bytes.length;
    if (size >= megabytes * 1e6) {
      await file.close();
      await rotate();
      [file, size] = [await open(log, 'a'), 0];
    }
    await sleep(TICK);
  }
  await file.close();
}

// ---------------------------------------------------------------- the server

let server;
let isEnding = false;
async function start() {
  const args = [program, 'serve', '--listen', '127.0.0.1:0', '--data', join(folder, 'data'), '--follow', log];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const url = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (more) => {
      text += more;
      const match = /^listening on (\S+)$/m.exec(text);
      if (match) resolve(match[1]);
    });
    ended.then((code) => reject(new Error(`the server ended with ${code}`)));
  });
  server = { child, url, ended };
}

async function ask() {
  const [status, metrics] = await Promise.all([
    fetch(new URL('/api/v1/status', server.url)).then((answer) => answer.json()),
    fetch(new URL('/metrics', server.url)).then((answer) => answer.text()),
  ]);
  const resident = Number(/^process_resident_memory_bytes (\S+)$/m.exec(metrics)?.[1]);
  return {
    flows: status.flows,
    behind: status.sources[0].bytesBehind,
    resident,
    error: status.sources[0].lastError,
    gaps: status.sources[0].gaps,
  };
}

const samples = [];
async function watch(every) {
  const began = performance.now();
  while (!isEnding) {
    await sleep(every);
    const answer = await ask().catch(() => undefined);
    if (answer === undefined || isEnding) continue;
    samples.push(answer);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    print(`${seconds.padStart(5)} s`, answer);
  }
}

function print(when, { flows, behind, resident }) {
  const [w, s] = [written, flows].map((n) => n.toLocaleString('en'));
  console.log(
    `${when}  written ${w}  stored ${s}  behind ${(behind / 1e6).toFixed(1)} MB  RSS ${(resident / 1e6).toFixed(0)} MB`,
  );
}

async function killNowAndThen(duration) {
  for (let i = 0; i < kills; i++) {
    await sleep(duration / (kills + 1));
    server.child.kill('SIGKILL');
    await server.ended;
    console.log('killed and started again');
    await start();
  }
}

// ---------------------------------------------------------------- the verdict

/** What is wrong, in words. */
function judgeCounts({ flows, gaps }) {
  const told = gaps === 0 ? 'no gap was told' : `the server told of ${gaps} gaps`;
  console.log(
    `counts: ${written.toLocaleString('en')} written, ${flows.toLocaleString('en')} stored, ${rotations} rotations, ${kills} kills, ${told}`,
  );
  if (flows === written) return [];
  return [`${(written - flows).toLocaleString('en')} flows are missing, and ${told}`];
}

function judgeMemory() {
  const [start, ...loaded] = samples;
  const middle = loaded[Math.floor(loaded.length / 2)];
  const end = loaded.at(-1);
  if (start === undefined || middle === undefined || end === undefined) return [];
  const megabytes = ({ resident }) => `${(resident / 1e6).toFixed(0)} MB`;
  console.log(
    `memory: ${megabytes(start)} at the start, ${megabytes(middle)} in the middle, ${megabytes(end)} at the end`,
  );
  const quarter = Math.floor(loaded.length / 4);
  const third = loaded.slice(-2 * quarter, -quarter);
  if (kills > 0 || quarter === 0 || third[0].flows < WARM) {
    console.log(
      `memory: not judged, ${kills > 0 ? 'as the server was killed' : `as it grows until ${WARM.toLocaleString('en')} flows are held`}`,
    );
    return [];
  }
  const [before, after] = [third, loaded.slice(-quarter)].map(medianResident);
  const grown = after - before;
  console.log(`memory: ${(grown / 1e6).toFixed(1)} MB more in the last quarter than in the third`);
  const isGrowing = grown > before * MOST_GROWTH.share + MOST_GROWTH.bytes;
  return isGrowing
    ? [`memory goes on growing, by ${(grown / 1e6).toFixed(1)} MB in a quarter of the time`]
    : [];
}

function medianResident(some) {
  const sorted = some.map(({ resident }) => resident).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

// ---------------------------------------------------------------- both

try {
  await start();
  const duration = minutes * 60_000;
  samples.push(await ask());
  const watching = watch(Math.min(SAMPLE, duration / 4));
  await Promise.all([write(performance.now() + duration), killNowAndThen(duration)]);
  let answer = await ask();
  for (
    const deadline = performance.now() + CATCH_UP;
    answer.flows < written && performance.now() < deadline;
  ) {
    await sleep(100);
    answer = await ask();
  }
  isEnding = true;
  print('  end  ', answer);
  await watching;
  if (answer.error !== null) console.log(`last complaint: ${answer.error.message}`);
  const failures = [...judgeCounts(answer), ...judgeMemory()];
  console.log(failures.length === 0 ? 'verdict: good' : `verdict: FAILED: ${failures.join('; ')}`);
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  isEnding = true;
  server?.child.kill('SIGTERM');
  await server?.ended;
  rmSync(folder, { recursive: true, force: true });
}
