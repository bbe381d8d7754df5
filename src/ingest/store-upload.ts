import { FlowatlasError } from '../domain/errors.js';
import { DamagedBody } from './decoder-steps.js';
import type { IngestClient, IngestUpload } from './ingest-client.js';
import type { IngestReport, TextDating } from './ingest.schema.js';

/** Errors of records that are told with a refusal. */
const ERRORS_TOLD = 10;

/**
 * Stores what `read` hands over; resolves when it is on disk. What came before a fault is stored, too, and the error
 * says in `details.report` how much that was. An upload without a record is a fault of its own.
 */
export async function storeUpload(
  ingest: IngestClient,
  dating: TextDating,
  read: (upload: IngestUpload) => Promise<void>,
): Promise<IngestReport> {
  const upload = ingest.open(dating);
  let fault: unknown;
  try {
    await read(upload);
  } catch (error) {
    fault = error;
  }
  const report = await upload.end();
  if (fault !== undefined) {
    const { code, message, field, details } = explain(fault);
    throw new FlowatlasError(code, message, field, { ...details, report });
  }
  if (report.records === 0) throw noRecords(report);
  return report;
}

/** What the sender can do about it. */
function explain(error: unknown): FlowatlasError {
  if (error instanceof FlowatlasError) return error;
  if (error instanceof DamagedBody) return new FlowatlasError('invalid_body', error.message);
  const message = error instanceof Error ? error.message : String(error);
  return new FlowatlasError('invalid_body', `the body cannot be read (${message})`);
}

function noRecords({ rejected, errors }: IngestReport): FlowatlasError {
  const [first] = errors;
  const reason = first === undefined ? 'the body is empty' : `line ${first.line}: ${first.reason}`;
  return new FlowatlasError('no_records', `nothing in the body is a Hubble record; ${reason}`, undefined, {
    rejected,
    errors: errors.slice(0, ERRORS_TOLD),
  });
}
