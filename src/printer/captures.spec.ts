import { Readable } from 'node:stream';
import { describe, expect } from '@jest/globals';
import { itWithCaptures, listCaptures, orSkipped, readCapture } from '../../test/support/captures.js';
import { RecordFile } from '../cli/observe/read-records.js';
import { CompactPrinter } from './compact.js';
import { DictPrinter } from './dict.js';
import { MemoryShelf } from './memory-shelf.js';
import { printable, type Printer } from './printer.js';
import { coloured, uncoloured, type Style } from './style.js';
import { TablePrinter } from './table.js';
import { timeFormat } from './time-format.js';

const printed = listCaptures('expected/output');

function printerFor(name: string): Printer {
  const style: Style = {
    paint: name.includes('color') ? coloured : uncoloured,
    time: timeFormat(name.includes('rfc3339nano') ? 'RFC3339Nano' : 'StampMilli') ?? (() => ''),
    names: !name.includes('.numeric.'),
    nodeName: name.includes('.node.'),
    policyNames: false,
    debug: false,
  };
  if (name.endsWith('.dict.txt')) return new DictPrinter(style);
  if (name.endsWith('.table.txt')) return new TablePrinter(style, new MemoryShelf());
  return new CompactPrinter(style);
}

function recordsIn(bytes: Buffer): RecordFile {
  const dating = { year: 2024, notAfter: 0, notAfterIs: 'the date of the file' } as const;
  return new RecordFile(Readable.from([bytes]), dating);
}

/** `CAPTURE[.last3.FLAGS].FORMAT.txt`. */
async function print(path: string): Promise<string> {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const [capture = ''] = name.split(/\.(?:last3|compact|dict|table)[.-]/);
  const file = listCaptures('flows/json').find((json) => json.includes(`/${capture}`)) ?? '';
  const all = [];
  for await (const batch of recordsIn(readCapture(file))) all.push(...batch);
  const printer = printerFor(name);
  // The v0.12.3 that was asked kept silent about losses; since 1.16.3 they are printed, as the last test has it.
  const flows = all.filter(({ record }) => record.kind === 'flow');
  let text = '';
  for (const { record, json } of name.includes('.last3.') ? flows.slice(-3) : flows)
    text += printer.print(printable(record, json));
  for await (const rest of printer.end()) text += rest;
  return text;
}

describe('the text of the real hubble', () => {
  for (const path of printed) {
    itWithCaptures(`is printed to the byte: ${path}`, async () => {
      expect(await print(path)).toBe(readCapture(path).toString('utf8'));
    });
  }

  for (const path of printed.filter((name) => /(?<!node)\.compact\.txt$/.test(name))) {
    itWithCaptures(`is read, and printed to the byte again: ${path}`, async () => {
      let text = '';
      const printer = printerFor(path);
      for await (const batch of recordsIn(readCapture(path)))
        for (const { record, json } of batch) text += printer.print(printable(record, json));
      expect(text).toBe(readCapture(path).toString('utf8'));
    });
  }

  itWithCaptures(`is there to be compared${orSkipped}`, () => {
    expect(printed.length).toBeGreaterThan(20);
  });
});
