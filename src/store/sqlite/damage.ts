/** What rests on disk is not what was written: bytes changed, or a part is missing. */
export class Damaged extends Error {}

/** What was listed a moment ago is not there any more: retention took it away, or merging put it elsewhere. */
export class Gone extends Error {}

/** SQLite notices damage of its own pages, we that of what is inside. */
export function isDamage(error: unknown): error is Error {
  if (error instanceof Damaged) return true;
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && code.startsWith('SQLITE_CORRUPT');
}

/** Parses what we wrote as JSON. */
export function parseHeld(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Damaged(`what was written as JSON is none (${error instanceof Error ? error.message : ''})`);
  }
}
