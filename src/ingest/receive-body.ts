import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { FlowatlasError } from '../domain/errors.js';
import { decodeBody, decodeFile } from './body-decoder.js';
import type { IngestUpload } from './ingest-client.js';

/**
 * Hands the records of a request to the writing thread as they come, with back-pressure down to the
 * sender's socket, so memory does not grow with the body.
 */
export async function receiveBody(request: IncomingMessage, upload: IngestUpload): Promise<void> {
  const body = decodeBody(request, request.headers['content-encoding']);
  try {
    if (isMultipart(request)) await receiveParts(request, body, upload);
    else await receiveBytes(decodeFile(body), upload);
  } catch (error) {
    throw explain(error, request);
  }
}

function isMultipart(request: IncomingMessage): boolean {
  return /^multipart\/form-data/i.test(request.headers['content-type'] ?? '');
}

async function receiveBytes(bytes: AsyncIterable<Buffer>, upload: IngestUpload): Promise<void> {
  for await (const chunk of bytes) await upload.write(chunk);
}

/** Files of a form, one after another. */
async function receiveParts(
  request: IncomingMessage,
  body: AsyncIterable<Buffer>,
  upload: IngestUpload,
): Promise<void> {
  const form = busboy({ headers: request.headers, defParamCharset: 'utf8' });
  let turn: Promise<void> = Promise.resolve();
  form.on('file', (_, file, { filename }: { filename?: string }) => {
    turn = turn.then(async () => {
      upload.startFile(filename ?? 'file');
      await receiveBytes(decodeFile(file), upload);
    });
    turn.catch((error: unknown) => form.destroy(error instanceof Error ? error : new Error(String(error))));
  });
  await pipeline(Readable.from(body), form);
  await turn;
}

/** What the sender can do about it; records before the fault are kept. */
function explain(error: unknown, request: IncomingMessage): unknown {
  if (error instanceof FlowatlasError) return error;
  const code = (error as { code?: unknown } | null)?.code;
  const message = error instanceof Error ? error.message : String(error);
  if (request.destroyed && !request.complete)
    return new FlowatlasError('invalid_body', 'the body was cut off');
  if (typeof code === 'string' && (code.startsWith('Z_') || code.startsWith('ZSTD_'))) {
    return new FlowatlasError('invalid_body', `the compressed body is damaged or cut off (${message})`);
  }
  return new FlowatlasError('invalid_body', `the body cannot be read (${message})`);
}
