import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/**
 * Each text is written in one go, when the receiver has taken what came before; it ends when they hang up, also before
 * the first one. The answer begins with the first text, so that what goes wrong before is answered as an error; with
 * `atOnce` before there is one.
 */
export async function streamText(
  response: Response,
  headers: Readonly<Record<string, string>>,
  texts: AsyncIterable<string>,
  { atOnce = false } = {},
): Promise<void> {
  const iterator = texts[Symbol.asyncIterator]();
  const first = atOnce ? undefined : await iterator.next();
  if (isGone(response)) {
    await iterator.return?.();
    return;
  }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (atOnce) response.flushHeaders();
  try {
    await pipeline(Readable.from(rest(first, iterator), { highWaterMark: 1 }), response);
  } catch (error) {
    if (!isGone(response) || !isHangUp(error)) throw error;
  }
}

async function* rest(
  first: IteratorResult<string> | undefined,
  iterator: AsyncIterator<string>,
): AsyncGenerator<string> {
  if (first?.done === true) return;
  if (first !== undefined) yield first.value;
  yield* { [Symbol.asyncIterator]: () => iterator };
}

function isGone(response: Response): boolean {
  return response.destroyed;
}

function isHangUp(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
