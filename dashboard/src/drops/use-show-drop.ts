import { useEffect, useState } from 'react';
import type { DropGroup } from '../../../src/drops/drops.schema.js';
import type { Grain } from '../api/queries.js';
import type { Dashboard } from '../state/use-dashboard.js';
import type { UpdateView } from '../state/view-state.js';
import { findEdge } from './find-edge.js';

/**
 * Shows the edge of a group of drops on the map. Drops are grouped by workload, so the map may have
 * to change its level first; the edge is selected once that map has arrived.
 */
export function useShowDrop(board: Dashboard, update: UpdateView): (group: DropGroup) => void {
  const [wanted, setWanted] = useState<DropGroup | null>(null);
  const { map } = board;
  useEffect(() => {
    if (!wanted || map === null || !isOfWorkloads(map.grain)) return;
    const edge = findEdge(map.edges.values(), wanted);
    if (edge) update({ selected: { kind: 'edge', id: edge.id } });
    setWanted(null);
  }, [wanted, map, update]);
  return (group) => {
    setWanted(group);
    update({
      view: 'map',
      verdict: '',
      hideDns: false,
      find: '',
      selected: null,
      ...(isOfWorkloads(board.grain) ? {} : { level: 'workload', expand: '', collapse: '' }),
    });
  };
}

function isOfWorkloads({ level, expand, collapse }: Grain): boolean {
  return level === 'workload' && expand === '' && collapse === '';
}
