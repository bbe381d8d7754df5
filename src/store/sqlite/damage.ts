/** What rests on disk is not what was written: bytes changed, or a part is missing. */
export class Damaged extends Error {}

/** What was listed a moment ago is not there any more: retention took it away, or merging put it elsewhere. */
export class Gone extends Error {}

/** What SQLite says of pages that it cannot make sense of, or that the disk does not give: https://sqlite.org/rescode.html */
const OF_PAGES = [
  'SQLITE_CORRUPT',
  'SQLITE_NOTADB',
  // Lengths that damage made up.
  'SQLITE_TOOBIG',
  'SQLITE_NOMEM',
  // Our statements are always the same: what SQLite cannot make of them, the header or the schema has lost.
  'SQLITE_ERROR',
  'SQLITE_IOERR_READ',
  'SQLITE_IOERR_SHORT_READ',
  'SQLITE_IOERR_CORRUPTFS',
];

/** SQLite notices damage of its own pages, we that of what is inside. */
export function isDamage(error: unknown): error is Error {
  if (error instanceof Damaged) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && OF_PAGES.some((known) => code.startsWith(known));
}

/** Parses what we wrote as JSON. */
export function parseHeld(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Damaged(`what was written as JSON is none (${error instanceof Error ? error.message : ''})`);
  }
}

const readers = {
  /** Read with `safeIntegers`. */
  bigint: (value: unknown) => typeof value === 'bigint',
  integer: Number.isSafeInteger,
  count: (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0,
  blob: (value: unknown) => Buffer.isBuffer(value),
  text: (value: unknown) => typeof value === 'string',
};

type Type = keyof typeof readers;

/**
 * A row as it was read, if its members are of the types that were written; those with `?` may be null. SQLite
 * makes sure of types when a row is written, and believes the page when it is read.
 */
export function typed<T extends object>(
  row: T | undefined,
  types: Readonly<Record<keyof T, Type | `${Type}?`>>,
): T {
  if (row === undefined) throw new Damaged('a row of the database is missing');
  for (const name in types) {
    const type = types[name];
    const value = row[name];
    const isGood = value === null ? type.endsWith('?') : readers[type.replace('?', '') as Type](value);
    if (!isGood) throw new Damaged(`a row of the database is not what was written (${name})`);
  }
  return row;
}
