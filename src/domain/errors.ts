/** The closed list of error codes: what machines read. `http` maps each to its status in one place. */
export type ErrorCode =
  | 'invalid_filter'
  | 'invalid_parameter'
  | 'unknown_parameter'
  | 'invalid_body'
  | 'no_records'
  | 'unsupported_media_type'
  | 'payload_too_large'
  | 'timeout'
  | 'forbidden'
  | 'not_found'
  | 'insufficient_storage'
  | 'unavailable'
  | 'damaged'
  | 'internal';

/** An error that its reader can act on: a code for machines, a sentence for people. */
export class FlowatlasError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly field?: string,
    readonly details?: Readonly<Record<string, unknown>>,
  ) {
    super(message);
    this.name = 'FlowatlasError';
  }
}

/** What was thrown, which may be anything. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** What every door (REST, socket) answers with: `{"error":{"code","message","field"?}}`. */
export function errorBody(error: FlowatlasError): {
  error: { code: ErrorCode; message: string; field?: string };
} {
  const { code, message, field, details } = error;
  return { error: { code, message, ...(field === undefined ? {} : { field }), ...details } };
}

/** The database itself is damaged on disk; to try again does not help. */
export function damagedDatabase(reason: string): FlowatlasError {
  return new FlowatlasError(
    'damaged',
    `the database is damaged on disk (${reason}): \`flowatlas verify\` names what is wrong, \`flowatlas restore\` puts a backup in its place`,
  );
}

export function invalidFilter(field: string, reason: string): FlowatlasError {
  return new FlowatlasError('invalid_filter', `${field}: ${reason}`, field);
}
