import { FlowatlasError } from '../errors.js';
import { isObject, type Json } from './json.js';
import { protoMessages } from './flow-proto.js';

/** What a mask keeps of an object: of each member all, or what a mask of its own keeps. */
type Mask = Map<string, Mask | 'all'>;

/**
 * Hubble's field mask: which fields of a flow are kept, by their proto paths such as `source.pod_name`.
 * A path that no flow can have is refused.
 */
export function fieldMask(paths: readonly string[]): (flow: Json) => Json {
  const mask: Mask = new Map();
  for (const path of paths) add(mask, path);
  return (flow) => masked(flow, mask);
}

function add(root: Mask, path: string): void {
  let mask = root;
  let message = 'Flow';
  const names = path.split('.');
  for (const [i, name] of names.entries()) {
    const field = protoMessages.get(message)?.find((known) => known.name === name);
    const isLast = i === names.length - 1;
    if (field === undefined || (field.isList && !isLast)) throw refused(path);
    message = field.type;
    const held = mask.get(name);
    if (held === 'all') return;
    const inner: Mask = held ?? new Map<string, Mask | 'all'>();
    mask.set(name, isLast ? 'all' : inner);
    mask = inner;
  }
}

function refused(path: string): FlowatlasError {
  return new FlowatlasError(
    'invalid_parameter',
    `field_mask: ${JSON.stringify(path.slice(0, 80))} is no path of a flow, such as verdict or source.pod_name`,
    'field_mask',
  );
}

function masked(json: Json, mask: Mask): Json {
  const kept: Json = {};
  for (const [name, inner] of mask) {
    const key = name in json ? name : name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const value = json[key];
    if (inner === 'all' ? value !== undefined : isObject(value)) {
      kept[key] = inner === 'all' ? value : masked(value as Json, inner);
    }
  }
  return kept;
}
