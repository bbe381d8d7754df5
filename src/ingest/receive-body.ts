import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import busboy from 'busboy';
import { asError, FlowatlasError } from '../domain/errors.js';
import { decodeBody, decodeFile } from './body-decoder.js';
import { DecodedBudget } from './decoded-budget.js';
import { DamagedBody } from './decoder-steps.js';
import type { IngestUpload } from './ingest-client.js';
import type { UploadLimits } from './upload-limits.js';

/** Of a form. A part takes little, but each is a file of its own in the report. */
const MOST_PARTS = 10_000;
/** A field, which is held in memory whole, unlike a file. */
const LONGEST_FIELD = 64 << 10;

/**
 * Hands the records of a request to the writing thread as they come, with back-pressure down to the
 * sender's socket, so memory does not grow with the body.
 */
export async function receiveBody(
  request: IncomingMessage,
  upload: IngestUpload,
  limits: UploadLimits,
): Promise<void> {
  const budget = new DecodedBudget(limits);
  try {
    const sent = received(request, limits.idleSeconds, budget);
    const body = decodeBody(sent, request.headers['content-encoding'], budget);
    if (isMultipart(request)) await new FormReceiver(request, upload, budget).receive(body);
    else await receiveBytes(decodeFile(body, budget), upload);
  } catch (error) {
    const isCutOff = request.destroyed && !request.complete && !(error instanceof FlowatlasError);
    throw isCutOff ? new FlowatlasError('invalid_body', 'the body was cut off') : error;
  }
}

/** A sender that goes on sending after a fault has this long to read the answer. Milliseconds. */
const LINGER = 5_000;

/** The rest of the body is read and thrown away, so that the sender gets to read the answer. */
export function drain(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return;
  request.removeAllListeners('readable').resume();
  const cutOff = setTimeout(() => request.socket.destroy(), LINGER);
  const done = () => {
    clearTimeout(cutOff);
  };
  request.once('end', done).once('close', done);
}

/** The bytes as they were sent, of a sender that is never silent for too long. */
async function* received(
  request: IncomingMessage,
  idleSeconds: number,
  budget: DecodedBudget,
): AsyncGenerator<Buffer> {
  // The request must outlive a fault, to be answered.
  const chunks = request.iterator({ destroyOnReturn: false });
  for (;;) {
    const next = (await within(idleSeconds, chunks.next())) as IteratorResult<Buffer, unknown>;
    if (next.done === true) return;
    budget.receive(next.value.length);
    yield next.value;
  }
}

function within<T>(seconds: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const setting = 'FLOWATLAS_UPLOAD_IDLE';
      reject(
        new FlowatlasError('timeout', `nothing came for ${seconds} s (${setting}); what came before is kept`),
      );
    }, seconds * 1_000);
    work.then(resolve, reject).finally(() => {
      clearTimeout(timer);
    });
  });
}

function isMultipart(request: IncomingMessage): boolean {
  return /^multipart\/form-data/i.test(request.headers['content-type'] ?? '');
}

async function receiveBytes(bytes: AsyncIterable<Buffer>, upload: IngestUpload): Promise<void> {
  for await (const chunk of bytes) await upload.write(chunk);
}

/** Reads the parts of a form, one after another. */
class FormReceiver {
  readonly #form;
  #turn: Promise<void> = Promise.resolve();
  /** Of the first file that is damaged. */
  #damage: FlowatlasError | undefined;

  constructor(
    { headers }: IncomingMessage,
    private readonly upload: IngestUpload,
    private readonly budget: DecodedBudget,
  ) {
    // One part more than is taken, to see that there are more.
    const limits = { parts: MOST_PARTS + 1, fieldSize: LONGEST_FIELD };
    this.#form = busboy({ headers, defParamCharset: 'utf8', limits });
  }

  async receive(body: AsyncIterable<Buffer>): Promise<void> {
    const form = this.#form;
    form.on('file', (field: string, file: Readable, { filename }: { filename?: string }) => {
      this.#takeFile(filename ?? field, file);
    });
    form.on('field', (field, value, { valueTruncated }) => {
      if (valueTruncated)
        this.#fail(
          `the field ${JSON.stringify(field)} is longer than ${LONGEST_FIELD} bytes; send it as a file`,
        );
      else this.#take(field, () => receiveBytes(Readable.from([Buffer.from(value)]), this.upload));
    });
    form.on('partsLimit', () => {
      this.#fail(`the form has more than ${MOST_PARTS} parts; send the rest in another one`);
    });
    const fault = await pipeline(Readable.from(body), form).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    // Also after a fault: what came of a file before it is read.
    await this.#turn.catch((error: unknown) => {
      if (fault === undefined) throw error;
    });
    if (fault !== undefined) throw fault.error;
    if (this.#damage !== undefined) throw this.#damage;
  }

  /** One that is damaged does not keep those behind it from being read. */
  #takeFile(name: string, file: Readable): void {
    this.#take(name, async () => {
      try {
        const bytes = file.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
        await receiveBytes(decodeFile(bytes, this.budget), this.upload);
      } catch (error) {
        if (!(error instanceof DamagedBody)) throw error;
        this.#damage ??= new FlowatlasError('invalid_body', `${JSON.stringify(name)}: ${error.message}`);
        // Whoever read it may still listen for more.
        file.removeAllListeners('readable').resume();
      }
    });
  }

  #take(name: string, receive: () => Promise<void>): void {
    this.#turn = this.#turn.then(async () => {
      this.upload.startFile(name);
      await receive();
    });
    this.#turn.catch((error: unknown) => {
      this.#form.destroy(asError(error));
    });
  }

  #fail(message: string): void {
    this.#form.destroy(new FlowatlasError('payload_too_large', message));
  }
}
