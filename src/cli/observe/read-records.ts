import { RecordDecoder } from '../../ingest/record-decoder.js';
import { decodeFile } from '../../ingest/body-decoder.js';
import { minify } from '../../ingest/json-scanner.js';
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
      rejected: this.#rejected,
      rejections: this.#rejections,
      assumed: this.#text.report()?.assumed ?? [],
    };
  }

  #decoder(found: (record: ReadRecord) => void): RecordDecoder {
    const sink = {
      record: (record: HubbleRecord, bytes: Buffer) => {
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

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f]/;

/** Tabs and carriage returns may stand between its parts. */
function onOneLine(json: string): string {
  return CONTROL.test(json) ? minify(json) : json;
}

/** Lines of JSON as they come from a server. */
export async function* recordsOf(lines: AsyncIterable<Buffer>): AsyncGenerator<ReadRecord[]> {
  let rest: Buffer[] = [];
  for await (const chunk of lines) {
    const end = chunk.lastIndexOf(10) + 1;
    if (end === 0) {
      rest.push(chunk);
      continue;
    }
    const whole = Buffer.concat([...rest, chunk.subarray(0, end)]).toString('utf8');
    rest = [Buffer.from(chunk.subarray(end))];
    yield whole.split('\n').flatMap(readLine);
  }
  yield readLine(Buffer.concat(rest).toString('utf8'));
}

function readLine(json: string): ReadRecord[] {
  if (json === '') return [];
  const record = recogniseRecord(JSON.parse(json));
  return record === undefined ? [] : [{ record, json }];
}
