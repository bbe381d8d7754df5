import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { bucketOf, Latencies, Room } from '../latencies.js';
import { Routes } from './routes.js';

function routesOf(paths: readonly string[]): Record<string, number> {
  const routes = new Routes(new Room(1_000));
  for (const path of paths) routes.addRequest('GET', path, 1);
  expect(routes.lost).toBe(0);
  return Object.fromEntries(routes.all().map(({ path, requests }) => [path, requests]));
}

const names = (count: number) =>
  Array.from({ length: count }, (_, i) => `name${String.fromCharCode(97 + (i % 26))}${'x'.repeat(i)}`);

describe('routes', () => {
  it('take together what looks like the name of one thing among many', () => {
    const ids = [
      '4711',
      '4711.json',
      '7d444840-9dc0-11d1-b245-5ffdce74fad2',
      '9f86d081884c7d65',
      'order-4711',
      '2026-06-01',
      '10.0.1.5',
      '01ARZ3NDEKTSV4RRFFQ69G5FAV',
      'ann@example.com',
    ];
    expect(routesOf(ids.map((id) => `/users/${id}/orders`))).toEqual({ '/users/{id}/orders': ids.length });
  });

  it('leave alone what names a part of the interface', () => {
    const paths = [
      '/',
      '/api/v1/users',
      '/api/v2/oauth2/token',
      '/healthz',
      '/favicon.ico',
      '/metrics',
      '/users/',
      '/decade',
      '/two-factor',
    ];
    expect(Object.keys(routesOf(paths)).sort()).toEqual([...paths].sort());
  });

  it('take names at one place together when they become too many, with all that comes behind them', () => {
    const paths = names(40).flatMap((name) => [
      `/users/${name}`,
      `/users/${name}/orders`,
      `/teams/${name.charAt(4)}`,
    ]);
    const routes = routesOf(paths);
    expect(routes['/users/{id}']).toBe(40);
    expect(routes['/users/{id}/orders']).toBe(40);
    expect(routes['/teams/a']).toBe(2);
  });

  it('tell what is no path apart from paths', () => {
    expect(routesOf(['*', 'example.com:443', '', '/'])).toEqual({ '*': 1, 'example.com:443': 1, '/': 2 });
  });

  it('do not depend on the order of requests, and count each of them', () => {
    const segment = fc.oneof(
      fc.constantFrom('users', 'orders', 'v1', '', '17', '{id}'),
      fc.constantFrom(...names(36)),
    );
    const path = fc.array(segment, { maxLength: 4 }).map((segments) => `/${segments.join('/')}`);
    fc.assert(
      fc.property(
        fc.array(path, { maxLength: 300, size: 'max' }),
        fc.infiniteStream(fc.nat()),
        (paths, chance) => {
          const shuffled = paths
            .map((path) => ({ path, place: chance.next().value as number }))
            .sort((a, b) => a.place - b.place)
            .map(({ path }) => path);
          const told = routesOf(paths);
          expect(routesOf(shuffled)).toEqual(told);
          expect(Object.values(told).reduce((sum, count) => sum + count, 0)).toBe(paths.length);
        },
      ),
    );
  });

  it('are bounded: messages without room are counted as such', () => {
    const routes = new Routes(new Room(10));
    for (let i = 0; i < 3_000; i++) routes.addRequest(`M${i}`, '/', 2);
    expect(routes.all()).toHaveLength(2_000);
    expect(routes.lost).toBe(2_000);
    const deep = new Routes(new Room(10));
    deep.addRequest('GET', '/a'.repeat(10_000), 1);
    expect(deep.all()[0]?.path).toBe(`${'/a'.repeat(16)}/{rest}`);
  });

  it('have statuses and latencies of their own, also after they were taken together', () => {
    const routes = new Routes(new Room(1_000));
    const took = (nanoseconds: number) => {
      const latencies = new Latencies();
      latencies.add(bucketOf(nanoseconds));
      return latencies;
    };
    for (const [i, name] of names(31).entries()) {
      routes.addRequest('GET', `/users/${name}`, 1);
      routes.addResponse(
        'GET',
        `/users/${name}`,
        i === 30 ? 500 : 200,
        1,
        i < 2 ? undefined : took(5_000_000),
      );
    }
    expect(routes.all()).toEqual([
      {
        method: 'GET',
        path: '/users/{id}',
        requests: 31,
        statuses: { 200: 30, 500: 1 },
        latency: {
          p50: expect.closeTo(5, 1),
          p95: expect.closeTo(5, 1),
          p99: expect.closeTo(5, 1),
          measured: 29,
          of: 31,
        },
      },
    ]);
  });
});
