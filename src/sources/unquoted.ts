import type { IngestClient } from '../ingest/ingest-client.js';
import type { Rejection } from '../ingest/ingest.schema.js';

/** Every reason that quotes does it at its end, as JSON. */
const QUOTE = /:? ?".*$/s;

/** What of rejected lines may be shown to anybody, and written down: where something is redacted, none of their text. */
export function unquoted(errors: readonly Rejection[], { redaction }: IngestClient): Rejection[] {
  if (redaction.rules.length === 0) return [...errors];
  return errors.map((error) => ({ ...error, reason: error.reason.replace(QUOTE, '') }));
}
