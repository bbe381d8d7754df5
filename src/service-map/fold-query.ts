import { FlowatlasError } from '../domain/errors.js';
import { foldMap, type FoldedMap, type FoldLimits } from '../domain/service-map/fold/fold-map.js';
import { hubKinds, type HubKind } from '../domain/service-map/fold/hubs.js';
import type { DrawnMap } from '../domain/service-map/service-map.js';
import type { Steps } from '../domain/steps.js';
import { listSchema, namesIn, wholeNumber, type List } from '../query/parameters.js';

/** Parameters that say how much of a map is drawn. */
export const foldShape = {
  fold: listSchema
    .optional()
    .describe(`hubs that are not drawn, comma-separated: ${Object.keys(hubKinds).join(', ')}`),
  'max-nodes': wholeNumber(1).optional().describe('nodes drawn at most: the rest is folded into groups'),
  'max-edges': wholeNumber(1).optional().describe('edges drawn at most: the rest is only counted'),
};

interface FoldQuery {
  fold?: List | undefined;
  'max-nodes'?: number | undefined;
  'max-edges'?: number | undefined;
}

/** Undefined where everything is to be drawn. */
export function readFoldLimits(query: FoldQuery): FoldLimits | undefined {
  const { fold, 'max-nodes': maxNodes, 'max-edges': maxEdges } = query;
  if (fold === undefined && maxNodes === undefined && maxEdges === undefined) return undefined;
  return { hubs: fold === undefined ? [] : readHubs(fold), maxNodes, maxEdges };
}

function readHubs(list: List): HubKind[] {
  const known = Object.keys(hubKinds) as HubKind[];
  const asked = namesIn(list).map((name) => {
    const kind = known.find((one) => one === name);
    if (kind !== undefined) return kind;
    throw new FlowatlasError('invalid_parameter', `fold: "${name}" is none of ${known.join(', ')}`, 'fold');
  });
  return [...new Set(asked)];
}

export function* foldDrawn(
  { nodes, edges }: Pick<DrawnMap, 'nodes' | 'edges'>,
  limits: FoldLimits | undefined,
): Steps<Omit<FoldedMap, 'folded'> & { folded: FoldedMap['folded'] | null }> {
  return limits === undefined ? { nodes, edges, folded: null } : yield* foldMap(nodes, edges, limits);
}

/** For forms that have no place for it: how much was folded, without names. */
export function headerOf({ hubs, groups, edges, nodesHidden }: FoldedMap['folded']): string {
  return JSON.stringify({
    hubs: hubs.map(({ kind, edges: count }) => ({ kind, edges: count })),
    groups: groups.length,
    nodes: groups.reduce((sum, { members }) => sum + members, 0),
    edges: edges.edges,
    nodesHidden,
  });
}
