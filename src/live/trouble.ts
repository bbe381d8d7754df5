import { FlowatlasError } from '../domain/errors.js';

/** Why there is no answer, in words for whoever asked. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
}

/** What is no fault of the asker's and has no words yet is told by the log alone. */
export function troubleOf(error: unknown): FlowatlasError {
  if (error instanceof FlowatlasError) return error;
  return new FlowatlasError('internal', 'an error of ours: the server log tells more');
}

/** The same object for trouble of the same kind, so that it is told once. */
export function sameTrouble(before: Trouble | undefined, now: Trouble | undefined): Trouble | undefined {
  return before?.code === now?.code ? before : now;
}
