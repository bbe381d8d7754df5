import { useEffect, useRef, useState } from 'react';
import type { ApiError } from '../api/http.js';
import { Refresher } from './refresher.js';

export interface Loaded<T> {
  data: T | null;
  error: ApiError | null;
}

/**
 * Loads whenever `key` changes, and again when `version` does, at most once in `everyMs`: a stream
 * of changes becomes a calm stream of calls. Data of one key is never shown for another.
 */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  key: string,
  version: number,
  everyMs: number,
): Loaded<T> {
  const [state, setState] = useState<Loaded<T> & { key: string }>({ key, data: null, error: null });
  const loader = useRef(load);
  loader.current = load;
  const refresher = useRef<Refresher | null>(null);

  useEffect(() => {
    const abort = new AbortController();
    const task = async (): Promise<void> => {
      try {
        const data = await loader.current(abort.signal);
        if (!abort.signal.aborted) setState({ key, data, error: null });
      } catch (error) {
        if (abort.signal.aborted) return;
        setState((old) => ({ key, data: old.key === key ? old.data : null, error: error as ApiError }));
      }
    };
    refresher.current = new Refresher(task, everyMs);
    return () => {
      abort.abort();
      refresher.current?.close();
    };
  }, [key, everyMs]);

  useEffect(() => refresher.current?.request(), [key, version, everyMs]);

  return state.key === key ? state : { data: null, error: null };
}

/** A number that grows by one in each interval: a clock for `useLoaded`. */
export function useTick(everyMs: number): number {
  const [tick, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      setTick((n) => n + 1);
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [everyMs]);
  return tick;
}
