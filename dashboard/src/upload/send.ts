import type { IngestReport, Rejection } from '../../../src/ingest/ingest.schema.js';
import { ApiError, apiUrl, toApiError } from '../api/http.js';

export class UploadError extends ApiError {
  constructor(
    cause: ApiError,
    readonly lines: Rejection[],
  ) {
    super(cause.code, cause.message, cause.status, cause.field);
  }
}

export interface Sending {
  done: Promise<IngestReport>;
  cancel: () => void;
}

/** One request with every file as a part. `fetch` cannot tell how much of a body was sent. */
export function sendFiles(files: readonly File[], onProgress: (fraction: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<IngestReport>((resolve, reject) => {
    request.upload.onprogress = (event) => {
      if (event.lengthComputable && event.total > 0) onProgress(event.loaded / event.total);
    };
    request.onload = () => {
      const body = parse(request.responseText);
      if (request.status === 200 && body) resolve(body as IngestReport);
      else reject(new UploadError(toApiError(body, request.status), linesOf(body)));
    };
    request.onerror = () => {
      reject(failure('unreachable', 'The connection broke before the server answered.'));
    };
    request.onabort = () => {
      reject(failure('cancelled', 'Cancelled. Records already stored stay stored.'));
    };
  });
  // Lines of text tell no year: the files are not older than their lines.
  const written = new Date(Math.max(...files.map((file) => file.lastModified))).toISOString();
  request.open('POST', `${apiUrl('flows')}?written=${encodeURIComponent(written)}`);
  request.setRequestHeader('accept', 'application/json');
  const form = new FormData();
  for (const file of files) form.append('file', file, file.name);
  request.send(form);
  return {
    done,
    cancel: () => {
      request.abort();
    },
  };
}

function failure(code: string, message: string): UploadError {
  return new UploadError(new ApiError(code, message, 0), []);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A body without a single record is refused, and the refusal lists what was wrong. */
function linesOf(body: unknown): Rejection[] {
  const errors = (body as { error?: { errors?: unknown } } | null)?.error?.errors;
  return Array.isArray(errors) ? (errors as Rejection[]) : [];
}
