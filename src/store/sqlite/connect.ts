import type Database from 'better-sqlite3';

/** The Node-API that better-sqlite3 13 is built on: Node.js 22.14 and newer have it. */
const NODE_API = 10;

/**
 * Of better-sqlite3, 13 runs wherever there is its Node-API; 12 is for older versions of Node.js. Compiled with the
 * headers of Node.js 24.19 or newer, 12 ends the process when a statement or a connection is collected: its
 * `ObjectWrap` takes back a hook of an environment that it cannot find then.
 */
const { default: Driver } = await (Number(process.versions['napi']) >= NODE_API
  ? import('better-sqlite3-13')
  : import('better-sqlite3'));

export function connect(file: string, options?: Database.Options): Database.Database {
  return new Driver(file, options);
}
