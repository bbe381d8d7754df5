import type { Columns } from './columns.js';

/** A row for each flow of a segment, in order of arrival. Parts are indices into the segment's own. */
export const flowLayout = {
  /** Nanoseconds since 1970. */
  time: 'i64',
  source: 'u32',
  destination: 'u32',
  traits: 'u32',
  /** Index plus one; 0 is none. */
  l7: 'u32',
  nodeLabels: 'u32',
  /** Flows that the record stands for. */
  weight: 'u32',
  sourcePort: 'u16',
  destinationPort: 'u16',
  flags: 'u8',
} as const;

export type FlowColumns = Columns<typeof flowLayout>;

/** Bits of the flags column. */
export const Flag = {
  /** The key is the flow's uuid itself, not a hash. */
  keyIsUuid: 1,
  placedAtArrival: 2,
} as const;

/** A row for all flows of a segment that agree in parts and the server's port, as the map counts them. */
export const tallyLayout = {
  first: 'i64',
  last: 'i64',
  /** Aggregates may add up beyond 32 bits. */
  weight: 'f64',
  source: 'u32',
  destination: 'u32',
  traits: 'u32',
  l7: 'u32',
  /** Row of the newest flow in the segment. */
  lastRow: 'u32',
  sourcePort: 'u16',
  destinationPort: 'u16',
} as const;

export type TallyColumns = Columns<typeof tallyLayout>;
