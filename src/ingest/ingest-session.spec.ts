import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../test/support/arbitrary-flows.js';
import { arriving, cutAt, ingest } from '../../test/support/ingest.js';
import { losslessly } from '../../test/support/json-text.js';
import { record } from '../../test/support/make-flow.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { always } from '../domain/filter/window.js';
import { FlowReader } from '../domain/flow/flow-reader.js';
import { everyone } from '../domain/viewer.js';
import { Memory } from '../store/memory/memory.js';
import { MemoryFlowStore } from '../store/memory/flow-store.js';
import { MemoryFlowWriter } from '../store/memory/flow-writer.js';
import { FlowScanner } from './flow-scanner.js';
import { IngestSession } from './ingest-session.js';

const line = (fields: Record<string, unknown>) => `${JSON.stringify(record(fields))}\n`;

describe('the report of an ingest', () => {
  it('counts what is new, what was known, and what is no flow, and says from when to when', async () => {
    const lost = '{"lost_events":{"source":"HUBBLE_RING_BUFFER","num_events_lost":"12"},"node_name":"n"}\n';
    const { report, store } = await ingest(
      [
        line({ uuid: 'a', time: '2026-06-01T10:00:01.5Z' }),
        line({ uuid: 'b', time: '2026-06-01T10:00:00Z' }),
        line({ uuid: 'a', time: '2026-06-01T10:00:01.5Z' }),
        lost,
        lost,
        '{"agent_event":{"type":"POLICY_UPDATED"}}\n{"node_status":{"state_change":"NODE_GONE"}}\n',
        '{"debug_event":{"type":"DBG_CT_VERDICT"}}\nnonsense\n',
      ].join(''),
    );
    expect(report).toMatchObject({
      records: 8,
      stored: 2,
      duplicates: 1,
      rejected: 1,
      lostEvents: 2,
      otherEvents: { agent_event: 1, node_status: 1, debug_event: 1 },
      from: '2026-06-01T10:00:00Z',
      to: '2026-06-01T10:00:01.500Z',
    });
    expect(report.errors).toEqual([{ line: 9, reason: expect.stringContaining('nonsense') }]);
    expect(store.eventCounts()).toEqual({ lost_events: 1, agent_event: 1, node_status: 1, debug_event: 1 });
  });

  it('lists at most 100 errors and counts all', async () => {
    const { report } = await ingest('nonsense\n'.repeat(250));
    expect(report.rejected).toBe(250);
    expect(report.errors).toHaveLength(100);
    expect(report.errors.at(-1)?.line).toBe(100);
  });

  it('names no times where no flow has one', async () => {
    const { report } = await ingest('{"verdict":"FORWARDED","Type":"L7"}');
    expect(report).toMatchObject({ stored: 1, from: null, to: null });
  });

  it('names the file of an error, and counts its lines from 1', async () => {
    const { report, records } = await ingest('', {
      'one.jsonl': `${line({ uuid: 'a' })}{"flow":{"cut":`,
      'two.jsonl': `${line({ uuid: 'b' })}\nnonsense`,
    });
    expect(records).toHaveLength(2);
    expect(report.errors).toMatchObject([
      { file: 'one.jsonl', line: 2 },
      { file: 'two.jsonl', line: 3 },
    ]);
  });

  it('of an empty body is all zero', async () => {
    expect((await ingest('')).report).toMatchObject({ records: 0, stored: 0, rejected: 0, errors: [] });
  });
});

describe('what is stored', () => {
  const layout = fc.constantFrom(
    (texts: string[]) => texts.join('\n'),
    (texts: string[]) => texts.join('\r\n'),
    (texts: string[]) => `[${texts.join(',')}]`,
    (texts: string[]) => texts.join(''),
    (texts: string[]) => texts.join('\nnoise\n'),
    (texts: string[]) =>
      texts.map((text) => text.replaceAll('{"', '{\n  "').replaceAll(',"', ',\n"')).join('\n'),
  );

  it('does not depend on how the bytes were cut into chunks', () =>
    fc.assert(
      fc.asyncProperty(
        flowTexts(8),
        layout,
        fc.array(fc.nat(), { maxLength: 40 }),
        async (texts, lay, places) => {
          const body = Buffer.from(lay(texts));
          const whole = await ingest(body);
          const cut = await ingest(cutAt(body, places));
          expect(cut.report).toEqual(whole.report);
          expect(cut.records).toEqual(whole.records);
          const known = new Set(texts.map((text) => JSON.stringify(losslessly(text))));
          expect(whole.report.records).toBe(texts.length);
          for (const text of whole.records) expect(known).toContain(JSON.stringify(losslessly(text)));
        },
      ),
      { numRuns: 150 },
    ));

  it('keeps the order of its keys, also where the same endpoint was told in another order before', async () => {
    const told = (source: string, uuid: string, names: string) =>
      `{"uuid":"${uuid}","verdict":"FORWARDED","IP":{"source":"10.0.0.1","destination":"10.0.0.2"},"source":${source},"destination":{"pod_name":"q"},"node_name":"n"${names}}`;
    const there = '{"identity":7,"pod_name":"p"}';
    const back = '{"pod_name":"p","identity":7}';
    const texts = ['', ',"source_names":["a.b"]'].flatMap((names, i) =>
      [there, back, back, there, back].map((source, j) =>
        told(source, `00000000-0000-1000-8000-0000000000${i}${j}`, names),
      ),
    );
    const { records } = await ingest(texts.join('\n'));
    expect(records).toEqual(texts);
  });

  it('is told once, however often it is sent and in whatever spelling', () =>
    fc.assert(
      fc.asyncProperty(flowTexts(8), async (texts) => {
        const once = await ingest(texts.join('\n'));
        const twice = await ingest([...texts, ...texts].join('\n'));
        expect(twice.records).toEqual(once.records);
        expect(twice.report.duplicates).toBe(once.report.duplicates + texts.length);
      }),
      { numRuns: 50 },
    ));
});

describe('a flow without time', () => {
  it('is placed at its arrival, also where the clock was set back meanwhile, and none is lost', async () => {
    const memory = new Memory();
    const clock = [50_000, 10_000, 30_000];
    const writer = new MemoryFlowWriter(memory, () => clock.shift() ?? 0);
    const reader = new FlowReader();
    const session = new IngestSession(writer, reader, new FlowScanner(reader), arriving);
    for (const uuid of ['a', 'b', 'c'])
      session.write(Buffer.from(`{"flow":{"uuid":"${uuid}","verdict":"DROPPED"}}\n`));
    session.end();
    await writer.commit();
    const query = { filter: parseFilter(new Map()), window: always, order: 'asc' } as const;
    const found: { seq: number; time: bigint; placedAtArrival: boolean }[] = [];
    for await (const { seq, time, placedAtArrival } of new MemoryFlowStore(memory).find(everyone, query)) {
      found.push({ seq, time, placedAtArrival });
    }
    expect(found).toEqual([
      { seq: 2, time: 10_000_000_000n, placedAtArrival: true },
      { seq: 3, time: 30_000_000_000n, placedAtArrival: true },
      { seq: 1, time: 50_000_000_000n, placedAtArrival: true },
    ]);
    expect(session.report()).toMatchObject({ stored: 3, from: null, to: null });
  });
});
