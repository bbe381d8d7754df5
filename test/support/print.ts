import { recogniseRecord } from '../../src/domain/flow/record.js';
import { CompactPrinter } from '../../src/printer/compact.js';
import { printable, type PrintableRecord, type Printer } from '../../src/printer/printer.js';
import { uncoloured, type Style } from '../../src/printer/style.js';
import { timeFormat } from '../../src/printer/time-format.js';
import { record } from './make-flow.js';

export type Fields = Record<string, unknown>;

/** What `hubble observe` prints with, but for what is said. */
export function style(more: Partial<Style> = {}): Style {
  return {
    paint: uncoloured,
    time: timeFormat('StampMilli') ?? (() => ''),
    names: true,
    nodeName: false,
    policyNames: false,
    debug: false,
    ...more,
  };
}

export function recordOf(value: Fields): PrintableRecord {
  const found = recogniseRecord(value);
  if (found === undefined) throw new Error('no record');
  return printable(found, JSON.stringify(value));
}

/** The line of `record(fields)`. */
export function compact(fields: Fields, more: Partial<Style> = {}): string {
  return new CompactPrinter(style(more)).print(recordOf(record(fields))).trimEnd();
}

export async function print(printer: Printer, records: readonly Fields[]): Promise<string> {
  let text = '';
  for (const value of records) text += printer.print(recordOf(value));
  for await (const rest of printer.end()) text += rest;
  return text;
}

/** The time of the records here, as it is printed. */
export const HEAD = 'Jun  1 10:00:00.000';

export const lostRecord = {
  lost_events: { source: 'HUBBLE_RING_BUFFER', num_events_lost: '18446744073709551615', cpu: 3 },
  node_name: 'c/n1',
  time: '2026-06-01T10:00:00Z',
};

export const agentRecord = {
  agent_event: {
    type: 'POLICY_UPDATED',
    policy_update: { labels: ['a', 'b'], revision: '7', rule_count: '2' },
  },
  node_name: 'c/n1',
  time: '2026-06-01T10:00:00Z',
};

export const debugRecord = {
  debug_event: {
    type: 'DBG_CT_VERDICT',
    source: { ID: 12, namespace: 'shop', pod_name: 'web-0' },
    hash: 255,
    cpu: 1,
    message: 'CT verdict: New',
  },
  node_name: 'c/n1',
  time: '2026-06-01T10:00:00Z',
};
