import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { record } from '../../test/support/make-flow.js';
import { lostRecord, print, style } from '../../test/support/print.js';
import { RecordFile } from '../cli/observe/read-records.js';
import { CompactPrinter } from './compact.js';
import { DictPrinter } from './dict.js';
import { MemoryShelf } from './memory-shelf.js';
import { TablePrinter } from './table.js';
import { timeFormat } from './time-format.js';

const between = {
  ...lostRecord,
  lost_events: {
    ...lostRecord.lost_events,
    first: '2026-06-01T09:00:00.5Z',
    last: '2026-06-01T09:59:00Z',
  },
};

describe('losses as Hubble prints them since 1.19', () => {
  const full = style({ time: timeFormat('RFC3339Nano') ?? (() => ''), nodeName: true });
  it.each([
    ['compact', new CompactPrinter(full)],
    ['dict', new DictPrinter(full)],
    ['tab', new TablePrinter(full, new MemoryShelf())],
  ])('are read again with their times: %s', async (format, printer) => {
    const flow = record({ Summary: 'TCP Flags: SYN' });
    const text = await print(printer, [flow, lostRecord, between, flow]);
    const dating = { year: 2026, notAfter: 0, notAfterIs: 'the date of the file' } as const;
    const file = new RecordFile(Readable.from([Buffer.from(text)]), dating);
    const read: unknown[] = [];
    for await (const batch of file)
      for (const {
        record: { kind },
        json,
      } of batch)
        if (kind === 'lost_events') read.push(JSON.parse(json));
    // A line of the compact format does not name the node.
    const { node_name, ...rest } = lostRecord;
    const where = format === 'compact' ? {} : { node_name };
    const times = { first: '2026-06-01T09:00:00.500Z', last: '2026-06-01T09:59:00Z' };
    expect(read).toEqual([
      expect.objectContaining({ ...rest, ...where }),
      expect.objectContaining({ ...rest, ...where, lost_events: { ...rest.lost_events, ...times } }),
    ]);
  });
});
