import { request, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { IngestReport } from '../../src/ingest/ingest.schema.js';
import type { ServiceMapResponse } from '../../src/service-map/service-map.schema.js';
import type { Status } from '../../src/telemetry/status.schema.js';

interface At {
  readonly url: string;
}

export interface Answer<T = unknown> {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  body: T;
}

export interface ErrorBody {
  error: {
    code: string;
    message: string;
    field?: string;
    rejected?: number;
    errors?: { line: number; reason: string; file?: string }[];
    report?: IngestReport;
  };
}

interface Options {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as it comes. */
  body?: Readable | string | Buffer;
}

/** A request whose path goes out exactly as written. */
export function open(server: At, path: string, { method = 'GET', headers = {} }: Options = {}) {
  const { hostname, port } = new URL(server.url);
  const outgoing = request({ hostname, port, path, method, headers, agent: false });
  return { outgoing, answer: answerOf(outgoing) };
}

function answerOf(outgoing: ClientRequest): Promise<Answer> {
  const answer = new Promise<Answer>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) });
      });
    });
  });
  answer.catch(() => undefined);
  return answer;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export async function ask<T = unknown>(server: At, path: string, options: Options = {}): Promise<Answer<T>> {
  const { outgoing, answer } = open(server, path, options);
  if (options.body instanceof Readable) await pipeline(options.body, outgoing).catch(() => undefined);
  else outgoing.end(options.body);
  return (await answer) as Answer<T>;
}

/** The body of a good answer. */
export async function get<T>(server: At, path: string, headers: Record<string, string> = {}): Promise<T> {
  const { status, body, text } = await ask<T>(server, path, { headers });
  if (status !== 200) throw new Error(`GET ${path}: ${status} ${text.slice(0, 500)}`);
  return body;
}

export function post(
  server: At,
  body: Readable | string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer<IngestReport & ErrorBody>> {
  return ask(server, '/api/v1/flows', { method: 'POST', headers, body });
}

/** Stores, and fails the test where the server does not answer 200. */
export async function store(server: At, body: Readable | string | Buffer): Promise<IngestReport> {
  const { status, body: report, text } = await post(server, body);
  if (status !== 200) throw new Error(`POST /flows: ${status} ${text.slice(0, 500)}`);
  return report;
}

/** Every matching flow as the text of its record. */
export async function ndjson(server: At, query = ''): Promise<string[]> {
  const { text, status } = await ask(server, `/api/v1/flows?${query}`, {
    headers: { accept: 'application/x-ndjson' },
  });
  if (status !== 200) throw new Error(`GET /flows?${query}: ${status} ${text.slice(0, 500)}`);
  return text.split('\n').filter((line) => line !== '');
}

export function mapOf(server: At, query = ''): Promise<ServiceMapResponse> {
  return get(server, `/api/v1/map?${query}`);
}

export function statusOf(server: At): Promise<Status> {
  return get(server, '/api/v1/status');
}

/** From the server's own metrics, so that it works on every system. */
export function residentBytes(server: At): Promise<number> {
  return metric(server, 'process_resident_memory_bytes');
}

/** What all threads of the server have worked since its start, in seconds of a processor. */
export function cpuSeconds(server: At): Promise<number> {
  return metric(server, 'process_cpu_seconds_total');
}

async function metric(server: At, name: string): Promise<number> {
  const { text } = await ask(server, '/metrics');
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}
