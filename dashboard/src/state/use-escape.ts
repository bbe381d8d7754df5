import { useEffect, useRef } from 'react';

/** While something lies over the page, Escape closes that, and nothing else. */
export function useEscape(active: boolean, close: () => void): void {
  const latest = useRef(close);
  latest.current = close;
  useEffect(() => {
    if (!active) return;
    const onKey = (event: KeyboardEvent): void => {
      const typing = event.target instanceof Element && event.target.matches('input, textarea, select');
      if (event.key !== 'Escape' || typing || document.querySelector('dialog[open]')) return;
      event.stopImmediatePropagation();
      latest.current();
    };
    // Before the keys of the whole page, whose Escape clears the selection.
    addEventListener('keydown', onKey, { capture: true });
    return () => {
      removeEventListener('keydown', onKey, { capture: true });
    };
  }, [active]);
}
