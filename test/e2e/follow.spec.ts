import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { WrittenLog } from '../support/log-files.js';
import { flowLines } from '../support/run-flows.js';
import { ask, ndjson, statusOf } from '../support/run-rest.js';
import {
  cleanUp,
  repository,
  runToEnd,
  sleep,
  startServer,
  temporaryFolder,
  until,
  type Server,
} from '../support/run-server.js';

afterEach(cleanUp);
afterAll(cleanUp);

function holds(server: Server, flows: number): Promise<number> {
  return until(
    async () => (await statusOf(server)).flows,
    (held) => held >= flows,
  );
}

describe('a server that follows logs', () => {
  it('killed in the middle and started again holds every line once', async () => {
    const logs = temporaryFolder();
    const log = new WrittenLog(join(logs, 'events.log'));
    const data = temporaryFolder();
    const flags = ['--follow', join(logs, '*.log')];
    for (let round = 0; round < 4; round++) {
      const server = await startServer({ data, flags });
      for (let i = 0; i < 10; i++) {
        log.write(400);
        if (i % 4 === 3) log.rename(join(logs, `events-2026-01-01T00-0${round}-0${i}.000.log`));
        await sleep(20 + round * 35);
      }
      await server.stop('SIGKILL');
      log.write(100);
    }
    const server = await startServer({ data, flags });
    expect(await holds(server, log.written)).toBe(log.written);
    await sleep(1_000);
    expect((await ndjson(server)).length).toBe(log.written);
    expect((await statusOf(server)).sources[0]).toMatchObject({ rejected: 0, bytesBehind: 0 });
  });

  it('stopped and started again reads nothing twice', async () => {
    const logs = temporaryFolder();
    const log = new WrittenLog(join(logs, 'events.log'));
    log.write(3_000);
    const env = { FLOWATLAS_FOLLOW: join(logs, 'events.log') };
    const first = await startServer({ env });
    expect(await holds(first, 3_000)).toBe(3_000);
    log.write(3_000);
    const { code } = await first.stop();
    expect(code).toBe(0);
    log.write(10);
    const server = await startServer({ data: first.data, env });
    expect(await holds(server, 6_010)).toBe(6_010);
    const [source] = (await statusOf(server)).sources;
    expect(source?.records).toBe(source?.stored);
  });

  it('tells of each source in the status and in the metrics', async () => {
    const logs = temporaryFolder();
    new WrittenLog(join(logs, 'events.log')).write(10);
    const missing = join(logs, 'missing/*.log');
    const drop = join(logs, 'drop');
    const flags = ['--follow', join(logs, 'events.log'), '--follow', missing, '--drop-folder', drop];
    const server = await startServer({ flags });
    await holds(server, 10);
    mkdirSync(drop, { recursive: true });
    writeFileSync(join(drop, 'dropped.jsonl'), flowLines('dropped', 5));
    expect(await holds(server, 15)).toBe(15);
    await until(() => existsSync(join(drop, 'done/dropped.jsonl')), Boolean);
    expect(JSON.parse(readFileSync(join(drop, 'done/dropped.jsonl.report.json'), 'utf8'))).toMatchObject({
      ok: true,
      report: { stored: 5 },
    });
    const { sources } = await statusOf(server);
    expect(sources).toMatchObject([
      { kind: 'follow', files: 1, stored: 10, bytesBehind: 0, lastError: null },
      { kind: 'follow', path: missing, files: 0, lastError: { message: expect.stringContaining('missing') } },
      { kind: 'drop-folder', path: drop, files: 0, stored: 5 },
    ]);
    const { text } = await ask(server, '/metrics');
    expect(text).toContain(`flowatlas_source_records_total{source="${join(logs, 'events.log')}"} 10`);
    expect(text).toContain(`flowatlas_source_behind_bytes{source="${drop}"} 0`);
    expect(server.stderr + server.stdout).toMatch(/missing\/\*\.log: the folder .* cannot be read/);
  });

  it('warns, when it is checked, of what is not there yet', async () => {
    const folder = temporaryFolder();
    const here = join(folder, 'events.log');
    writeFileSync(here, '');
    const check = (...flags: string[]) => runToEnd(['serve', '--check', ...flags]);
    const good = { code: 0, stdout: 'the configuration is good\n' };
    const [none, drop] = [join(folder, 'none', 'x.log'), join(folder, 'a', 'drop')];
    expect(await check('--follow', here, '--drop-folder', folder)).toMatchObject({ ...good, stderr: '' });
    const warned = await check('--follow', none, '--follow', join(folder, '*.gz'), '--drop-folder', drop);
    expect(warned).toMatchObject(good);
    expect(warned.stderr.split('\n')).toEqual([
      `--follow: ${none} does not exist; it is followed as soon as it is there`,
      `--follow: no file matches ${join(folder, '*.gz')}; it is followed as soon as it is there`,
      `--drop-folder: ${drop} does not exist; the server makes it`,
      '',
    ]);
    const inTheWay = await check('--drop-folder', here);
    expect(inTheWay).toMatchObject({ ...good, stderr: `--drop-folder: ${here} is no folder\n` });
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });

  it('says in one message what is wrong with its settings', async () => {
    const { code, stderr } = await runToEnd(['serve', '--check', '--follow', '', '--follow-from', 'middle']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/FLOWATLAS_FOLLOW \(--follow\): names no file/);
    expect(stderr).toMatch(/FLOWATLAS_FOLLOW_FROM \(--follow-from\)/);
  });

  it('holds exactly what a fast exporter wrote through rotations and a kill', () => {
    const args = [
      'bench/soak.mjs',
      '--minutes',
      '0.1',
      '--rate',
      '8000',
      '--megabytes',
      '4',
      '--kills',
      '1',
      '--backups',
      '50',
    ];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: repository,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/rotations, 1 kills, no gap was told$[^]*^verdict: good$/m),
      stderr: '',
    });
  });
});
