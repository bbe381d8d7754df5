import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { endlessFlows, flowLines, generatedTraffic, makeFlow, uuidsIn } from '../support/run-flows.js';
import { ndjson, open, post, statusOf, store } from '../support/run-rest.js';
import { cleanUp, sleep, startServer, temporaryFolder, until } from '../support/run-server.js';

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
