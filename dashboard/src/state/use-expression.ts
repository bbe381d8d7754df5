import { useEffect, useState } from 'react';
import { ApiError } from '../api/http.js';
import { checkExpression } from '../api/queries.js';

export interface Expression {
  /** What the views ask: the one in the query box, or the last one that made sense. */
  query: string;
  /** Why it is not the one in the query box. */
  refusal: ApiError | null;
  /** The server has said whether it makes sense. */
  judged: boolean;
}

interface Judged extends Omit<Expression, 'judged'> {
  asked: string;
}

/**
 * Expressions are asked once the server has understood them, so that one with a mistake in it leaves what is shown
 * where it is. The first, of a link, is believed until the server says otherwise.
 */
export function useExpression(asked: string): Expression {
  const [judged, setJudged] = useState<Judged>({ asked, query: asked, refusal: null });
  useEffect(() => {
    const abort = new AbortController();
    checkExpression(asked, abort.signal)
      .catch((error: unknown) => (error instanceof ApiError && error.field === 'q' ? error : null))
      .then((refusal) => {
        if (abort.signal.aborted) return;
        setJudged((old) => ({ asked, query: refusal ? lastGood(old, asked) : asked, refusal }));
      })
      .catch(() => undefined);
    return () => {
      abort.abort();
    };
  }, [asked]);
  // Nothing is left out: there is nothing to be understood.
  if (asked === '') return { query: '', refusal: null, judged: true };
  return judged.asked === asked
    ? { ...judged, judged: true }
    : { query: judged.query, refusal: null, judged: false };
}

function lastGood({ query }: Judged, refused: string): string {
  return query === refused ? '' : query;
}
