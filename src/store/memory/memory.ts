import type { NodeMinute } from '../../domain/coverage/node-minute.js';
import type { Flow } from '../../domain/flow/flow.js';
import type { EventRecord } from '../../domain/flow/record.js';
import type { Acknowledgement, PostedDigest } from '../../domain/ledger/ledger.js';
import type { Removed } from '../flow-store.js';
import type { StoredFlow } from '../queries.js';

export interface HeldEvent extends EventRecord {
  id: number;
  /** Number of the last flow that had come before it. */
  afterSeq: number;
  record: string;
  key: string;
}

export interface Held extends StoredFlow {
  flow: Flow;
  key: string;
  minute: NodeMinute;
}

/** What the twin of the SQLite store holds: the laws at their plainest, for tests and for small files. */
export class Memory {
  flows: Held[] = [];
  events: HeldEvent[] = [];
  /** Flows that were removed, as long as their minutes are told: what the other store keeps as sums. */
  gone: Held[] = [];
  /** Before it, flows were removed of which nothing is told. */
  goneSince: bigint | undefined;
  lastSeq = 0;
  lastEvent = 0;
  removed: Removed = { removals: 0, flows: 0, events: 0, until: undefined, last: undefined };
  readonly keys = new Set<string>();
  /** Of each node the time of its newest flow. */
  readonly newest = new Map<string, number>();
  readonly checkpoints = new Map<string, string>();
  readonly acknowledgements = new Map<string, Acknowledgement>();
  postedDigest: PostedDigest | undefined;
}
