import { useCallback, useEffect, useRef, useState } from 'react';
import type { FlowRecord, FlowsPage } from '../../../src/flows/flows.schema.js';
import type { ApiError } from '../api/http.js';
import type { Flag } from '../api/flag.js';
import { fetchFlows } from '../api/queries.js';

export interface FlowRow {
  record: FlowRecord;
  /** When a record without any time of its own arrived. */
  arrival: string | undefined;
}

export interface Flows {
  rows: FlowRow[];
  next: string | null;
  loading: boolean;
  error: ApiError | null;
  /** The live position when the newest page was asked for. */
  seq: number;
  reload: () => void;
  older: () => void;
}

const PAGE = 100;
const START = {
  rows: [] as FlowRow[],
  next: null as string | null,
  loading: true,
  error: null as ApiError | null,
};

/** Pages of flows, newest first. They stay as they are until the user asks for newer ones. */
export function useFlows(flags: readonly Flag[], liveSeq: number): Flows {
  const [state, setState] = useState({ ...START, seq: liveSeq });
  const [round, setRound] = useState(0);
  const abort = useRef<AbortController | null>(null);
  const seq = useRef(liveSeq);
  seq.current = liveSeq;
  const key = JSON.stringify(flags);

  const load = useCallback(
    async (cursor: string | null): Promise<void> => {
      abort.current?.abort();
      const current = new AbortController();
      abort.current = current;
      const asked = seq.current;
      setState((old) => ({ ...old, loading: true }));
      try {
        const page = await fetchFlows(JSON.parse(key) as Flag[], PAGE, cursor, current.signal);
        setState((old) => ({
          rows: cursor ? [...old.rows, ...toRows(page)] : toRows(page),
          next: page.next,
          loading: false,
          error: null,
          seq: cursor ? old.seq : asked,
        }));
      } catch (error) {
        if (!current.signal.aborted)
          setState((old) => ({ ...old, loading: false, error: error as ApiError }));
      }
    },
    [key],
  );

  useEffect(() => {
    setState({ ...START, seq: seq.current });
    void load(null);
    return () => abort.current?.abort();
  }, [load, round]);

  // Flows may load before the first map has told the position.
  const known = liveSeq > 0;
  useEffect(() => {
    if (known) setState((old) => (old.seq === 0 ? { ...old, seq: seq.current } : old));
  }, [known, state.seq]);

  return {
    ...state,
    reload: () => {
      setRound((n) => n + 1);
    },
    older: () => {
      if (state.next) void load(state.next);
    },
  };
}

function toRows(page: FlowsPage): FlowRow[] {
  const arrivals = new Map(page.placedAtArrival?.map(({ index, time }) => [index, time]));
  return page.flows.map((record, index) => ({ record, arrival: arrivals.get(index) }));
}
