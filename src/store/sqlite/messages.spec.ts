import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readL7, readLatency } from '../../domain/flow/l7-reader.js';
import { urlPath } from '../../domain/flow/url-path.js';
import { Heads } from './heads.js';
import { Messages } from './messages.js';

const text = fc.oneof(fc.constantFrom('/a', '/b?c=%20', 'ß🙂'), fc.string());
const http = fc.record(
  { method: fc.constantFrom('GET', 'POST'), url: text, protocol: fc.constant('HTTP/2'), code: fc.nat(600) },
  { requiredKeys: [] },
);
const dns = fc.record(
  { query: text, qtypes: fc.constantFrom([], ['A'], ['A', 'AAAA']), rcode: fc.nat(5) },
  { requiredKeys: [] },
);
const message = fc.record(
  {
    type: fc.constantFrom('REQUEST', 'RESPONSE', 'SAMPLE'),
    latency_ns: fc.oneof(fc.constant('250'), fc.nat()),
    http,
    dns,
    kafka: fc.constant({ topic: 't' }),
  },
  { requiredKeys: [] },
);

const heads = new Heads();

describe('messages of a segment', () => {
  it('tell what each record does, and equal ones by one number', () => {
    fc.assert(
      fc.property(fc.array(fc.option(message, { nil: undefined }), { maxLength: 40 }), (values) => {
        const kinds = values.map((value, row) => (value === undefined ? 0 : row + 1));
        const messages = new Messages(values.length, { valueOf: (row) => values[row], kinds }, heads);
        const told = values.map((_, row) => messages.number(row));
        expect(told.map((number) => (number < 0 ? undefined : messages.message(number)))).toEqual(
          values.map(readL7),
        );
        expect(values.map((_, row) => messages.latency(row))).toEqual(values.map(readLatency));
        const ofHttp = told.filter((number) => number >= 0 && messages.message(number)?.http);
        for (const number of ofHttp) expect(messages.path(number)).toBe(urlPath(messages.text(number)));
        expect(told.map((number) => messages.kindNumber(number) > 0)).toEqual(told.map((n) => n >= 0));
        expect([...messages.rows]).toEqual(kinds.filter((kind) => kind > 0).map((kind) => kind - 1));
        const different = new Set(values.flatMap((value) => (value ? [JSON.stringify(readL7(value))] : [])));
        expect(new Set(told.filter((number) => number >= 0)).size).toBe(different.size);
      }),
    );
  });
});
