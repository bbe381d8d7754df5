import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowJson, pod } from '../../test/support/make-flow.js';
import {
  agentRecord as agent,
  debugRecord as debug,
  lostRecord as lost,
  recordOf,
  style,
  type Fields,
} from '../../test/support/print.js';
import { CompactPrinter } from './compact.js';
import { DictPrinter } from './dict.js';
import { JsonPrinter } from './json.js';
import { MemoryShelf } from './memory-shelf.js';
import { shown } from './shown.js';
import { TablePrinter } from './table.js';

describe('whatever text is in a record', () => {
  // eslint-disable-next-line no-control-regex
  const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
  // eslint-disable-next-line no-control-regex
  const evil = fc.stringMatching(/^[a-z\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069[\]0-9;m]{1,12}$/);

  /** Every text in a value, but for what a record is known by. */
  const infect = (value: unknown, by: string): unknown => {
    if (typeof value === 'string') return value + by;
    if (Array.isArray(value)) return value.map((item) => infect(item, by));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, infect(item, by)]));
  };
  const rich = {
    flow: {
      ...flowJson({ Summary: 'S', auth_type: 'SPIRE', source_names: ['a'], traffic_direction: 'EGRESS' }),
      source_service: { name: 's', namespace: 'n' },
      destination: pod('a/b'),
      egress_allowed_by: [{ name: 'p', kind: 'K' }],
      l7: { type: 'REQUEST', dns: { observation_source: 'proxy' } },
      node_name: 'n',
    },
    node_name: 'n',
  };
  const status = { node_status: { state_change: 'NODE_ERROR', node_names: ['n'], message: 'm' } };

  const everything = style({ nodeName: true, policyNames: true, debug: true });
  const written = async (value: unknown) => {
    const told = recordOf(value as Fields);
    const printers = [
      new CompactPrinter(everything),
      new DictPrinter(everything),
      new TablePrinter(everything, new MemoryShelf()),
      new JsonPrinter(everything),
    ];
    return Promise.all(
      printers.map(async (printer) => {
        let text = printer.print(told) + printer.status(told);
        for await (const rest of printer.end()) text += rest;
        return text;
      }),
    );
  };

  it('nothing of it is obeyed by a terminal, nor makes a line of its own', async () => {
    await fc.assert(
      fc.asyncProperty(evil, fc.constantFrom(rich, lost, agent, debug, status), async (by, value) => {
        const innocent = await written(value);
        for (const [index, text] of (await written(infect(value, by))).entries()) {
          expect(text).not.toMatch(OBEYED);
          expect(text.split('\n').length).toBe(innocent[index]?.split('\n').length);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is shown as what it is', () => {
    expect(shown('\u001b[31m\r\n\t\u009b\u202eok')).toBe('^[[31m\\r\\u000a\\u0009\\u009b\\u202eok');
  });
});
