import type { Response } from 'express';

/** Aborted when whoever asked has gone before the answer was whole, so that nobody reads on for nothing. */
export function hangUp(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) controller.abort();
  });
  return controller.signal;
}
