import { FlowReader } from '../../src/domain/flow/flow-reader.js';
import type { Redactor } from '../../src/domain/redaction/redactor.js';
import { FlowScanner } from '../../src/ingest/flow-scanner.js';
import { Namer } from '../../src/ingest/namer.js';
import type { Dating } from '../../src/ingest/text/printed-time.js';
import { IngestSession } from '../../src/ingest/ingest-session.js';
import type { IngestReport } from '../../src/ingest/ingest.schema.js';
import { Memory } from '../../src/store/memory/memory.js';
import { MemoryFlowStore } from '../../src/store/memory/flow-store.js';
import { MemoryFlowWriter } from '../../src/store/memory/flow-writer.js';

/** 2026-06-01T10:01:00Z */
const NOW = 1_780_308_060_000;

/** Of text that arrives now. */
export const arriving: Dating = { year: undefined, notAfter: NOW, notAfterIs: 'the time of arrival' };

type Input = string | Buffer | Iterable<Buffer>;

export interface Ingested {
  report: IngestReport;
  /** What was stored, in order of arrival. */
  records: string[];
  memory: Memory;
  store: MemoryFlowStore;
}

/** Reads a body (or the chunks of one) through a session into a memory store. */
export async function ingest(
  input: Input,
  files: Readonly<Record<string, Input>> = {},
  dating: Partial<Dating> = {},
  redactor?: Redactor,
  namer = new Namer(),
): Promise<Ingested> {
  const memory = new Memory();
  const writer = new MemoryFlowWriter(memory, () => NOW);
  const reader = new FlowReader();
  const scanner = new FlowScanner(reader);
  const session = new IngestSession(writer, reader, scanner, { ...arriving, ...dating }, redactor, namer);
  for (const chunk of chunksOf(input)) session.write(chunk);
  for (const [name, content] of Object.entries(files)) {
    session.startFile(name);
    for (const chunk of chunksOf(content)) session.write(chunk);
  }
  session.end();
  await writer.commit();
  return {
    report: session.report(),
    records: memory.flows.map(({ record }) => record),
    memory,
    store: new MemoryFlowStore(memory),
  };
}

function chunksOf(input: Input): Iterable<Buffer> {
  if (typeof input === 'string') return [Buffer.from(input)];
  return Buffer.isBuffer(input) ? [input] : input;
}

/** The same bytes in pieces, cut at the given places; each piece is a buffer that is used again. */
export function* cutAt(bytes: Buffer, places: readonly number[]): Generator<Buffer> {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (let i = 1; i < cuts.length; i++) {
    const piece = Buffer.from(bytes.subarray(cuts[i - 1], cuts[i]));
    yield piece;
    piece.fill(0);
  }
}

export function inChunksOf(bytes: Buffer, size: number): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}
