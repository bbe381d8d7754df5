import type { Config } from '../config.js';
import { errorBody, FlowatlasError } from '../domain/errors.js';
import { decodeFile } from '../ingest/body-decoder.js';
import type { IngestClient } from '../ingest/ingest-client.js';
import type { IngestReport, TextDating } from '../ingest/ingest.schema.js';
import { storeUpload } from '../ingest/store-upload.js';
import { RestError } from './rest-client.js';
import { complain } from './terminal.js';

/** Where flows are brought: to a server, or to a data folder that this process holds. */
export interface Intake {
  /** Resolves when all of them are on disk. Each piece is read before the next is asked for. */
  sendFlows(records: AsyncIterable<Buffer>, dating?: TextDating): Promise<IngestReport>;
}

/** Writes into the data folder without a server between: a file need not go through a socket to get there. */
export async function withOwnStore<T>(config: Config, use: (intake: Intake) => Promise<T>): Promise<T> {
  // Only here, so that talking to a running server does not load what stores.
  const { openStore } = await import('../store/open-store.js');
  const open = await openStore(config.data, config, complain);
  try {
    return await use(new OwnIntake(open.ingest));
  } finally {
    await open.close();
  }
}

class OwnIntake implements Intake {
  constructor(private readonly ingest: IngestClient) {}

  async sendFlows(records: AsyncIterable<Buffer>, dating: TextDating = {}): Promise<IngestReport> {
    try {
      return await storeUpload(this.ingest, dating, async (upload) => {
        for await (const chunk of decodeFile(records)) await upload.write(chunk);
      });
    } catch (error) {
      // What a server would have answered.
      if (error instanceof FlowatlasError) throw new RestError(error.code, error.message, errorBody(error));
      throw error;
    }
  }
}
