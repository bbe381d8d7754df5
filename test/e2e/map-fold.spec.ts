import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { shop } from '../support/run-flows.js';
import { ask, mapOf, store, type ErrorBody } from '../support/run-rest.js';
import { cleanUp, runToEnd, startServer, type Server } from '../support/run-server.js';

/** Holds the sample: 25 edges. */
let server: Server;

beforeAll(async () => {
  server = await startServer();
  await store(server, shop);
});
afterAll(cleanUp);

describe('GET /map by a label', () => {
  const KEY = 'app.kubernetes.io/name';

  it('has a node for each value, in a window, in frames and in a diff, too', async () => {
    const map = await mapOf(server, `level=label:${KEY}`);
    expect(map.level).toBe(`label:${KEY}`);
    expect(map.nodes.map(({ id }) => id)).toContain(`label:${KEY}=web`);
    // Of one record a mask took the labels: it counts for its workload.
    expect(map.edges).toHaveLength(26);
    expect(map.nodes.filter(({ kind }) => kind === 'workload')).toHaveLength(3);
    const window = await mapOf(server, `level=label:${KEY}&since=2026-06-01T10:05`);
    expect(window.nodes.some(({ kind }) => kind === 'label')).toBe(true);
    const halves = 'a=2026-06-01T10:00/2026-06-01T10:05&b=2026-06-01T10:05/2026-06-01T10:10';
    for (const call of [`frames?step=5m&level=label:${KEY}`, `diff?${halves}&level=label:${KEY}`])
      expect((await ask(server, `/api/v1/map/${call}`)).text).toContain(`label:${KEY}=web`);
    const edge = map.edges.find(({ source }) => source === `label:${KEY}=web`);
    const one = await ask(server, `/api/v1/edges/${edge?.id ?? ''}?level=label:${KEY}`);
    expect(one.status).toBe(200);
  });

  it('refuses a label without a key, and what is no level', async () => {
    for (const level of ['label:', 'labels:x', 'galaxy']) {
      const { status, body } = await ask<ErrorBody>(server, `/api/v1/map?level=${level}`);
      expect({ status, field: body.error.field }).toEqual({ status: 400, field: 'level' });
      expect(body.error.message).toMatch(
        /^level: ".*"(?: is none of cluster, namespace, workload, pod, or label:|: .* of a label)/,
      );
    }
  });
});

describe('GET /map with nodes expanded or collapsed', () => {
  const FINER = 'level=namespace&expand=payments';
  const COARSER = 'level=workload&collapse=kube-system,shop-eu/shop';

  it('shows what is in them, and says what was asked', async () => {
    const finer = await mapOf(server, FINER);
    expect(finer).toMatchObject({ level: 'namespace', expand: ['payments'] });
    expect(finer).not.toHaveProperty('collapse');
    const ids = finer.nodes.map(({ id }) => id);
    expect(ids).toEqual(
      expect.arrayContaining(['shop-eu/payments/api', 'shop-eu/payments/worker', 'shop-eu/shop']),
    );
    expect(ids).not.toContain('shop-eu/payments');
    const coarser = await mapOf(server, COARSER);
    expect(coarser.collapse).toEqual(['kube-system', 'shop-eu/shop']);
    expect(coarser.nodes.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['shop-eu/kube-system', 'shop-eu/payments/api', 'shop-eu/shop']),
    );
    expect(coarser.nodes.filter(({ namespace }) => namespace === 'shop')).toHaveLength(1);
  });

  it('does so of a window, of one edge, in frames, in a difference and on the command line', async () => {
    const window = await mapOf(server, `${FINER}&since=2026-06-01T10:05`);
    const edge = window.edges.find(({ target }) => target === 'shop-eu/payments/api');
    const one = await ask(server, `/api/v1/edges/${edge?.id ?? ''}?${FINER}&since=2026-06-01T10:05`);
    expect(one.body).toMatchObject({ edge });
    const halves = 'a=2026-06-01T10:00/2026-06-01T10:05&b=2026-06-01T10:05/2026-06-01T10:10';
    for (const call of [`frames?step=5m&${FINER}`, `diff?${halves}&${FINER}`])
      expect((await ask(server, `/api/v1/map/${call}`)).body).toMatchObject({ expand: ['payments'] });
    const asked = ['--server', server.url, '--level', 'namespace', '--expand', 'payments'];
    const { stdout } = await runToEnd(['map', ...asked]);
    const repeated = await runToEnd(['map', ...asked, '--expand', 'shop', '-o', 'json']);
    expect(JSON.parse(repeated.stdout)).toEqual(await mapOf(server, `${FINER}&expand=shop`));
    expect(await mapOf(server, `${FINER}&expand=shop`)).toEqual(await mapOf(server, `${FINER},shop`));
    expect(stdout).toMatch(/ shop +payments\/api/);
  });

  it('refuses what has nothing in it, or nothing around it', async () => {
    for (const [query, field] of [
      ['level=pod&expand=x', 'expand'],
      ['level=cluster&collapse=x', 'collapse'],
      ['level=label:app&expand=x', 'expand'],
      ['expand=a,,b', 'expand'],
    ]) {
      const { status, body } = await ask<ErrorBody>(server, `/api/v1/map?${query}`);
      expect({ status, field: body.error.field }).toEqual({ status: 400, field });
    }
  });
});

describe('GET /map with a budget', () => {
  it('is whole, and says so, unless one is given', async () => {
    const { edges, folded } = await mapOf(server);
    expect({ edges: edges.length, folded }).toEqual({ edges: 25, folded: null });
  });

  it('folds hubs, and says how much each hides and where', async () => {
    const { edges, folded } = await mapOf(server, 'fold=dns,metrics,apiserver,health');
    const hidden = folded?.hubs.map(({ kind, edges: count }) => [kind, count > 0]);
    expect(hidden).toEqual(['dns', 'metrics', 'apiserver', 'health'].map((kind) => [kind, true]));
    expect(edges.length + (folded?.hubs ?? []).reduce((sum, hub) => sum + hub.edges, 0)).toBe(25);
    expect(folded?.hubs[0]?.on.map(({ node }) => node)).toContain('shop-eu/shop/web');
  });

  it('draws no more than it is asked to, in every form', async () => {
    const { nodes, edges, folded } = await mapOf(server, 'max-nodes=6&max-edges=5');
    expect(nodes.length).toBeLessThanOrEqual(6);
    expect(edges.length).toBe(5);
    expect(nodes.filter(({ kind }) => kind === 'group').length).toBe(folded?.groups.length);
    expect(folded?.edges.edges).toBeGreaterThan(0);
    const csv = await ask(server, '/api/v1/map?format=csv&max-nodes=6&max-edges=5');
    expect(csv.text.trim().split('\r\n')).toHaveLength(6);
    expect(JSON.parse(String(csv.headers['flowatlas-folded']))).toMatchObject({
      hubs: [],
      edges: folded?.edges.edges,
    });
  });

  it('is what the command line asks for, and tells of', async () => {
    const { code, stdout } = await runToEnd([
      'map',
      '--server',
      server.url,
      '--fold',
      'dns',
      '--max-edges',
      '4',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^dns: \d+ edges folded$/m);
    expect(stdout).toMatch(/^\d+ more edges$/m);
    expect((await runToEnd(['map', '--server', server.url, '--fold', 'x'])).code).toBe(2);
  });

  it('gives series for Prometheus, and no more than it is asked for', async () => {
    const { text, headers } = await ask(server, '/api/v1/map?format=prometheus&max-edges=3');
    expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const series = text.split('\n').filter((line) => line.startsWith('flowatlas_map_flows{'));
    const clients = new Set(series.map((line) => line.replace(/,verdict=.*/, '')));
    expect(clients.size).toBe(4);
    expect(series.some((line) => line.includes('client="(others)"'))).toBe(true);
  });

  it('refuses what is no budget', async () => {
    for (const [query, field] of [
      ['fold=everything', 'fold'],
      ['max-nodes=0', 'max-nodes'],
      ['max-edges=few', 'max-edges'],
    ]) {
      const { status, body } = await ask<ErrorBody>(server, `/api/v1/map?${query ?? ''}`);
      expect({ status, field: body.error.field }).toEqual({ status: 400, field });
    }
  });
});
