import { FlowatlasError } from '../domain/errors.js';
import { isLabelLevel, LEVELS } from '../domain/flow/node-identity.js';
import { Grain } from '../domain/service-map/grain.js';
import { listSchema, namesIn, type List } from '../query/parameters.js';
import { levelSchema, type MapLevel } from './service-map.schema.js';

const NAMED =
  'comma-separated or repeated: ids of nodes, or the end of one, such as kube-system or payments/api';

/** Parameters that say what the nodes of a map are. */
export const grainShape = {
  level: levelSchema.default('workload'),
  expand: listSchema.optional().describe(`nodes of the level in whose place stand those in them, ${NAMED}`),
  collapse: listSchema.optional().describe(`nodes of a coarser level that stand for all in them, ${NAMED}`),
};

interface GrainQuery {
  level: MapLevel;
  expand?: List | undefined;
  collapse?: List | undefined;
}

export function readGrain(query: GrainQuery): Grain {
  const { level } = query;
  const named = { expand: readNames('expand', query), collapse: readNames('collapse', query) };
  if (named.expand.length > 0 && level === LEVELS.at(-1)) refuse('expand', 'nothing is finer than pods');
  if (named.collapse.length > 0 && level === LEVELS[0])
    refuse('collapse', 'nothing is coarser than clusters');
  return new Grain(level, named);
}

function readNames(name: 'expand' | 'collapse', query: GrainQuery): string[] {
  const told = query[name];
  if (told === undefined) return [];
  if (isLabelLevel(query.level)) refuse(name, 'values of a label have nothing in them, nor around them');
  const names = namesIn(told);
  if (names.includes('')) refuse(name, 'names no node, or has one comma too many');
  return [...new Set(names)].sort();
}

function refuse(name: string, why: string): never {
  throw new FlowatlasError('invalid_parameter', `${name}: ${why}`, name);
}

/** What was asked beside the level, as answers tell it. */
export function namedJson({ named }: Grain): { expand?: string[]; collapse?: string[] } {
  const { expand, collapse } = named;
  return {
    ...(expand.length > 0 && { expand: [...expand] }),
    ...(collapse.length > 0 && { collapse: [...collapse] }),
  };
}
