import type { Flow, RecordedFlow } from './flow.js';
import { objectOf, type Json } from './json.js';
import { recogniseRecord } from './record.js';

/** A flow with its record, which is parsed when it is first asked for. */
export function recordedFlow(flow: Flow, record: string): RecordedFlow {
  let json: Json | undefined;
  return {
    ...flow,
    record,
    get json() {
      return (json ??= flowOf(JSON.parse(record)));
    },
    says(sought) {
      return sought.canBeIn(record) && sought.isInAny(this.json);
    },
  };
}

/** The flow's object of a record; empty where it holds none. */
export function flowOf(value: unknown): Json {
  const record = recogniseRecord(value);
  return record?.kind === 'flow' ? record.flow : objectOf(undefined);
}

/**
 * Whether a record can have one of these members anywhere: told by its text, which is quicker than to
 * parse it. A text with escapes can spell a name in another way, so it always can.
 */
export function mentions({ record }: RecordedFlow, ...names: string[]): boolean {
  return names.some((name) => record.includes(`"${name}"`)) || record.includes('\\u00');
}
