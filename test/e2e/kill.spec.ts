import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { connect } from '../../src/store/sqlite/connect.js';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { CoverageReport } from '../../src/telemetry/coverage-report.schema.js';
import {
  endlessFlows,
  flowLines,
  generatedTraffic,
  makeFlow,
  timeOf,
  uuidsIn,
} from '../support/run-flows.js';
import { get, ndjson, open, post, statusOf, store } from '../support/run-rest.js';
import { cleanUp, sleep, startServer, temporaryFolder, until, type Server } from '../support/run-server.js';

afterEach(cleanUp);
afterAll(cleanUp);

const BATCH = 100;
const BATCHES = 80;

/** Numbers from 0 to 1, the same for the same text. */
function* numbers(seed: string): Generator<number> {
  for (let i = 0; ; i++) {
    yield createHash('sha1').update(`${seed}/${i}`).digest().readUInt32BE(0) / 2 ** 32;
  }
}

async function expectEachOnce(server: { url: string }, wanted: ReadonlySet<string>): Promise<void> {
  const uuids = uuidsIn(await ndjson(server));
  const distinct = new Set(uuids);
  expect(uuids.length).toBe(distinct.size);
  expect(distinct).toEqual(wanted);
  expect((await statusOf(server)).flows).toBe(wanted.size);
  const { nodes } = await get<CoverageReport>(server, '/api/v1/coverage');
  expect(nodes.reduce((sum, { flows }) => sum + flows, 0)).toBe(wanted.size);
}

describe('a server that is killed', () => {
  for (let moment = 1; moment <= 8; moment++) {
    const name = `between many posts holds every acknowledged record, moment ${moment}`;
    it(name, async () => {
      const random = numbers(name);
      const delay = 20 + Math.floor(random.next().value! * 400);
      console.info(`seed "${name}": killed after ${delay} ms`);
      const first = await startServer();
      const batches = Array.from({ length: BATCHES }, (_, i) => flowLines(name, BATCH, i * BATCH));
      const acknowledged = new Set<string>();
      const state = { over: false };
      const importing = Promise.all(
        // Two senders at once share commits.
        [0, 1].map(async (sender) => {
          for (let i = sender; i < BATCHES && !state.over; i += 2) {
            const { status } = await post(first, batches[i]!);
            if (status === 200)
              for (let n = 0; n < BATCH; n++) acknowledged.add(makeFlow(name, i * BATCH + n).flow.uuid);
          }
        }),
      ).catch(() => undefined);
      await sleep(delay);
      state.over = true;
      await first.stop('SIGKILL');
      await importing;

      const server = await startServer({ data: first.data });
      const held = new Set(uuidsIn(await ndjson(server)));
      expect([...acknowledged].filter((uuid) => !held.has(uuid))).toEqual([]);
      for (const batch of batches) await store(server, batch);
      const all = Array.from({ length: BATCH * BATCHES }, (_, n) => makeFlow(name, n).flow.uuid);
      await expectEachOnce(server, new Set(all));
    });
  }

  for (let moment = 1; moment <= 2; moment++) {
    const name = `during one large post holds each record once after it is sent again, moment ${moment}`;
    it(name, async () => {
      const traffic = generatedTraffic(20_000, moment);
      const first = await startServer();
      const { outgoing } = open(first, '/api/v1/flows', { method: 'POST' });
      outgoing.on('error', () => undefined);
      outgoing.end(traffic);
      const random = numbers(name);
      const share = 0.2 + 0.6 * random.next().value!;
      const { flows } = await until(
        () => statusOf(first),
        (status) => status.flows > 20_000 * share,
        10_000,
        2,
      );
      await first.stop('SIGKILL');
      console.info(`seed "${name}": killed when ${flows} flows could be read`);

      const server = await startServer({ data: first.data });
      // What could be read was on disk.
      const before = uuidsIn(await ndjson(server));
      expect(before.length).toBeGreaterThanOrEqual(flows);
      expect(new Set(before).size).toBe(before.length);
      const report = await store(server, traffic);
      expect(report.stored).toBe(20_000 - before.length);
      await expectEachOnce(
        server,
        new Set(
          uuidsIn(
            traffic
              .toString()
              .split('\n')
              .filter((line) => line.startsWith('{"flow"')),
          ),
        ),
      );
    });
  }

  it('and killed again and again in the middle of an endless post still starts, and forgets nothing', async () => {
    const data = temporaryFolder();
    let least = 0;
    for (let round = 0; round < 4; round++) {
      const server = await startServer({ data });
      const { flows } = await statusOf(server);
      expect(flows).toBeGreaterThanOrEqual(least);
      const upload = post(server, endlessFlows(`again ${round}`, 1e9)).catch(() => undefined);
      await sleep(250 + round * 130);
      least = (await statusOf(server)).flows;
      await server.stop('SIGKILL');
      await upload;
    }
    const server = await startServer({ data });
    const uuids = uuidsIn(await ndjson(server));
    expect(uuids.length).toBeGreaterThanOrEqual(least);
    expect(new Set(uuids).size).toBe(uuids.length);
  });
});

/** `npm run torture` asks for a hundred. */
const KILLS = Number(process.env['TORTURE_KILLS'] ?? 6);
const POSTS = 60;
/** Times of flows begin again after 80,000: a hundred rounds stay below. */
const FLOWS = 13;

/** What one round sends; no other round's flows lie in its window. */
function roundOf(seed: string, round: number) {
  const first = round * POSTS * FLOWS;
  const window = `since=${timeOf(first)}&until=${timeOf(first + POSTS * FLOWS)}`;
  const bodies = Array.from({ length: POSTS }, (_, i) => flowLines(seed, FLOWS, first + i * FLOWS));
  const uuids = Array.from({ length: POSTS * FLOWS }, (_, i) => makeFlow(seed, first + i).flow.uuid);
  return { window, bodies, uuids };
}

type Round = ReturnType<typeof roundOf>;

/** Three senders until the server is gone; answers what was acknowledged. */
async function sendUntilKilled(server: Server, { bodies, uuids }: Round): Promise<Set<string>> {
  const acknowledged = new Set<string>();
  const send = async (sender: number) => {
    for (let i = sender; i < POSTS; i += 3) {
      const zipped = i % 2 === 0;
      const body = zipped ? gzipSync(bodies[i]!) : bodies[i]!;
      const { status } = await post(server, body, zipped ? { 'content-encoding': 'gzip' } : {});
      if (status === 200) for (const uuid of uuids.slice(i * FLOWS, (i + 1) * FLOWS)) acknowledged.add(uuid);
    }
  };
  await Promise.all([0, 1, 2].map((sender) => send(sender).catch(() => undefined)));
  return acknowledged;
}

function integrityOf(data: string): unknown {
  const db = connect(join(data, 'flowatlas.db'), { readonly: true });
  try {
    return db.pragma('integrity_check', { simple: true });
  } finally {
    db.close();
  }
}

describe('a server that is killed at random points', () => {
  it(
    `${KILLS} times over the same data holds what it acknowledged, each record once`,
    async () => {
      const seed = process.env['TORTURE_SEED'] ?? 'torture';
      console.info(`${KILLS} kills, seed "${seed}" (TORTURE_KILLS, TORTURE_SEED)`);
      const random = numbers(seed);
      const data = temporaryFolder();
      let acknowledgedInAll = 0;
      for (let round = 0; round < KILLS; round++) {
        const told = roundOf(seed, round);
        const first = await startServer({ data });
        const sending = sendUntilKilled(first, told);
        await sleep(5 + Math.floor(random.next().value! ** 2 * 350));
        await first.stop('SIGKILL');
        const acknowledged = await sending;
        acknowledgedInAll += acknowledged.size;

        const server = await startServer({ data });
        const held = new Set(uuidsIn(await ndjson(server, told.window)));
        expect([...acknowledged].filter((uuid) => !held.has(uuid))).toEqual([]);
        const report = await store(server, told.bodies.join(''));
        expect(report).toMatchObject({ stored: told.uuids.length - held.size, duplicates: held.size });
        expect(uuidsIn(await ndjson(server, told.window)).sort()).toEqual([...told.uuids].sort());
        expect(integrityOf(data)).toBe('ok');
        // Half of the rounds begin with a database that was closed, half with one that was killed again.
        await server.stop(round % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
      }
      const server = await startServer({ data });
      const all = Array.from({ length: KILLS }, (_, round) => roundOf(seed, round).uuids).flat();
      await expectEachOnce(server, new Set(all));
      console.info(`${acknowledgedInAll} of ${all.length} flows had been acknowledged before their kill`);
    },
    60_000 + KILLS * 20_000,
  );
});
