import { request as requestPlain, type IncomingMessage } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { pipeline } from 'node:stream/promises';
import type { IngestReport, TextDating } from '../ingest/ingest.schema.js';
import { WrongUse } from './wrong-use.js';

/** An answer of the server that says what is wrong. */
export class RestError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly body: unknown,
  ) {
    super(message);
  }
}

export type Parameters = Readonly<Record<string, string | string[] | undefined>>;

/** Talks to a running Flowatlas. */
export class RestClient {
  readonly #request: typeof requestPlain;

  constructor(private readonly server: string) {
    const protocol = URL.canParse(server) ? new URL(server).protocol : undefined;
    if (protocol !== 'http:' && protocol !== 'https:')
      throw new WrongUse(`"${server}" is no address of a server, such as http://127.0.0.1:8787`);
    // A proxy in front of the server may speak TLS.
    this.#request = protocol === 'https:' ? requestOverTls : requestPlain;
  }

  async get<T>(path: string, parameters: Parameters = {}): Promise<T> {
    const response = await fetch(this.#urlOf(path, parameters)).catch((error: unknown) => {
      throw this.#noAnswer(error);
    });
    return read(response.status, await response.text()) as T;
  }

  /** An answer that is read as it comes. */
  async stream(path: string, parameters: Parameters, accept = '*/*'): Promise<IncomingMessage> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const asking = this.#request(this.#urlOf(path, parameters), { headers: { accept } }, resolve);
      asking.on('error', (error) => {
        reject(this.#noAnswer(error));
      });
      asking.end();
    });
    if (response.statusCode === 200) return response;
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    read(response.statusCode ?? 0, Buffer.concat(chunks).toString('utf8'));
    throw new Error(`the server answered ${response.statusCode ?? 0}`);
  }

  #urlOf(path: string, parameters: Parameters): URL {
    const url = new URL(path, this.server);
    for (const [name, value] of Object.entries(parameters)) {
      for (const one of value === undefined ? [] : [value].flat()) url.searchParams.append(name, one);
    }
    return url;
  }

  #noAnswer(error: unknown): Error {
    return new Error(`no answer from ${this.server} (${reasonOf(error)}); is the server running?`);
  }

  /** Sends records as they come; there is no limit on how long that takes. */
  async sendFlows(records: AsyncIterable<Buffer>, dating: TextDating = {}): Promise<IngestReport> {
    const url = new URL('/api/v1/flows', this.server);
    for (const [name, value] of Object.entries(dating)) url.searchParams.set(name, String(value));
    const outgoing = this.#request(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/octet-stream' },
    });
    const answer = new Promise<{ status: number; text: string }>((resolve, reject) => {
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
        response.on('error', reject);
      });
    });
    answer.catch(() => undefined);
    await pipeline(copied(records), outgoing);
    const { status, text } = await answer;
    return read(status, text) as IngestReport;
  }
}

/** What is sent is read later, when the piece that it was may be another one. */
async function* copied(records: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of records) yield Buffer.from(piece);
}

/** The body of a good answer; otherwise throws what the server says is wrong. */
function read(status: number, text: string): unknown {
  const body = parse(text);
  if (status >= 200 && status < 300) return body;
  const error = (body as { error?: { code?: string; message?: string } } | undefined)?.error;
  throw new RestError(error?.code ?? String(status), error?.message ?? `the server answered ${status}`, body);
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message || String((cause as { code?: unknown }).code) : String(cause);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
