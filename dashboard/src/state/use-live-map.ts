import { useEffect, useRef, useState } from 'react';
import { heldMap, type HeldMap } from '../../../src/live/live-client.js';
import { ApiError } from '../api/http.js';
import { LiveConnection, type Connection } from '../api/live.js';
import { fetchMap, type Grain, type MapFilter } from '../api/queries.js';

export interface ShownMap extends HeldMap {
  grain: Grain;
  filter: MapFilter;
  seq: number;
}

export interface LiveView {
  map: ShownMap | null;
  connection: Connection;
  lastChange: string | null;
  /** When the server stopped answering, by the clock of this page; null while it answers. */
  silentSince: string | null;
  error: ApiError | null;
}

const POLL_MS = 10_000;

/** The map of one grain and filter, kept current over the socket, or by polling while there is none. */
export function useLiveMap(grain: Grain, filter: MapFilter): LiveView {
  const [view, setView] = useState<LiveView>({
    map: null,
    connection: 'reconnecting',
    lastChange: null,
    silentSince: null,
    error: null,
  });
  const live = useRef<LiveConnection | null>(null);

  useEffect(() => {
    live.current = new LiveConnection({
      onMap: (held, seq, question, at) => {
        const { level, expand = '', collapse = '' } = question;
        const shown = { ...held, seq, grain: { level, expand, collapse }, filter: toFilter(question.filter) };
        setView((old) => ({ ...old, map: shown, lastChange: at ?? old.lastChange }));
      },
      onConnection: (connection) => {
        setView((old) => ({
          ...old,
          connection,
          silentSince: connection === 'connected' ? null : (old.silentSince ?? now()),
        }));
      },
      onError: (error) => {
        setView((old) => ({ ...old, error }));
      },
    });
    return () => live.current?.close();
  }, []);

  const { level, expand, collapse } = grain;
  const { namespace, verdict, query } = filter;
  useEffect(() => {
    const named = { ...(expand && { expand }), ...(collapse && { collapse }) };
    live.current?.ask({ level, ...named, filter: toLiveFilter({ namespace, verdict, query }) });
  }, [level, expand, collapse, namespace, verdict, query]);

  usePolling(view.connection === 'offline', grain, filter, (map) => {
    setView((old) =>
      map ? { ...old, map, silentSince: null } : { ...old, silentSince: old.silentSince ?? now() },
    );
  });
  return view;
}

function now(): string {
  return new Date().toISOString();
}

/** Shows null where the server cannot be reached. */
function usePolling(
  active: boolean,
  grain: Grain,
  filter: MapFilter,
  show: (map: ShownMap | null) => void,
): void {
  const { level, expand, collapse } = grain;
  const { namespace, verdict, query } = filter;
  const latest = useRef(show);
  latest.current = show;
  useEffect(() => {
    if (!active) return;
    const abort = new AbortController();
    const poll = (): void => {
      const asked = { namespace, verdict, query };
      const drawn = { level, expand, collapse };
      fetchMap(drawn, asked, abort.signal)
        .then((answer) => {
          latest.current({ ...heldMap(answer), seq: answer.seq, grain: drawn, filter: asked });
        })
        .catch((error: unknown) => {
          if (error instanceof ApiError && error.code === 'unreachable') latest.current(null);
        });
    };
    poll();
    const timer = setInterval(poll, POLL_MS);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [active, level, expand, collapse, namespace, verdict, query]);
}

function toLiveFilter({ namespace, verdict, query }: MapFilter): Record<string, string[]> {
  return {
    ...(namespace ? { namespace: [namespace] } : {}),
    ...(verdict ? { verdict: [verdict] } : {}),
    ...(query ? { q: [query] } : {}),
  };
}

function toFilter(filter: Record<string, string[]>): MapFilter {
  const only = (name: string): string => filter[name]?.[0] ?? '';
  return { namespace: only('namespace'), verdict: only('verdict'), query: only('q') };
}
