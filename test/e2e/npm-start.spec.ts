import { afterAll, describe, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { shopFile } from '../support/run-flows.js';
import { cleanUp, repository, temporaryFolder } from '../support/run-server.js';

afterAll(cleanUp);

describe('the two commands', () => {
  it('npm start serves, and a signal to npm ends the server with it', async () => {
    const env = { ...process.env, FLOWATLAS_LISTEN: '127.0.0.1:0', FLOWATLAS_DATA: temporaryFolder() };
    const npm = spawn('npm', ['start'], { cwd: repository, env, stdio: ['ignore', 'pipe', 'ignore'] });
    const url = await new Promise<string>((resolve) => {
      npm.stdout.on('data', (chunk: Buffer) => {
        const listening = /listening on (\S+)/.exec(chunk.toString('utf8'));
        if (listening?.[1] !== undefined) resolve(listening[1]);
      });
    });
    expect((await fetch(new URL('/health/ready', url))).status).toBe(200);
    npm.kill('SIGTERM');
    expect(await once(npm, 'exit')).toEqual([0, null]);
    await expect(fetch(url)).rejects.toThrow();
  });
});

describe('a command whose reader has seen enough', () => {
  it('ends without a complaint', () => {
    const command = `node dist/cli/flowatlas.js map --input-file ${JSON.stringify(shopFile)} | head -n 1`;
    const { stdout, stderr } = spawnSync('sh', ['-c', command], { cwd: repository, encoding: 'utf8' });
    expect(stdout).toContain('CLIENT');
    expect(stderr).toBe('');
  });
});
