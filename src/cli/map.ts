import type { MapEdge, ServiceMapResponse } from '../service-map/service-map.schema.js';
import { printCoverage } from './coverage.js';
import type { RestClient } from './rest-client.js';
import { paint, print, printTable, safe, safeJson } from './terminal.js';
import { counted } from './words.js';

/** The service map as a table: dropped edges first. */
export async function printMap(
  client: RestClient,
  parameters: Record<string, string | string[] | undefined>,
  format: 'table' | 'json',
): Promise<void> {
  const map = await client.get<ServiceMapResponse>('/api/v1/map', parameters);
  if (format === 'json') {
    print(safeJson(map));
    return;
  }
  if (map.edges.length === 0) {
    printCoverage(map.coverage, true);
    return;
  }
  const names = new Map(
    map.nodes.map((node) => [node.id, node.namespace === '' ? node.name : `${node.namespace}/${node.name}`]),
  );
  const nameOf = (id: string) => safe(names.get(id) ?? id);
  printTable(
    ['', 'CLIENT', 'SERVER', 'PORT', 'FORWARDED', 'DROPPED', 'WHY DROPPED'],
    [...map.edges]
      .sort(byImportance)
      .map((edge) => [
        mark(edge),
        nameOf(edge.source),
        nameOf(edge.target),
        `${edge.port ?? ''} ${safe(edge.protocol)}`.trim(),
        edge.verdicts['forwarded'] ?? 0,
        dropped(edge),
        safe(Object.keys(edge.dropReasons).join(', ')),
      ]),
  );
  print(
    paint.dim(
      `${counted(map.nodes.length, 'node')}, ${counted(map.edges.length, 'edge')}, ${map.from ?? '—'} to ${map.to ?? '—'}`,
    ),
  );
  printCoverage(map.coverage, false);
}

function byImportance(a: MapEdge, b: MapEdge): number {
  return dropped(b) - dropped(a) || (b.verdicts['forwarded'] ?? 0) - (a.verdicts['forwarded'] ?? 0);
}

function dropped(edge: MapEdge): number {
  return edge.verdicts['dropped'] ?? 0;
}

/** Told by sign as well as by colour. */
function mark(edge: MapEdge): string {
  if (dropped(edge) === 0) return paint.dim('→');
  return (edge.verdicts['forwarded'] ?? 0) > 0 ? paint.yellow('±') : paint.red('✗');
}
