import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Room } from '../latencies.js';
import { PinnedRoutes } from './pinned-routes.js';
import { Routes } from './routes.js';

const isPlace = (segment: string) => segment.startsWith('{');
const isRest = (segment: string) => segment.startsWith('*');
/** The more fixed sorts first: a text, a place, the rest. */
const rank = (segment: string) => (isRest(segment) ? '2' : isPlace(segment) ? '1' : '0');

interface Template {
  method: string;
  path: string;
}

function fits({ method, path }: Template, request: Template): boolean {
  const wanted = path.slice(1).split('/');
  const given = request.path.slice(1).split('/');
  if (method !== '' && method !== request.method) return false;
  const open = isRest(wanted.at(-1) ?? '');
  if (open ? given.length < wanted.length : given.length !== wanted.length) return false;
  return wanted.every(
    (segment, at) => isRest(segment) || (isPlace(segment) ? given[at] !== '' : segment === given[at]),
  );
}

/** Ranks of its segments, then whether any method will do. */
function order({ method, path }: Template): string {
  return `${path.slice(1).split('/').map(rank).join('')}${method === '' ? 'b' : 'a'}`;
}

/** All that fit, the most specific first. */
function naive(templates: readonly Template[], request: Template): Template | undefined {
  return templates
    .filter((template) => fits(template, request))
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))[0];
}

const segment = fc.constantFrom('users', 'items', 'v1', 'me', '4711');
const method = fc.constantFrom('GET', 'POST');
const template = fc
  .record({
    method: fc.oneof(fc.constant(''), method),
    segments: fc.array(fc.oneof(segment, fc.constant('{id}')), { minLength: 1, maxLength: 4 }),
    end: fc.constantFrom('', '', '/', '/*'),
  })
  .map(({ method, segments, end }) => ({ method, path: `/${segments.join('/')}${end}` }));
const templates = fc.uniqueArray(template, { maxLength: 12, selector: (one) => JSON.stringify(one) });
const request = fc
  .record({ method, segments: fc.array(fc.oneof(segment, fc.constant('')), { maxLength: 6 }) })
  .map(({ method, segments }) => ({ method, path: `/${segments.join('/')}` }));

const textOf = ({ method, path }: Template) => (method === '' ? path : `${method} ${path}`);

function counted(given: readonly Template[], requests: readonly Template[]) {
  const routes = new Routes(new Room(100), PinnedRoutes.of(given.map(textOf)));
  for (const { method, path } of requests) routes.addRequest(method, path, 1);
  expect(routes.lost).toBe(0);
  return routes.all();
}

describe('pinned routes', () => {
  it('count what fits under their own text, the most specific one first', () => {
    const pinned = PinnedRoutes.of([
      '/users/{id}',
      '/users/me',
      'POST /users/{name}',
      '/users/{id}/**',
      'GET /api/{version}/items/*',
      '/',
    ]);
    const found = (path: string, method = 'GET') => pinned.find(method, path);
    expect(found('/users/anna')).toBe('/users/{id}');
    expect(found('/users/anna', 'POST')).toBe('/users/{name}');
    expect(found('/users/me', 'POST')).toBe('/users/me');
    expect(found('/users/anna/orders/1')).toBe('/users/{id}/**');
    expect(found('/users/')).toBeUndefined();
    expect(found('/users')).toBeUndefined();
    expect(found(`/api/v1/items${'/x'.repeat(100)}`)).toBe('/api/{version}/items/*');
    expect(found('/api/v1/items/')).toBe('/api/{version}/items/*');
    expect(found('/api/v1/items/1', 'PUT')).toBeUndefined();
    expect(found('')).toBe('/');
    expect(found('users/anna')).toBeUndefined();
  });

  it('go back to a less specific one where the more specific has another method or end', () => {
    const pinned = PinnedRoutes.of(['POST /users/me', '/users/{id}', '/users/me/cards', '/{all}/{id}/keys']);
    expect(pinned.find('GET', '/users/me')).toBe('/users/{id}');
    expect(pinned.find('GET', '/users/me/keys')).toBe('/{all}/{id}/keys');
  });

  it.each([
    ['users/{id}', 'a path begins with a slash, and only a method stands before it'],
    ['', 'a path begins with a slash, and only a method stands before it'],
    ['get /users', '"get" is no method such as GET'],
    ['/users/{id', 'segment 2, "{id", is not wholly a place such as {id}'],
    ['/users/{}', 'segment 2, "{}", is not wholly a place'],
    ['/report.{format}', 'segment 1, "report.{format}", is not wholly a place'],
    ['/users/:id', 'segment 2, ":id", has to be written {id}'],
    ['/a/*/b', 'segment 2, "*", has a *, which stands alone and at the end'],
    ['/a/b*', 'segment 2, "b*", has a *'],
    ['/a//b', 'segment 2, "", is empty'],
    ['/a?b=1', 'segment 1, "a?b=1", has a query or a fragment'],
    ['/a%20b', 'segment 1, "a%20b", has to be written without percent encoding'],
    ['/a'.repeat(17), 'has more than 16 segments'],
  ])('refuse %j', (text, reason) => {
    expect(() => PinnedRoutes.of([text])).toThrow(`${JSON.stringify(text)}: ${reason}`);
  });

  it('refuse a second template for the same requests', () => {
    expect(() => PinnedRoutes.of(['/a/{b}', '/a/{c}'])).toThrow(
      '"/a/{c}": fits the same requests as "/a/{b}"',
    );
    expect(() => PinnedRoutes.of(['/a/*', '/a/**'])).toThrow('fits the same requests');
    expect(() => PinnedRoutes.of(['/a/{b}', 'GET /a/{c}'])).not.toThrow();
  });

  it('count as a naive matcher does, in any order of templates and requests; the rest is learned as before', () => {
    fc.assert(
      fc.property(templates, fc.array(request, { maxLength: 60 }), (given, requests) => {
        const expected = new Map<string, number>();
        const others: Template[] = [];
        for (const one of requests) {
          const found = naive(given, one);
          if (found === undefined) others.push(one);
          else {
            const key = `${one.method} ${found.path}`;
            expected.set(key, (expected.get(key) ?? 0) + 1);
          }
        }
        const all = counted(given, requests);
        const pinned = all.filter(({ pinned }) => pinned);
        expect(
          Object.fromEntries(pinned.map(({ method, path, requests }) => [`${method} ${path}`, requests])),
        ).toEqual(Object.fromEntries(expected));
        expect(all.filter(({ pinned }) => !pinned)).toEqual(counted([], others));
        expect(counted([...given].reverse(), [...requests].reverse())).toEqual(all);
        // No row is told twice.
        expect(new Set(all.map(({ method, path }) => `${method} ${path}`)).size).toBe(all.length);
      }),
    );
  });

  it('have room of their own, whatever is learned', () => {
    const routes = new Routes(new Room(10), PinnedRoutes.of(['/pinned']));
    for (let i = 0; i < 2_100; i++) routes.addRequest(`M${i}`, '/', 1);
    for (let i = 0; i < 2_100; i++) routes.addRequest(`M${i}`, '/pinned', 1);
    expect(routes.all().filter(({ pinned }) => pinned)).toHaveLength(2_000);
    expect(routes.all()).toHaveLength(4_000);
    expect(routes.lost).toBe(200);
  });

  it('take time that grows with the path alone', () => {
    const pinned = PinnedRoutes.of([
      '/{a}/{b}/{c}/*',
      ...Array.from({ length: 16 }, (_, i) => `${'/a'.repeat(i)}/{x}`),
    ]);
    expect(pinned.find('GET', '/a'.repeat(1_000_000))).toBe('/{a}/{b}/{c}/*');
  });
});
