import { useEffect, useLayoutEffect, useState } from 'react';

export type Theme = 'light' | 'dark';

const KEY = 'flowatlas-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

function stored(): Theme | null {
  try {
    const value = localStorage.getItem(KEY);
    return value === 'light' || value === 'dark' ? value : null;
  } catch {
    return null;
  }
}

function remember(theme: Theme): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }
}

/** Follows the system until the user chooses. */
export function useTheme(): [Theme, () => void] {
  const [chosen, setChosen] = useState(stored);
  const [system, setSystem] = useState<Theme>(dark.matches ? 'dark' : 'light');
  const theme = chosen ?? system;
  useEffect(() => {
    const follow = (): void => {
      setSystem(dark.matches ? 'dark' : 'light');
    };
    dark.addEventListener('change', follow);
    return () => {
      dark.removeEventListener('change', follow);
    };
  }, []);
  // Before other effects run: the map reads its colours from the style sheet in one of them.
  useLayoutEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  const toggle = (): void => {
    const next = theme === 'dark' ? 'light' : 'dark';
    remember(next);
    setChosen(next);
  };
  return [theme, toggle];
}
