import type { StoredFlow } from '../store/queries.js';

/** Characters gathered before they are written: single records would each cost a system call. */
const BATCH = 64 << 10;

/** Lines of flows, gathered. */
export async function* batches(
  header: string,
  flows: AsyncIterable<StoredFlow>,
  line: (flow: StoredFlow) => string,
): AsyncGenerator<string> {
  let batch = header;
  for await (const flow of flows) {
    batch += line(flow);
    if (batch.length >= BATCH) {
      yield batch;
      batch = '';
    }
  }
  if (batch !== '') yield batch;
}
