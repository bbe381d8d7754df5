import { useEffect, useRef } from 'react';
import type { Expression } from './use-expression.js';
import { formatViewState, parseViewState, type ViewState } from './view-state.js';

/**
 * Keeps the state in the address bar. An expression with a mistake is part of the address, so that a reload shows it
 * again, but no step: the next step leaves the entry as it was before the mistake.
 */
export function useAddress(state: ViewState, { judged, refusal }: Expression): void {
  /** What the entry in force is without the mistake. */
  const settled = useRef(location.search);
  useEffect(() => {
    const onPop = (): void => {
      settled.current = location.search;
    };
    addEventListener('popstate', onPop);
    return () => {
      removeEventListener('popstate', onPop);
    };
  }, []);
  useEffect(() => {
    const search = formatViewState(state);
    if (!judged || search === location.search) return;
    const before = parseViewState(settled.current);
    const after = refusal ? { ...state, query: before.query } : state;
    if (isStep(before, after)) {
      history.replaceState(null, '', addressOf(settled.current));
      history.pushState(null, '', addressOf(search));
    } else history.replaceState(null, '', addressOf(search));
    settled.current = formatViewState(after);
  }, [state, judged, refusal]);
}

function addressOf(search: string): string {
  return `${location.pathname}${search}${location.hash}`;
}

/** The back button undoes a change of scene, not each letter typed or each click. */
function isStep(before: ViewState, after: ViewState): boolean {
  return (
    before.view !== after.view ||
    before.level !== after.level ||
    before.expand !== after.expand ||
    before.collapse !== after.collapse ||
    before.namespace !== after.namespace ||
    before.verdict !== after.verdict ||
    before.hideDns !== after.hideDns ||
    before.onlyDrops !== after.onlyDrops ||
    before.query !== after.query
  );
}
