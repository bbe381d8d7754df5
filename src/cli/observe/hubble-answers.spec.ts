import { Readable } from 'node:stream';
import { describe, expect } from '@jest/globals';
import { Command } from 'commander';
import { itWithCaptures, orSkipped, readCapture } from '../../../test/support/captures.js';
import { hubbleCases, newerAnswersOtherwise, type HubbleCase } from '../../../test/support/hubble-answers.js';
import { filterNames, parseFilter } from '../../domain/filter/parse-filter.js';
import { JsonPrinter } from '../../printer/json.js';
import { printable } from '../../printer/printer.js';
import { style } from '../../../test/support/print.js';
import { filterOptions, filterWords } from '../filter-options.js';
import { RecordFile, type ReadRecord } from './read-records.js';
import { observeOptions } from './options.js';
import { flowsAndEvents, selectRecords } from './select-records.js';
import { readSelection, type SelectionFlags } from './selection.js';

const cases = hubbleCases.filter(({ args }) =>
  args.every((arg) => !arg.startsWith('--') || arg === '--not' || filterNames.has(arg.slice(2))),
);

/** The flags as the command line reads them. */
function flagsOf(args: readonly string[]): SelectionFlags {
  const command = observeOptions(filterOptions(new Command('observe').exitOverride())).action(
    () => undefined,
  );
  command.parse([...args], { from: 'user' });
  return command.opts();
}

const captures = new Map<string, ReadRecord[]>();

async function recordsOf(capture: string): Promise<ReadRecord[]> {
  let records = captures.get(capture);
  if (records === undefined) {
    const dating = { year: undefined, notAfter: 0, notAfterIs: 'the date of the file' } as const;
    const file = new RecordFile(Readable.from([readCapture(`flows/json/${capture}`)]), dating);
    records = [];
    for await (const batch of file) records.push(...batch);
    captures.set(capture, records);
  }
  return records;
}

/** What `flowatlas observe --input-file CAPTURE -o jsonpb --last 1000000 ARGS` prints of flows. */
async function observe({ capture, args }: HubbleCase): Promise<string> {
  const flags = flagsOf([...args, '--last', '1000000', '-o', 'jsonpb']);
  const words = filterWords(flags);
  const records = Readable.from([await recordsOf(capture)]);
  const selection = readSelection(flags, 'file', 0);
  const passes = flowsAndEvents(parseFilter(words), words, selection.window);
  const selected = selectRecords(records, passes, selection);
  const printer = new JsonPrinter(style());
  let text = '';
  for await (const batch of selected) {
    // The v0.12.3 that was asked printed no losses.
    for (const { record, json } of batch)
      if (record.kind === 'flow') text += printer.print(printable(record, json));
  }
  return text;
}

async function expected({ capture, lines = [] }: HubbleCase): Promise<string> {
  const records = await recordsOf(capture);
  return lines.map((line) => `${records[line - 1]?.json ?? ''}\n`).join('');
}

describe('the whole way from flags to JSON', () => {
  itWithCaptures(`prints the records that the real hubble printed, in its order${orSkipped}`, async () => {
    expect(cases.length).toBeGreaterThan(400);
    const differing: HubbleCase[] = [];
    for (const asked of cases) if ((await observe(asked)) !== (await expected(asked))) differing.push(asked);
    expect(differing.filter((asked) => newerAnswersOtherwise(asked) === undefined)).toEqual([]);
    expect(differing.length).toBeLessThan(cases.length / 10);
  });
});
