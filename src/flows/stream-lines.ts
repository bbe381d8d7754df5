import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { StoredFlow } from '../store/flow-store.js';

/** Characters gathered before they are written: single records would each cost a system call. */
const BATCH = 64 << 10;

/** Streams flows with back-pressure; stops reading the store when the receiver hangs up. */
export async function streamLines(
  response: Response,
  type: string,
  header: string,
  flows: AsyncIterable<StoredFlow>,
  line: (flow: StoredFlow) => string,
  limit = Infinity,
): Promise<void> {
  await streamText(response, type, batches(header, flows, line, limit));
}

/** What was gathered is written in one go, when the receiver has taken what came before. */
export async function streamText(
  response: Response,
  type: string,
  texts: AsyncIterable<string>,
): Promise<void> {
  response.setHeader('Content-Type', type);
  try {
    await pipeline(Readable.from(texts, { highWaterMark: 1 }), response);
  } catch (error) {
    if (!response.destroyed || !isHangUp(error)) throw error;
  }
}

async function* batches(
  header: string,
  flows: AsyncIterable<StoredFlow>,
  line: (flow: StoredFlow) => string,
  limit: number,
): AsyncGenerator<string> {
  let batch = header;
  let count = 0;
  for await (const flow of flows) {
    batch += line(flow);
    if (batch.length >= BATCH) {
      yield batch;
      batch = '';
    }
    if (++count >= limit) break;
  }
  if (batch !== '') yield batch;
}

function isHangUp(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
