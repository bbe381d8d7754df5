import { FlowatlasError } from '../domain/errors.js';
import type { DecodedBudget } from './decoded-budget.js';
import type { Steps } from './decoder-steps.js';
import { GunzipSteps } from './gunzip-steps.js';
import { isGzip, isZstandard } from './packing.js';
import { UnzstdSteps } from './unzstd-steps.js';
import { Utf16Decoder, utf16Of } from './utf16.js';

/** A file may be compressed within a compressed body; more levels than this are none that people make. */
const MOST_LEVELS = 4;

/** The plain bytes of a body by its `Content-Encoding`. */
export function decodeBody(
  body: AsyncIterable<Buffer>,
  encoding: string | undefined,
  budget: DecodedBudget,
): AsyncIterable<Buffer> {
  switch (encoding?.trim().toLowerCase() ?? 'identity') {
    case '':
    case 'identity':
      return body;
    case 'gzip':
    case 'x-gzip':
      return decoded(body, () => new GunzipSteps(), budget);
    case 'zstd':
      return decoded(body, () => new UnzstdSteps(budget.claim), budget);
    default:
      throw new FlowatlasError(
        'unsupported_media_type',
        `Content-Encoding: ${JSON.stringify(encoding)} is not known; send gzip, zstd or plain`,
        'Content-Encoding',
      );
  }
}

/**
 * The plain bytes of a file: one compressed by gzip or zstd, or in UTF-16, is known by its first bytes, whatever its
 * name. Without a budget, of a file that the operator has on disk, it may be as large as it likes. What a piece of it
 * has was taken when the next is asked for.
 */
export async function* decodeFile(
  file: AsyncIterable<Buffer>,
  budget?: DecodedBudget,
  level = 0,
): AsyncGenerator<Buffer> {
  const chunks = file[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < 4) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const whole = startingWith(head, chunks);
  const decoder = decoderFor(head, budget);
  if (decoder === undefined) yield* whole;
  else if (level < MOST_LEVELS) yield* decodeFile(decoded(whole, decoder, budget), budget, level + 1);
  else throw new Error(`compressed more than ${MOST_LEVELS} times over`);
}

async function* startingWith(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

function decoderFor(head: Buffer, budget: DecodedBudget | undefined): (() => Steps) | undefined {
  if (isGzip(head)) return () => new GunzipSteps();
  if (isZstandard(head)) return () => new UnzstdSteps(budget?.claim);
  const utf16 = utf16Of(head);
  return utf16 && (() => new Utf16Decoder(utf16));
}

/** Everything that was decoded before a fault is handed on before the fault is thrown. */
async function* decoded(
  source: AsyncIterable<Buffer>,
  create: () => Steps,
  budget: DecodedBudget | undefined,
): AsyncGenerator<Buffer> {
  let decoder: Steps | undefined;
  const count = budget?.newLevel();
  let ready: Buffer[] = [];
  const take = (bytes: Buffer) => {
    count?.(bytes.length);
    ready.push(bytes);
  };
  async function* pass(work: Promise<void>): AsyncGenerator<Buffer> {
    const fault = await work.then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const pieces = ready;
    ready = [];
    yield* pieces;
    if (fault !== undefined) throw fault.error;
  }
  try {
    for await (const chunk of source) {
      // Only now: a sender of whom nothing comes holds no decoder.
      decoder ??= create();
      for (let at = 0; at < chunk.length; at += decoder.stepBytes) {
        yield* pass(decoder.decode(chunk.subarray(at, at + decoder.stepBytes), take));
      }
    }
    yield* pass((decoder ?? create()).end(take));
  } finally {
    decoder?.close();
  }
}
