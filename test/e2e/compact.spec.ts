import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../src/store/sqlite/connect.js';
import { join } from 'node:path';
import { flowLines } from '../support/run-flows.js';
import { post, statusOf, store } from '../support/run-rest.js';
import {
  cleanUp,
  run,
  runToEnd,
  sleep,
  startServer,
  temporaryFolder,
  until,
  type Server,
} from '../support/run-server.js';

afterEach(cleanUp);
afterAll(cleanUp);

function blocksOf(data: string): number {
  const db = connect(join(data, 'flowatlas.db'), { readonly: true });
  try {
    return db.prepare<[], number>('SELECT count(*) FROM segment').pluck().get() ?? 0;
  } finally {
    db.close();
  }
}

const PER_POST = 3;

/** As a source that trickles: each post is a block. Answers what was acknowledged. */
async function trickle(server: Server, name: string, from: number, posts: number): Promise<string> {
  let sent = '';
  for (let i = from; i < from + posts; i++) {
    const flows = flowLines(name, PER_POST, i * PER_POST);
    await store(server, flows);
    sent += flows;
  }
  return sent;
}

async function expectGood(data: string, exported: string): Promise<void> {
  for (const named of [['--data', data], [data]])
    expect(await runToEnd(['verify', ...named])).toMatchObject({ code: 0, stderr: '' });
  expect((await runToEnd(['export', '--data', data])).stdout).toBe(exported);
}

describe('small blocks', () => {
  it('of a source that trickles are merged by the server, and the rest by flowatlas compact', async () => {
    const server = await startServer();
    let sent = await trickle(server, 'trickle', 0, 40);
    await until(
      () => blocksOf(server.data),
      (blocks) => blocks < 16,
    );
    // Too few to be worth it while the server runs.
    sent += await trickle(server, 'trickle', 40, 3);
    expect(await (await fetch(`${server.url}/api/v1/export`)).text()).toBe(sent);
    expect((await store(server, sent)).stored).toBe(0);
    const held = await runToEnd(['compact', '--data', server.data]);
    expect(held).toMatchObject({ code: 1 });
    expect(held.stderr).toMatch(/in use by another flowatlas/);
    await server.stop();
    const compacted = await runToEnd(['compact', '--data', server.data]);
    expect(compacted).toMatchObject({ code: 0, stderr: '' });
    expect(compacted.stdout).toMatch(/: \d+ blocks are 1 now, \d/);
    await expectGood(server.data, sent);
    const again = await runToEnd(['compact', '--data', server.data]);
    expect(again.stdout).toMatch(/: 1 blocks are 1 now/);
    const after = await startServer({ data: server.data });
    expect((await store(after, sent)).stored).toBe(0);
  });

  it('cannot be merged where there is no database', async () => {
    const { code, stderr } = await runToEnd(['compact', '--data', join(temporaryFolder(), 'none')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/✗ .*does not exist/);
  });

  it('are whole after a kill at any moment, of the server or of flowatlas compact', async () => {
    const name = 'killed';
    const first = await startServer();
    const { data } = first;
    let posts = 0;
    let server = first;
    for (let round = 0; round < 4; round++) {
      // Some are merged while others come; the kill comes whenever it comes.
      const state = { over: false };
      const sending = (async () => {
        while (!state.over) {
          const { status } = await post(server, flowLines(name, PER_POST, posts * PER_POST));
          if (status === 200) posts++;
        }
      })().catch(() => undefined);
      await sleep(500 + round * 170);
      state.over = true;
      await server.stop('SIGKILL');
      await sending;
      const killed = run(['compact', '--data', data]);
      await sleep(150 + round * 60);
      await killed.stop('SIGKILL');

      server = await startServer({ data });
      const { flows } = await statusOf(server);
      // What was not acknowledged may be held as well: it is known when it is sent again.
      expect(flows).toBeGreaterThanOrEqual(posts * PER_POST);
      expect(flows % PER_POST).toBe(0);
      posts = Math.max(posts, flows / PER_POST);
      expect(await (await fetch(`${server.url}/api/v1/export`)).text()).toBe(
        flowLines(name, posts * PER_POST, 0),
      );
    }
    await server.stop();
    expect((await runToEnd(['compact', '--data', data])).code).toBe(0);
    await expectGood(data, flowLines(name, posts * PER_POST, 0));
  }, 180_000);
});
