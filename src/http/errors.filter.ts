import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { errorBody, FlowatlasError, type ErrorCode } from '../domain/errors.js';

/** The one table from what went wrong to what HTTP calls it. */
const statuses: Record<ErrorCode, number> = {
  invalid_filter: 400,
  invalid_parameter: 400,
  unknown_parameter: 400,
  invalid_body: 400,
  no_records: 400,
  forbidden: 403,
  not_found: 404,
  timeout: 408,
  payload_too_large: 413,
  unsupported_media_type: 415,
  internal: 500,
  unavailable: 503,
  damaged: 503,
  insufficient_storage: 507,
};

/** Turns whatever is thrown into the one form of errors. Only what is our fault is logged. */
@Catch()
export class ErrorsFilter implements ExceptionFilter {
  readonly #log = new Logger('http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    // Nobody is there to be told, and nothing went wrong.
    if (response.destroyed && isCallOff(thrown)) return;
    const error = toError(thrown, request);
    if (error.code === 'internal') {
      this.#log.error(
        `${request.method} ${JSON.stringify(request.path)}`,
        thrown instanceof Error ? thrown.stack : thrown,
      );
    }
    const retryAfter = error.details?.['retryAfterSeconds'];
    if (typeof retryAfter === 'number' && !response.headersSent) {
      response.setHeader('Retry-After', String(retryAfter));
    }
    if (response.headersSent) response.destroy();
    else response.status(statuses[error.code]).json(errorBody(error));
  }
}

/** The reason of a signal that was aborted by `hangUp`. */
function isCallOff(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === 'AbortError';
}

function toError(thrown: unknown, request: Request): FlowatlasError {
  if (thrown instanceof FlowatlasError) return thrown;
  const status = statusOf(thrown);
  if (status === 404)
    return new FlowatlasError('not_found', `nothing is served at ${request.method} ${request.path}`);
  if (status === 413) return new FlowatlasError('payload_too_large', 'the body is too large');
  if (status >= 400 && status < 500) return new FlowatlasError('invalid_parameter', messageOf(thrown));
  return new FlowatlasError('internal', 'an error of ours: the server log tells more');
}

/** Of Nest's exceptions and of Express's, such as for a path that cannot be decoded. */
function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const status = (thrown as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : 500;
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : 'the request cannot be read';
}
