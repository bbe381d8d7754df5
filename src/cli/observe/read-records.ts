import { RecordDecoder } from '../../ingest/record-decoder.js';
import { decodeFile } from '../../ingest/body-decoder.js';
import { onOneLine } from '../../ingest/json-scanner.js';
import type { Rejection } from '../../ingest/ingest.schema.js';
import type { Dating } from '../../ingest/text/printed-time.js';
import { TextReader } from '../../ingest/text/text-reader.js';
import { TextTally } from '../../ingest/text/text-tally.js';
import { recogniseRecord, type HubbleRecord } from '../../domain/flow/record.js';

/** A record with its JSON on one line. */
export interface ReadRecord {
  record: HubbleRecord;
  json: string;
}

/** What a source has, in the order in which it has it; a batch is what came together. */
export type Records = AsyncIterable<readonly ReadRecord[]>;

/** What was wrong with a source, and what had to be assumed. */
export interface Remarks {
  found: number;
  rejected: number;
  /** The first of them. */
  rejections: readonly Rejection[];
  /** Of text: the year, the protocol. */
  assumed: readonly string[];
}

const MOST_REJECTIONS = 100;

/** Reads a file of any size, packed or not, in whatever form `import` takes: nothing of it is kept. */
export class RecordFile implements Records {
  readonly #text: TextTally;
  #found = 0;
  #rejected = 0;
  readonly #rejections: Rejection[] = [];

  constructor(
    private readonly bytes: AsyncIterable<Buffer>,
    private readonly dating: Dating,
  ) {
    this.#text = new TextTally(dating);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ReadRecord[]> {
    let batch: ReadRecord[] = [];
    const take = () => {
      const taken = batch;
      batch = [];
      return taken;
    };
    const decoder = this.#decoder((found) => batch.push(found));
    for await (const chunk of decodeFile(this.bytes)) {
      decoder.write(chunk);
      if (batch.length > 0) yield take();
    }
    decoder.end();
    if (batch.length > 0) yield take();
  }

  remarks(): Remarks {
    return {
      found: this.#found,
      rejected: this.#rejected,
      rejections: this.#rejections,
      assumed: this.#text.report()?.assumed ?? [],
    };
  }

  #decoder(found: (record: ReadRecord) => void): RecordDecoder {
    const sink = {
      record: (record: HubbleRecord, bytes: Buffer) => {
        this.#found++;
        found({ record, json: onOneLine(bytes.toString('utf8')) });
      },
      reject: (line: number, reason: string) => {
        this.#rejected++;
        if (this.#rejections.length < MOST_REJECTIONS) this.#rejections.push({ line, reason });
      },
      flow: () => undefined,
    };
    // The quick way of storing is of no use here: every record is printed.
    const scanner = { scan: () => undefined };
    return new RecordDecoder(sink, scanner, new TextReader(sink, this.dating, this.#text));
  }
}

/** Lines of JSON as they come from a server; what is no record among them, it has to say beside them. */
export async function* recordsOf(
  lines: AsyncIterable<Buffer>,
  aside: (line: string) => void,
): AsyncGenerator<ReadRecord[]> {
  let rest: Buffer[] = [];
  const read = (line: string) => {
    const records = readLine(line);
    if (records.length === 0 && line !== '') aside(line);
    return records;
  };
  for await (const chunk of lines) {
    const end = chunk.lastIndexOf(LINE_BREAK) + 1;
    if (end === 0) {
      rest.push(chunk);
      continue;
    }
    const whole = Buffer.concat([...rest, chunk.subarray(0, end)]).toString('utf8');
    rest = [chunk.subarray(end)];
    yield whole.split('\n').flatMap(read);
  }
  yield read(Buffer.concat(rest).toString('utf8'));
}

const LINE_BREAK = 10;

/** The record of a line of JSON, or nothing. */
export function readLine(json: string): ReadRecord[] {
  const record = json === '' ? undefined : recogniseRecord(JSON.parse(json));
  return record === undefined ? [] : [{ record, json }];
}
