import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { StoredFlow } from '../store/flow-store.js';

/** Characters gathered before they are written: single records would each cost a system call. */
const BATCH = 64 << 10;

/**
 * Each text is written in one go, when the receiver has taken what came before; it ends when they hang up. With
 * `atOnce` the answer begins before there is a text.
 */
export async function streamText(
  response: Response,
  type: string,
  texts: AsyncIterable<string>,
  { atOnce = false } = {},
): Promise<void> {
  response.setHeader('Content-Type', type);
  if (atOnce) response.flushHeaders();
  try {
    await pipeline(Readable.from(texts, { highWaterMark: 1 }), response);
  } catch (error) {
    if (!response.destroyed || !isHangUp(error)) throw error;
  }
}

/** Lines of flows, gathered. */
export async function* batches(
  header: string,
  flows: AsyncIterable<StoredFlow>,
  line: (flow: StoredFlow) => string,
): AsyncGenerator<string> {
  let batch = header;
  for await (const flow of flows) {
    batch += line(flow);
    if (batch.length >= BATCH) {
      yield batch;
      batch = '';
    }
  }
  if (batch !== '') yield batch;
}

function isHangUp(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
