import { visible } from '../domain/visible.js';
import { changeWords, loneWords, nodeNames, portWords, rounded } from './diff-words.js';
import type { DiffWindow, MapDiffResponse } from './map-diff.schema.js';
import type { MapEdge, MapNode } from './service-map.schema.js';

/** A difference as a page for people, such as the comment of a pipeline. */
export function diffMarkdown({ a, b, notes, nodes, edges }: MapDiffResponse): string {
  const name = nodeNames([...nodes.added, ...nodes.removed, ...nodes.others]);
  const row = (edge: Pick<MapEdge, 'source' | 'target' | 'port' | 'protocol'>, words: string[]) => [
    code(name(edge.source)),
    code(name(edge.target)),
    code(portWords(edge)),
    words.map(code).join('<br>'),
  ];
  const head = ['client', 'server', 'port'];
  return [
    '# What changed in the service map',
    table(['', 'a', 'b'], windowRows(a, b)),
    notes.map(({ window, words }) => `- **${window}**: ${code(words)}`).join('\n'),
    section(
      'New edges',
      [...head, 'seen'],
      edges.added.map((edge) => row(edge, loneWords(edge))),
    ),
    section(
      'Gone edges',
      [...head, 'was'],
      edges.removed.map((edge) => row(edge, loneWords(edge))),
    ),
    section(
      'Changed edges',
      [...head, 'what changed'],
      edges.changed.map((edge) => row(edge, changeWords(edge.changes))),
    ),
    list('New nodes', nodes.added, name),
    list('Gone nodes', nodes.removed, name),
    `${edges.alike} ${edges.alike === 1 ? 'edge has' : 'edges have'} nothing to tell.`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function windowRows(a: DiffWindow, b: DiffWindow): string[][] {
  const rows: [string, (window: DiffWindow) => string][] = [
    ['asked', ({ asked }) => `${asked.since ?? '…'} to ${asked.until ?? '…'}`],
    ['flows', ({ from, to }) => (from === null || to === null ? 'none' : `${from} to ${to}`)],
    ['minutes recorded', ({ minutes }) => rounded(minutes)],
  ];
  return rows.map(([title, tell]) => [title, tell(a), tell(b)]);
}

function section(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  return rows.length === 0 ? '' : `## ${title} (${rows.length})\n\n${table(head, rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function list(title: string, nodes: readonly MapNode[], name: (id: string) => string): string {
  if (nodes.length === 0) return '';
  return `## ${title} (${nodes.length})\n\n${nodes.map(({ id }) => `- ${code(name(id))}`).join('\n')}`;
}

/**
 * A span of code: nothing in it is markup, a link or a mention of somebody. Backticks are told by a longer run of
 * them around; a bar would end the cell of a table even so. https://github.github.com/gfm/#code-spans
 */
function code(text: string): string {
  const shown = visible(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const pad = /^[` ]|[` ]$/.test(shown) || shown === '' ? ' ' : '';
  return `${fence}${pad}${shown}${pad}${fence}`;
}
