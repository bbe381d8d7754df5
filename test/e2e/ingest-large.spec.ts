import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { endlessFlows, shop } from '../support/run-flows.js';
import { ask, residentBytes, store } from '../support/run-rest.js';
import { cleanUp, sleep, startServer } from '../support/run-server.js';

afterEach(cleanUp);
afterAll(cleanUp);

describe('a large body', () => {
  it('leaves the server quick for others', async () => {
    const other = await startServer();
    await store(other, shop);
    const state = { over: false };
    const took: number[] = [];
    const upload = store(other, endlessFlows('quick', 30e6)).finally(() => (state.over = true));
    while (!state.over) {
      for (const path of ['/api/v1/status', '/api/v1/map']) {
        const began = performance.now();
        const { status } = await ask(other, path);
        took.push(performance.now() - began);
        expect(status).toBe(200);
      }
      await sleep(5);
    }
    const { stored } = await upload;
    expect(stored).toBeGreaterThan(20_000);
    took.sort((a, b) => a - b);
    const p99 = took[Math.floor(took.length * 0.99)] ?? 0;
    console.info(`${took.length} answers during an import of 30 MB: p99 ${p99.toFixed(0)} ms`);
    expect(took.length).toBeGreaterThan(1);
  });

  it('does not make the memory of the server grow', async () => {
    const other = await startServer();
    await store(other, endlessFlows('warm', 20e6));
    const before = await residentBytes(other);
    let most = before;
    const state = { over: false };
    const began = performance.now();
    const upload = store(other, endlessFlows('large', 300e6)).finally(() => (state.over = true));
    while (!state.over) {
      most = Math.max(most, await residentBytes(other));
      await sleep(100);
    }
    const { stored } = await upload;
    const seconds = (performance.now() - began) / 1000;
    const grown = (most - before) / 1e6;
    console.info(
      `300 MB, ${stored} flows in ${seconds.toFixed(1)} s; resident ${(before / 1e6).toFixed(0)} MB + ${grown.toFixed(0)} MB`,
    );
    expect(grown).toBeLessThan(150);
  });
});
