import { afterAll, describe, expect, it } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flipBits } from '../support/damage-file.js';
import { flowLines, shop, shopFile, shopFlows } from '../support/run-flows.js';
import { statusOf, store } from '../support/run-rest.js';
import { cleanUp, runToEnd, startServer, temporaryFolder } from '../support/run-server.js';

afterAll(cleanUp);

const database = (folder: string) => join(folder, 'flowatlas.db');

async function folderWithSample(): Promise<string> {
  const data = temporaryFolder();
  const { code } = await runToEnd(['import', '--data', data, shopFile]);
  expect(code).toBe(0);
  return data;
}

describe('flowatlas verify', () => {
  it('finds a database good, also while a server runs on it', async () => {
    const server = await startServer();
    await store(server, shop);
    const running = await runToEnd(['verify', '--data', server.data]);
    expect(running).toMatchObject({ code: 0, stderr: '' });
    expect(running.stdout).toMatch(new RegExp(`${shopFlows} flows of .* looked at: everything is as it was`));
    await store(server, flowLines('after', 5));
    await server.stop();
    expect(await runToEnd(['verify', '--data', server.data])).toMatchObject({ code: 0, stderr: '' });
  });

  it('exits 1 and names what is damaged', async () => {
    const data = await folderWithSample();
    flipBits(database(data), 'text_chunk.texts');
    const { code, stderr } = await runToEnd(['verify', '--data', data]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/block 1, flows 1 to \d+, 2026-06-01T10:00:\S+ to \S+: \d+ of its flows/);
    expect(stderr).toMatch(/1 problems/);
  });

  it('exits 1 in words where pages are damaged, or there is no database', async () => {
    const data = await folderWithSample();
    const bytes = readFileSync(database(data));
    bytes.fill(0xa5, 16_384, 2 * 16_384);
    writeFileSync(database(data), bytes);
    for (const folder of [data, temporaryFolder(), join(data, 'none')]) {
      const { code, stderr } = await runToEnd(['verify', '--data', folder]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/✗ /);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
    truncateSync(database(data), 100);
    expect((await runToEnd(['verify', '--data', data])).code).toBe(1);
    expect((await runToEnd(['verify', shopFile])).stderr).toMatch(/no SQLite database/);
  });
});

describe('flowatlas backup and restore', () => {
  it('copy what a running server holds into one file, and put it into another folder', async () => {
    const server = await startServer();
    await store(server, shop);
    const backup = join(temporaryFolder(), 'backup.db');
    const made = await runToEnd(['backup', backup, '--data', server.data]);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(made.stdout).toMatch(/backed up to .*backup\.db, \d/);
    expect(readdirSync(join(backup, '..'))).toEqual(['backup.db']);
    expect(await runToEnd(['verify', backup])).toMatchObject({ code: 0 });
    const again = await runToEnd(['backup', backup, '--data', server.data]);
    expect(again).toMatchObject({ code: 1 });
    expect(again.stderr).toMatch(/exists; name another file/);
    await store(server, flowLines('not in the backup', 5));

    const data = join(temporaryFolder(), 'new');
    const restored = await runToEnd(['restore', backup, '--data', data]);
    expect(restored).toMatchObject({ code: 0, stderr: '' });
    expect(restored.stdout).toMatch(/restored to .*new, and verified/);
    const exported = await runToEnd(['export', '--data', data]);
    expect(exported.stdout).toBe(shop.toString());

    const held = await runToEnd(['restore', backup, '--data', server.data, '--force']);
    expect(held).toMatchObject({ code: 1 });
    expect(held.stderr).toMatch(/in use by another flowatlas/);
    expect((await statusOf(server)).flows).toBe(shopFlows + 5);
    await server.stop();
    const full = await runToEnd(['restore', backup, '--data', server.data]);
    expect(full).toMatchObject({ code: 1 });
    expect(full.stderr).toMatch(/exists; --force puts the backup in its place/);
    expect(await runToEnd(['restore', backup, '--data', server.data, '--force'])).toMatchObject({ code: 0 });
    const after = await startServer({ data: server.data });
    expect((await statusOf(after)).flows).toBe(shopFlows);
    expect(readdirSync(server.data).filter((name) => name.includes('part'))).toEqual([]);
  });

  it('refuse a damaged backup, unless forced, and what is none', async () => {
    const data = await folderWithSample();
    const backup = join(temporaryFolder(), 'backup.db');
    await runToEnd(['backup', backup, '--data', data]);
    flipBits(backup, 'segment.columns');
    const target = temporaryFolder();
    const refused = await runToEnd(['restore', backup, '--data', target]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/is damaged \(block 1, .*--force takes it as it is/);
    expect(existsSync(database(target))).toBe(false);
    expect(await runToEnd(['restore', backup, '--data', target, '--force'])).toMatchObject({ code: 0 });
    const none = await runToEnd(['restore', shopFile, '--data', temporaryFolder()]);
    expect(none.code).toBe(1);
    expect(none.stderr).toMatch(/no SQLite database/);
    const env = { FLOWATLAS_DATA: temporaryFolder() };
    const unnamed = await runToEnd(['restore', backup], { env });
    expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringMatching(/--data <folder>/) });
    const help = await runToEnd(['restore', '--help']);
    expect(help.stdout.replace(/\s+/g, ' ')).toContain(
      'has to be said, and is not taken from FLOWATLAS_DATA',
    );
    const missing = await runToEnd(['backup', join(target, 'x.db'), '--data', join(target, 'none')]);
    expect(missing.code).toBe(1);
    expect(missing.stderr).toMatch(/does not exist/);
  });
});
