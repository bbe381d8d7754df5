import { protoMessages } from '../domain/flow/flow-proto.js';

/** What something is read from: the fields of Hubble's flows by their names in proto, and what else is looked for beside them. */
const known = new Set([
  ...(protoMessages.get('Flow') ?? []).map(({ name }) => name),
  'flow',
  'type',
  'flowatlas',
  'flowatlas_redacted',
]);

/** Whether nobody reads what is there: of a newer version of Hubble, say, or added by a log pipeline. */
export function isStrange(path: string): boolean {
  // Written with escapes, it may be any.
  if (path.includes('\\')) return false;
  const dot = path.indexOf('.');
  return !known.has(dot < 0 ? path : path.slice(0, dot));
}

/** Values by which it shows that records have one of their own. */
const OWN = 8;
/** Paths that are watched: a hostile record may have any number. */
const MOST_PATHS = 256;
/** Characters by which values are told apart. */
const LONGEST = 64;

/** Which strange members most records have a value of their own in, so that their templates leave it out. */
export class StrangeMembers {
  readonly #values = new Map<string, Set<string>>();

  /** Whether it is one of these, now that it has this value, too. */
  isOwn(path: string, value: string): boolean {
    let values = this.#values.get(path);
    if (values === undefined) {
      if (this.#values.size >= MOST_PATHS) return false;
      this.#values.set(path, (values = new Set()));
    }
    if (values.size < OWN) values.add(value.slice(0, LONGEST));
    return values.size >= OWN;
  }
}
