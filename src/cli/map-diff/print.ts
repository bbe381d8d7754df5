import { diffMarkdown } from '../../service-map/diff-markdown.js';
import { changeWords, loneWords, nodeNames, portWords } from '../../service-map/diff-words.js';
import type { MapDiffResponse } from '../../service-map/map-diff.schema.js';
import { paint, print, printTable, safe, safeJson } from '../terminal.js';
import { counted } from '../words.js';

type Edge = MapDiffResponse['edges']['changed'][number] | MapDiffResponse['edges']['added'][number];

export function printDiff(diff: MapDiffResponse, format: 'table' | 'markdown' | 'json'): void {
  if (format === 'json') print(safeJson(diff));
  else if (format === 'markdown') process.stdout.write(diffMarkdown(diff));
  else printDiffTable(diff);
}

function printDiffTable({ a, b, notes, nodes, edges }: MapDiffResponse): void {
  const name = nodeNames([...nodes.added, ...nodes.removed, ...nodes.others]);
  const row = (mark: string, edge: Edge, words: string[]) => [
    mark,
    safe(name(edge.source)),
    safe(name(edge.target)),
    safe(portWords(edge)),
    safe(words.join('; ')),
  ];
  const rows = [
    ...edges.added.map((edge) => row(paint.green('+'), edge, loneWords(edge))),
    ...edges.removed.map((edge) => row(paint.red('-'), edge, loneWords(edge))),
    ...edges.changed.map((edge) => row(paint.yellow('~'), edge, changeWords(edge.changes))),
  ];
  if (rows.length > 0) printTable(['', 'CLIENT', 'SERVER', 'PORT', 'WHAT CHANGED'], rows);
  printNodes('new', nodes.added, name);
  printNodes('gone', nodes.removed, name);
  for (const { window, words } of notes) print(paint.yellow(safe(`${window}: ${words}`)));
  print(
    paint.dim(
      `${counted(edges.alike, 'edge')} with nothing to tell; ${spanWords('a', a)}; ${spanWords('b', b)}`,
    ),
  );
}

function printNodes(what: string, nodes: readonly { id: string }[], name: (id: string) => string): void {
  if (nodes.length === 0) return;
  print(
    `${what} ${nodes.length === 1 ? 'node' : 'nodes'}: ${safe(nodes.map(({ id }) => name(id)).join(', '))}`,
  );
}

function spanWords(name: string, { from, to }: MapDiffResponse['a']): string {
  return from === null || to === null ? `${name}: no flows` : `${name}: ${from} to ${to}`;
}
