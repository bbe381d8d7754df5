import { useMemo } from 'react';
import type { MapNode } from '../../../src/service-map/service-map.schema.js';

/** Ids of the nodes that carry the text in their name, namespace or labels; null without a text. */
export function useFound(nodes: readonly MapNode[], text: string): ReadonlySet<string> | null {
  const wanted = text.trim().toLowerCase();
  return useMemo(() => {
    if (wanted === '') return null;
    const carries = (value: string): boolean => value.toLowerCase().includes(wanted);
    const found = nodes.filter(
      (node) => carries(node.name) || carries(node.namespace) || node.labels.some(carries),
    );
    return new Set(found.map((node) => node.id));
  }, [nodes, wanted]);
}
