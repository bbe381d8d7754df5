import type { IncomingMessage } from 'node:http';
import { FlowatlasError } from '../domain/errors.js';

/** The JSON of a small body. Bodies of flows are streams and are read elsewhere. */
export async function readJsonBody(request: IncomingMessage, mostBytes: number): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes)
      throw new FlowatlasError('payload_too_large', `the body has more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FlowatlasError('invalid_body', `the body is no JSON: ${reason}`);
  }
}
