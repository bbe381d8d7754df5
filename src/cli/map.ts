import { pipeline } from 'node:stream/promises';
import { mapFormats } from '../service-map/export/formats.js';
import { nodeNames, portWords } from '../service-map/diff-words.js';
import type { MapEdge, ServiceMapResponse } from '../service-map/service-map.schema.js';
import { printCoverage, printSummed } from './coverage.js';
import type { RestClient } from './rest-client.js';
import { paint, print, printTable, safe, safeJson } from './terminal.js';
import { counted } from './words.js';

export const mapOutputs = ['table', ...mapFormats] as const;
type MapOutput = (typeof mapOutputs)[number];

/** The service map as a table, dropped edges first, or as what the API writes. */
export async function printMap(
  client: RestClient,
  parameters: Record<string, string | string[] | undefined>,
  format: MapOutput,
): Promise<void> {
  if (format !== 'table' && format !== 'json') {
    const text = await client.stream('/api/v1/map', { ...parameters, format });
    await pipeline(text, process.stdout, { end: false });
    return;
  }
  const map = await client.get<ServiceMapResponse>('/api/v1/map', parameters);
  if (format === 'json') {
    print(safeJson(map));
    return;
  }
  if (map.edges.length === 0) {
    printCoverage(map.coverage, true);
    printSummed(map);
    return;
  }
  const name = nodeNames(map.nodes);
  const nameOf = (id: string) => safe(name(id));
  printTable(
    ['', 'CLIENT', 'SERVER', 'PORT', 'FORWARDED', 'DROPPED', 'WHY DROPPED'],
    [...map.edges]
      .sort(byImportance)
      .map((edge) => [
        mark(edge),
        nameOf(edge.source),
        nameOf(edge.target),
        safe(portWords(edge)),
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
  if (map.folded !== null) printFolded(map.folded);
  printCoverage(map.coverage, false);
  printSummed(map);
}

/** What the table does not list one by one. */
function printFolded({ hubs, groups, edges }: NonNullable<ServiceMapResponse['folded']>): void {
  for (const { kind, edges: count } of hubs) print(paint.dim(`${kind}: ${counted(count, 'edge')} folded`));
  const members = groups.reduce((sum, group) => sum + group.members, 0);
  if (members > 0) print(paint.dim(`${counted(members, 'node')} in ${counted(groups.length, 'group')}`));
  if (edges.edges > 0) print(paint.dim(counted(edges.edges, 'more edge')));
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
