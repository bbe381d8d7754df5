import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { MapFramesResponse } from '../../src/service-map/map-frames.schema.js';
import { shop } from '../support/run-flows.js';
import { ask, get, mapOf, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, startServer, type Server } from '../support/run-server.js';

/** Holds the sample: ten minutes. */
let server: Server;

beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
});
afterAll(cleanUp);

const framesOf = (query: string) => get<MapFramesResponse>(server, `/api/v1/map/frames?${query}`);

/** Each frame put on the ones before is the map of its time. */
async function expectMaps({ frames }: MapFramesResponse, more = ''): Promise<void> {
  const shown = { nodes: new Map<string, object>(), edges: new Map<string, object>() };
  for (const frame of frames) {
    const map = await mapOf(server, `since=${frame.from}&until=${frame.until}${more}`);
    for (const part of ['nodes', 'edges'] as const) {
      for (const id of frame[part].remove) expect(shown[part].delete(id)).toBe(true);
      for (const item of frame[part].upsert) shown[part].set(item.id, item);
      expect(new Set(shown[part].values())).toEqual(new Set<object>(map[part]));
    }
  }
}

describe('GET /map/frames', () => {
  it('gives a map for each step, as changes', async () => {
    const answer = await framesOf('step=1m');
    expect(answer).toMatchObject({ level: 'workload', step: 60, count: 10 });
    expect(answer.frames.map(({ from }) => from.slice(11))).toEqual(
      Array.from({ length: 10 }, (_, minute) => `10:0${minute}:00Z`),
    );
    expect(answer.frames[0]?.until).toBe('2026-06-01T10:00:59.999999999Z');
    expect(answer.coverage.eventsLost).toBe(37);
    await expectMaps(answer);
  });

  it('takes every filter, level and window', async () => {
    const question = 'level=namespace&verdict=DROPPED';
    const answer = await framesOf(`step=2m&since=2026-06-01T10:03&until=2026-06-01T10:06:30Z&${question}`);
    expect(answer.frames.map(({ from, until }) => [from.slice(14), until.slice(14)])).toEqual([
      ['03:00Z', '03:59.999999999Z'],
      ['04:00Z', '05:59.999999999Z'],
      ['06:00Z', '06:30Z'],
    ]);
    expect(answer.frames.some(({ edges }) => edges.upsert.length > 0)).toBe(true);
    await expectMaps(answer, `&${question}`);
  });

  it('takes a round step unless told, and refuses too many', async () => {
    expect((await framesOf('')).count).toBeLessThanOrEqual(60);
    for (const step of ['1s', 'often', '0s']) {
      const { status, body } = await ask<ErrorBody>(server, `/api/v1/map/frames?step=${step}`);
      expect({ status, code: body.error.code, field: body.error.field }).toEqual({
        status: 400,
        code: 'invalid_parameter',
        field: 'step',
      });
    }
  });

  it('has no frame where nothing is held', async () => {
    expect(await framesOf('since=2030-01-01')).toMatchObject({
      count: 0,
      frames: [],
      coverage: { from: null },
    });
  });
});
