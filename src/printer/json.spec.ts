import { describe, expect, it } from '@jest/globals';
import { flowJson, flowRecordOf, record } from '../../test/support/make-flow.js';
import { lostRecord, recordOf, style } from '../../test/support/print.js';
import { fieldMask } from '../domain/flow/field-mask.js';
import { recogniseRecord } from '../domain/flow/record.js';
import { JsonPrinter } from './json.js';
import { printable } from './printer.js';

describe('JSON', () => {
  it('is the record again, whatever is in it', () => {
    const odd = '{"flow":{"verdict":9,"new":[1.0,18446744073709551615],"time":"x","Type":"L9"},"other":{}}';
    const found = recogniseRecord(JSON.parse(odd));
    expect(found && new JsonPrinter(style()).print(printable(found, odd))).toBe(`${odd}\n`);
  });

  it('escapes what a terminal would obey, and stays the same value', () => {
    const value = record({ Summary: 'a\u009b31mb\u202ec\u007f\u001b[0m' });
    const line = new JsonPrinter(style()).print(printable(flowRecordOf(value), JSON.stringify(value)));
    // eslint-disable-next-line no-control-regex
    expect(line).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(JSON.parse(line)).toEqual(value);
  });

  it('is less of a flow with a mask, in its envelope or bare', () => {
    const printer = new JsonPrinter(style(), fieldMask(['verdict', 'source.pod_name']));
    const printed = (value: Record<string, unknown>) =>
      JSON.parse(printer.print(printable(flowRecordOf(value), JSON.stringify(value)))) as unknown;
    const flow = { verdict: 'FORWARDED', source: { pod_name: 'web-0' } };
    expect(printed(record())).toEqual({ ...record(), flow });
    expect(printed(flowJson())).toEqual(flow);
    expect(printer.print(recordOf(lostRecord))).toBe(`${JSON.stringify(lostRecord)}\n`);
  });
});
