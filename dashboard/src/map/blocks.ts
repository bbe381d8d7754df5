import type { MapNode } from '../../../src/service-map/service-map.schema.js';
import { shorten, shown } from '../ui/shown.js';
import type { Size } from './geometry.js';
import type { Graph } from './visible-graph.js';

export const NODE_HEIGHT = 40;
/** Room that the drawn box of a namespace adds around its nodes; its title stands above. */
export const BOX_PADDING = { side: 18, top: 42, bottom: 18 };

const LABEL_LENGTH = 26;
const LETTER_WIDTH = 7.3;

export interface Block {
  key: string;
  /** The box it is drawn as, with a title; null when its nodes only stand together. */
  box: string | null;
  nodes: MapNode[];
}

export function nodeTitle(node: MapNode): string {
  return shorten(shown(node.name || node.id), LABEL_LENGTH);
}

export function nodeSize(node: MapNode): Size {
  const width = Math.max(116, Math.round(nodeTitle(node).length * LETTER_WIDTH) + 28);
  return { width, height: NODE_HEIGHT };
}

/** The box a node is drawn in, or null when it stands by itself. */
export function boxOf(node: MapNode): string | null {
  if (!node.namespace || node.kind === 'namespace' || node.kind === 'cluster') return null;
  return `${node.cluster}/${node.namespace}`;
}

const outsideKinds = new Set(['fqdn', 'cidr', 'ip', 'unknown', 'entity']);

/** Where a block stands: callers from outside left of everything, what is called outside on the right. */
export const CALLING = 'outside, calling';
export const CALLED = 'outside, called';
export const OVERVIEW = 'overview';

/**
 * Namespaces are blocks. Addresses, names and entities outside of any namespace stand together in
 * two lanes, and nodes that are namespaces themselves form one block.
 */
export function toBlocks({ nodes, edges }: Graph): Block[] {
  const callers = new Set(edges.map((edge) => edge.source));
  const blocks = new Map<string, Block>();
  for (const node of nodes) {
    const box = boxOf(node);
    const key = box === null ? looseKey(node, callers) : `box ${box}`;
    const block = blocks.get(key) ?? { key, box, nodes: [] };
    block.nodes.push(node);
    blocks.set(key, block);
  }
  return [...blocks.values()].sort((a, b) => a.key.localeCompare(b.key));
}

function looseKey(node: MapNode, callers: ReadonlySet<string>): string {
  if (node.kind === 'namespace' || node.kind === 'cluster') return OVERVIEW;
  if (!outsideKinds.has(node.kind)) return `node ${node.id}`;
  return callers.has(node.id) ? CALLING : CALLED;
}
