import { isObject } from '../flow/json.js';
import { Refusal, shown } from './criterion.js';

type Kinds = Record<string, 'text' | 'number' | 'boolean'>;
type Members<K extends Kinds> = {
  -readonly [name in keyof K]?: K[name] extends 'text' ? string : K[name] extends 'number' ? number : true;
};

/**
 * The members of a small protobuf message in JSON: in snake_case or camelCase, zero values left out,
 * others than these refused.
 */
export function readMembers<const K extends Kinds>(value: unknown, kinds: K): Members<K> {
  if (!isObject(value)) throw new Refusal(`${shown(value)} is no object`);
  const members: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const known = snakeCase(name, kinds);
    const kind = kinds[known];
    if (kind === undefined)
      throw new Refusal(`it has no ${shown(name)}, only ${Object.keys(kinds).join(', ')}`);
    const read = readMember(known, member, kind);
    if (read !== undefined) members[known] = read;
  }
  // In the order of the message, as Hubble writes it.
  return Object.fromEntries(
    Object.keys(kinds).flatMap((name) => (name in members ? [[name, members[name]]] : [])),
  ) as Members<K>;
}

/** protojson takes names as they are in the proto file, and in camelCase. */
function snakeCase(name: string, known: object): string {
  return Object.hasOwn(known, name) ? name : name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function readMember(name: string, value: unknown, kind: Kinds[string]): unknown {
  if (value === null || value === '' || value === 0 || value === false) return undefined;
  if (kind === 'boolean' && value === true) return value;
  if (kind === 'text' && typeof value === 'string' && value.length <= LONGEST) return value;
  const number = kind === 'number' && typeof value === 'string' && value !== '' ? Number(value) : value;
  if (kind === 'number' && Number.isInteger(number) && Math.abs(number as number) < 2 ** 32) return number;
  throw new Refusal(`${name} is a ${kind}, not ${shown(value)}`);
}

const LONGEST = 4_096;
