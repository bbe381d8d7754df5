/** What stands in a template for a segment of a path that names one thing among many. */
export const PLACE = '{id}';
/** Segments behind so many are told as one: no route of an interface is that deep. */
export const MOST_SEGMENTS = 16;
const REST = '{rest}';

const shapes = [
  // 4711, 4711.json
  /^\d+(?:\.\w{1,5})?$/,
  // UUIDs, with or without dashes, and hashes
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i,
  /^(?=[^.]*\d)[0-9a-f]{8,}(?:\.\w{1,5})?$/i,
  // order-4711, ord_4711
  /^[a-z]+[-_]\d{2,}$/i,
  // 2026-06-01, 2026-06-01T10:00:00Z
  /^\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?$/,
  // 10.0.1.5
  /^\d{1,3}(?:\.\d{1,3}){3}$/,
  // ULIDs, tokens, base64: long, with digits among letters
  /^(?=[^\d]*\d)(?=[\d_-]*[a-z])[\w~=-]{20,}$/i,
  // somebody@example.com
  /^[^@]+@[^@]+\.[^@]+$/,
];

/** Segments, where those that look like the name of one thing among many are `{id}`. */
export function shapeOf(path: string): string[] {
  const segments = path.split('/');
  const shaped = segments.slice(0, MOST_SEGMENTS).map((segment) => (isName(segment) ? PLACE : segment));
  if (segments.length > MOST_SEGMENTS) shaped.push(REST);
  return shaped;
}

/** Each of the shapes has one of these; most segments have none. */
const TELLING = /[\d@]/;

function isName(segment: string): boolean {
  return TELLING.test(segment) && shapes.some((shape) => shape.test(segment));
}
