import { useCallback, useEffect, useState } from 'react';
import type { Level } from '../../../src/service-map/service-map.schema.js';

export const views = ['map', 'edges', 'drops', 'flows'] as const;
export type View = (typeof views)[number];

/** Everything a colleague needs to see the same picture: it lives in the address bar. */
export interface ViewState {
  view: View;
  /** null: workloads, or namespaces when there are too many workloads to read. */
  level: Level | null;
  /** Nodes that are drawn finer or coarser than the level, comma-separated. */
  expand: string;
  collapse: string;
  namespace: string;
  verdict: string;
  /** An expression. */
  query: string;
  find: string;
  selected: Selection | null;
  hideDns: boolean;
  onlyDrops: boolean;
  /** The map shows every node and edge, however many there are. */
  drawAll: boolean;
}

export interface Selection {
  kind: 'node' | 'edge';
  id: string;
}

const levels: readonly string[] = ['workload', 'namespace', 'pod', 'cluster'] satisfies Level[];

export function parseViewState(search: string): ViewState {
  const params = new URLSearchParams(search);
  const view = views.find((name) => name === params.get('view')) ?? 'map';
  const level = params.get('level') ?? '';
  return {
    view,
    level: levels.includes(level) ? (level as Level) : null,
    expand: params.get('expand') ?? '',
    collapse: params.get('collapse') ?? '',
    namespace: params.get('namespace') ?? '',
    verdict: params.get('verdict') ?? '',
    query: params.get('q') ?? '',
    find: params.get('find') ?? '',
    selected: parseSelection(params.get('selected') ?? ''),
    hideDns: params.get('hide') === 'dns',
    onlyDrops: params.get('only') === 'drops',
    drawAll: params.get('draw') === 'all',
  };
}

export function formatViewState(state: ViewState): string {
  const params = new URLSearchParams();
  if (state.view !== 'map') params.set('view', state.view);
  if (state.level) params.set('level', state.level);
  if (state.expand) params.set('expand', state.expand);
  if (state.collapse) params.set('collapse', state.collapse);
  if (state.namespace) params.set('namespace', state.namespace);
  if (state.verdict) params.set('verdict', state.verdict);
  if (state.query) params.set('q', state.query);
  if (state.find) params.set('find', state.find);
  if (state.hideDns) params.set('hide', 'dns');
  if (state.onlyDrops) params.set('only', 'drops');
  if (state.drawAll) params.set('draw', 'all');
  if (state.selected) params.set('selected', `${state.selected.kind}:${state.selected.id}`);
  const text = params.toString();
  return text ? `?${text}` : '';
}

function parseSelection(text: string): Selection | null {
  const colon = text.indexOf(':');
  const kind = text.slice(0, colon);
  const id = text.slice(colon + 1);
  return (kind === 'node' || kind === 'edge') && id ? { kind, id } : null;
}

export type UpdateView = (change: Partial<ViewState>) => void;

export function useViewState(): [ViewState, UpdateView] {
  const [state, setState] = useState(() => parseViewState(location.search));
  useEffect(() => {
    const onPop = (): void => {
      setState(parseViewState(location.search));
    };
    addEventListener('popstate', onPop);
    return () => {
      removeEventListener('popstate', onPop);
    };
  }, []);
  const update = useCallback((change: Partial<ViewState>) => {
    setState((old) => ({ ...old, ...change }));
  }, []);
  return [state, update];
}
