/** The form in which every call under /api/v1 reports an error. */
interface ErrorBody {
  error: { code: string; message: string; field?: string; position?: number };
}

export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    readonly field?: string,
    /** The character of an expression that is wrong, from 1. */
    readonly position?: number,
  ) {
    super(message);
  }
}

/** Relative to the page, so that the dashboard also works behind a path prefix. */
export function apiUrl(path: string, params?: URLSearchParams): string {
  const url = new URL(`api/v1/${path}`, document.baseURI);
  if (params) url.search = params.toString();
  return url.href;
}

function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== 'object' || body === null || !('error' in body)) return false;
  const { error } = body;
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}

export function toApiError(body: unknown, status: number): ApiError {
  if (isErrorBody(body)) {
    const { code, message, field, position } = body.error;
    return new ApiError(code, message, status, field, position);
  }
  return new ApiError('unexpected', `The server answered with status ${String(status)}.`, status);
}

export async function getJson<T>(path: string, params?: URLSearchParams, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(apiUrl(path, params), {
      headers: { accept: 'application/json' },
      signal: signal ?? null,
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiError('unreachable', 'The server cannot be reached.', 0);
  }
  const body: unknown = await response.json().catch(() => null);
  if (!response.ok || body === null) throw toApiError(body, response.status);
  return body as T;
}
