import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { connect } from '../../src/store/sqlite/connect.js';
import { filterNames } from '../../src/domain/filter/parse-filter.js';
import { flowLines, shop, shopFlows } from '../support/run-flows.js';
import { ask, get, ndjson, open, statusOf, store } from '../support/run-rest.js';
import {
  cleanUp,
  repository,
  run,
  runToEnd,
  startServer,
  temporaryFolder,
  until,
  type Server,
} from '../support/run-server.js';

afterEach(cleanUp);
afterAll(cleanUp);

/** Prints how long it took: promised are two seconds, but a busy machine must not fail a test. */
async function timedStart(data = temporaryFolder()): Promise<Server> {
  const began = performance.now();
  const server = await startServer({ data });
  console.info(`ready after ${Math.round(performance.now() - began)} ms`);
  return server;
}

describe('a start', () => {
  it('says in one line that it is ready', async () => {
    const server = await timedStart();
    expect((await ask(server, '/health/ready')).status).toBe(200);
    const ended = await server.stop();
    expect(ended.stdout).toBe(`listening on ${server.url}\n`);
    expect(ended.stderr).toBe('');
  });

  it('answers at once on a database that holds flows', async () => {
    const first = await startServer();
    await store(first, shop);
    await first.stop();
    const server = await timedStart(first.data);
    expect(await statusOf(server)).toMatchObject({ flows: shopFlows, eventsLost: 37 });
  });

  // Other systems have priorities of processes alone, and nobody is behind the last one.
  const onLinux = process.platform === 'linux' && getPriority() < 9 ? it : it.skip;

  onLinux('lets the thread that answers go first', async () => {
    const [answering, ...others] = threadsOf(await startServer());
    // The writing thread, and the keeping one that it has started.
    expect(others.filter((nice) => nice > answering!).length).toBeGreaterThanOrEqual(2);
  });

  onLinux('lets no thread go first where logs are followed, whose rotation waits for nobody', async () => {
    const log = join(temporaryFolder(), 'events.log');
    const [answering, ...others] = threadsOf(await startServer({ flags: ['--follow', log] }));
    expect(others.filter((nice) => nice > answering!)).toEqual([]);
  });

  it('makes the data folder when it is missing', async () => {
    const data = join(temporaryFolder(), 'a', 'b');
    await startServer({ data });
    expect(readdirSync(data)).toContain('flowatlas.db');
  });

  it('takes its settings from the environment, and flags win', async () => {
    const folder = temporaryFolder();
    const env = { FLOWATLAS_DATA: join(folder, 'environment'), FLOWATLAS_LISTEN: '127.0.0.1:1' };
    const server = run(['serve', '--listen', '127.0.0.1:0'], env);
    await server.printed(/^listening on http:\/\/127\.0\.0\.1:\d+$/m);
    expect(existsSync(join(folder, 'environment', 'flowatlas.db'))).toBe(true);
  });

  it('tells in words that the port is taken, and exits 1', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as { port: number };
    try {
      const args = ['serve', '--listen', `127.0.0.1:${port}`, '--data', temporaryFolder()];
      const ended = await runToEnd(args);
      expect(ended.code).toBe(1);
      expect(ended.stderr).toBe(`✗ 127.0.0.1:${port} is in use; name another address with --listen\n`);
    } finally {
      taken.close();
    }
  });
});

describe('what is served', () => {
  it('answers the health checks', async () => {
    const server = await startServer();
    expect(await get(server, '/health/live')).toEqual({ status: 'ok' });
    expect(await get(server, '/health/ready')).toEqual({ status: 'ok' });
  });

  it('gives metrics that Prometheus reads', async () => {
    const server = await startServer();
    await store(server, shop);
    const { status, headers, text } = await ask(server, '/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain/);
    expect(text).toContain(`\nflowatlas_flows ${shopFlows}\n`);
    expect(text).toContain(`\nflowatlas_flows_stored_total ${shopFlows}\n`);
    expect(text).toMatch(/^flowatlas_live_clients 0$/m);
    for (const line of text.split('\n')) {
      expect(line).toMatch(/^(#.*|[a-z0-9_]+(\{.*\})? \S+|)$/);
    }
  });

  it('describes every route and every parameter in OpenAPI', async () => {
    const server = await startServer();
    const { paths } = await get<{
      paths: Record<string, Record<string, { parameters?: { name: string; in: string }[] }>>;
    }>(server, '/api/openapi.json');
    const operations = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations).toEqual(
      expect.arrayContaining([
        'POST /api/v1/flows',
        'GET /api/v1/flows',
        'GET /api/v1/flows/{uuid}',
        'GET /api/v1/drops',
        'GET /api/v1/map',
        'GET /api/v1/edges/{id}',
        'GET /api/v1/coverage',
        'GET /api/v1/status',
        'GET /health/live',
        'GET /health/ready',
        'GET /metrics',
      ]),
    );
    const named = (path: string, method = 'get') =>
      (paths[path]?.[method]?.parameters ?? [])
        .filter(({ in: place }) => place === 'query')
        .map(({ name }) => name);
    for (const path of ['/api/v1/flows', '/api/v1/drops', '/api/v1/map', '/api/v1/edges/{id}']) {
      expect(named(path)).toEqual(expect.arrayContaining(['since', 'until', ...filterNames.keys()]));
    }
    expect(named('/api/v1/flows')).toEqual(expect.arrayContaining(['limit', 'order', 'cursor']));
    expect(named('/api/v1/map')).toContain('level');
    expect(named('/api/v1/drops')).toEqual(expect.arrayContaining(['by', 'limit']));
    expect(named('/api/v1/coverage')).toEqual(['since', 'until']);
  });

  it('shows the API documentation and the dashboard', async () => {
    const server = await startServer();
    const docs = await ask(server, '/api/docs');
    expect(docs.status).toBe(200);
    expect(docs.headers['content-type']).toMatch(/^text\/html/);
    const dashboard = await ask(server, '/');
    expect(dashboard.status).toBe(200);
    expect(dashboard.headers['content-type']).toMatch(/^text\/html/);
    const [, script = ''] = /<script[^>]* src="([^"]+)"/.exec(dashboard.text) ?? [];
    const loaded = await ask(server, new URL(script, `${server.url}/`).pathname);
    expect(loaded.status).toBe(200);
    expect(loaded.headers['content-type']).toMatch(/javascript/);
    expect(dashboard.headers['content-security-policy']).toMatch(/script-src 'self'(;|$)/);
  });
});

describe('an end', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`comes within ten seconds of ${signal}, with exit code 0`, async () => {
      const server = await startServer();
      await store(server, shop);
      // After nine seconds it would end with 1.
      const { code } = await server.stop(signal);
      expect(code).toBe(0);
      const again = await startServer({ data: server.data });
      expect((await ndjson(again)).length).toBe(shopFlows);
    });
  }

  // It waits nine seconds for the sender and exits 1.
  it('comes at once although an upload is under way, with exit code 0', async () => {
    const server = await startServer();
    const { outgoing } = open(server, '/api/v1/flows', { method: 'POST' });
    outgoing.write(flowLines('open', 1));
    await until(
      () => statusOf(server),
      ({ flows }) => flows === 1,
    );
    const { code } = await server.stop();
    expect(code).toBe(0);
  });

  it('comes within ten seconds although an upload is under way, and keeps what came', async () => {
    const server = await startServer();
    await store(server, shop);
    const upload = open(server, '/api/v1/flows', { method: 'POST' });
    upload.outgoing.write(flowLines('open', 1));
    await until(
      () => statusOf(server),
      ({ flows }) => flows === shopFlows + 1,
    );
    expect((await server.stop()).code).toBe(0);
    upload.outgoing.destroy();
    const again = await startServer({ data: server.data });
    expect((await statusOf(again)).flows).toBe(shopFlows + 1);
  });
});

describe('the configuration', () => {
  it('is checked without a start', async () => {
    const data = join(temporaryFolder(), 'none');
    const ended = await runToEnd(['serve', '--check', '--listen', '127.0.0.1:0', '--data', data]);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/configuration is good/);
    expect(existsSync(data)).toBe(false);
  });

  for (const check of [['--check'], []]) {
    it(`lists every mistake and exits 2 ${check.length > 0 ? 'when it is checked' : 'at the start'}`, async () => {
      const ended = await runToEnd(['serve', ...check, '--listen', 'nowhere', '--log', 'loud'], {
        env: { FLOWATLAS_DATA: '', FLOWATLAS_LISTENN: '127.0.0.1:0' },
      });
      expect(ended.code).toBe(2);
      expect(ended.stdout).toBe('');
      expect(ended.stderr).toMatch(/FLOWATLAS_LISTEN \(--listen\).*nowhere/);
      expect(ended.stderr).toMatch(/FLOWATLAS_LOG \(--log\)/);
      expect(ended.stderr).toMatch(/FLOWATLAS_DATA \(--data\)/);
      expect(ended.stderr).toMatch(/FLOWATLAS_LISTENN: no such setting/);
    });
  }

  it('refuses a port that there is not', async () => {
    const ended = await runToEnd(['serve', '--check', '--listen', '127.0.0.1:65536']);
    expect(ended.code).toBe(2);
  });

  for (const args of [
    ['serve', '--no-such-flag'],
    ['serve', '--listen'],
    ['no-such-command'],
    ['import'],
    ['map', '--output', 'xml'],
    ['status', '--server', 'nowhere'],
    ['demo', '--log', 'verbose'],
  ]) {
    it(`exits 2 on wrong use: ${args.join(' ')}`, async () => {
      const ended = await runToEnd(args);
      expect(ended.code).toBe(2);
      expect(ended.stdout).toBe('');
      expect(ended.stderr).not.toBe('');
    });
  }

  it.each(['serve', 'demo', 'import', 'observe', 'export', 'map', 'drops', 'ledger', 'status', 'verify'])(
    'tells more of `%s` when it is asked for help, before its name or behind it',
    async (name) => {
      const before = await runToEnd(['help', name]);
      const behind = await runToEnd([name, '--help']);
      expect(before).toEqual(behind);
      expect(before.code).toBe(0);
      expect(before.stdout).toContain(`Usage: flowatlas ${name} [options]`);
    },
  );

  it('prints its help and version with exit code 0', async () => {
    expect((await runToEnd(['--help'])).code).toBe(0);
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    expect(await runToEnd(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });
});

describe('a data folder that cannot be used', () => {
  it('is refused in words while another server holds it', async () => {
    const server = await startServer();
    const ended = await runToEnd(['serve', '--listen', '127.0.0.1:0', '--data', server.data]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/is in use by another flowatlas/);
    expect((await ask(server, '/health/ready')).status).toBe(200);
  });

  it('holds everything in its one file after a clean end', async () => {
    const server = await startServer();
    await store(server, shop);
    await server.stop();
    const copy = temporaryFolder();
    copyFileSync(join(server.data, 'flowatlas.db'), join(copy, 'flowatlas.db'));
    const again = await startServer({ data: copy });
    expect((await statusOf(again)).flows).toBe(shopFlows);
  });

  it('is let go of where the server could not be made', async () => {
    // As a text of CommonJS: options that make it a module would also be those of its threads.
    const script = `
      (async () => {
        const { NestFactory } = await import('@nestjs/core');
        const { readConfig } = await import('./dist/config.js');
        const { startServer } = await import('./dist/server.js');
        NestFactory.create = () => Promise.reject(new Error('it cannot be made'));
        const config = readConfig({}, { data: process.argv[1] });
        await startServer(config).catch(({ message }) => console.log(message));
      })();`;
    const child = spawn(process.execPath, ['--eval', script, temporaryFolder()], {
      cwd: repository,
      timeout: 60_000,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    child.stdout.on('data', (text: Buffer) => (told += text.toString()));
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(told).toBe('it cannot be made\n');
  });

  it('is free again after its server was killed', async () => {
    const server = await startServer();
    await store(server, shop);
    await server.stop('SIGKILL');
    const again = await startServer({ data: server.data });
    expect((await statusOf(again)).flows).toBe(shopFlows);
  });

  /** A good database, spoiled by `spoil`, must be refused with `words` and stay as it is. */
  async function refused(spoil: (file: string) => void, words: RegExp): Promise<void> {
    const server = await startServer();
    await store(server, shop);
    await server.stop();
    const file = join(server.data, 'flowatlas.db');
    // What the log beside the file still holds goes into the file.
    const db = connect(file);
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    spoil(file);
    const before = readFileSync(file);
    const ended = await runToEnd(['serve', '--listen', '127.0.0.1:0', '--data', server.data]);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toBe('');
    expect(ended.stderr).toMatch(words);
    expect(ended.stderr).toContain(file);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
    expect(readFileSync(file).equals(before)).toBe(true);
  }

  it('is refused when a newer version wrote the database', () =>
    refused((file) => {
      const db = connect(file);
      db.pragma('user_version = 999');
      db.close();
    }, /newer flowatlas/));

  it('is refused when the database is another program’s', () =>
    refused((file) => {
      const db = connect(file);
      db.pragma('application_id = 7');
      db.close();
    }, /another program/));

  it('is refused when the database is corrupt', () =>
    refused((file) => {
      const bytes = readFileSync(file);
      bytes.fill(0xa5, 4096 * 2, Math.min(bytes.length, 4096 * 8));
      writeFileSync(file, bytes);
    }, /corrupt/));

  it('is refused when the database lost its end', () =>
    refused((file) => {
      writeFileSync(file, readFileSync(file).subarray(0, 6000));
    }, /corrupt/));

  it('is refused when the file is no database', () =>
    refused((file) => {
      writeFileSync(file, 'dear diary');
    }, /no SQLite database/));

  it('is refused when the database is read-only', () =>
    refused((file) => {
      chmodSync(file, 0o444);
    }, /read-only/));

  it('is refused when its name is taken by a file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const ended = await runToEnd(['serve', '--listen', '127.0.0.1:0', '--data', join(folder, 'file')]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).not.toMatch(/\n\s+at /);
  });
});

/** How nice the threads of a server are, the one of the event loop first. */
function threadsOf({ child }: Server): number[] {
  const threads = `/proc/${child.pid}/task`;
  return readdirSync(threads).map((thread) => nicenessOf(join(threads, thread)));
}

/** Of a thread, by proc_pid_stat(5). */
function nicenessOf(thread: string): number {
  const fields = readFileSync(join(thread, 'stat'), 'utf8').split(') ')[1]!.split(' ');
  return Number(fields[16]);
}
