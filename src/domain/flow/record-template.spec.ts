import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { newFlow, pod, record } from '../../../test/support/make-flow.js';
import { fromTemplate } from './record-template.js';

function throughTemplate(text: string): { template: string; again: string } {
  const { flow, template } = newFlow(text);
  return { template: template.toString(), again: fromTemplate(template.toString(), flow) };
}

describe('the template of a record', () => {
  it('gives the record again, to the letter, for flows of any kind', () => {
    fc.assert(
      fc.property(flowTexts(6), (texts) => {
        for (const text of texts) expect(throughTemplate(text).again).toBe(text);
      }),
      { numRuns: 200 },
    );
  });

  it('leaves out what the flow holds: both ends and the labels of the node', () => {
    const text = JSON.stringify(record({ node_labels: ['a=1', 'b=2'] }));
    const { template, again } = throughTemplate(text);
    expect(again).toBe(text);
    expect(template).toContain('"source":-@');
    expect(template).toContain('"destination":-@');
    expect(template).toContain('"node_labels":-@');
  });

  it.each([
    ['marks in texts', JSON.stringify(record({ Summary: '"source":-@ "destination":-@ $1 $&' }))],
    ['dollar signs in ends', JSON.stringify(record({ source: pod('shop/$&-$1') }))],
    ['blanks', JSON.stringify(record(), null, 1).replaceAll('\n', ' ')],
    ['escapes', JSON.stringify(record()).replace('web-0', 'w\\u0065b-0\\/')],
    ['long integers in an end', '{"flow":{"verdict":"DROPPED","source":{"id":18446744073709551615,"a":1}}}'],
    ['numeric keys', '{"flow":{"verdict":"DROPPED","source":{"b":1,"2":2,"1":3}}}'],
    ['keys that are there twice', '{"flow":{"verdict":"DROPPED","source":{"a":1},"source":{"b":2}}}'],
    ['another source before', '{"source":{"x":1},"flow":{"verdict":"DROPPED","source":{"a":1}}}'],
    ['the same source elsewhere', '{"x":{"source":{"a":1}},"flow":{"verdict":"DROPPED","source":{"a":1}}}'],
    [
      'a source that is none',
      '{"flow":{"verdict":"DROPPED","source":null,"destination":[1],"node_labels":"x"}}',
    ],
    ['labels that are no texts', '{"flow":{"verdict":"DROPPED","node_labels":["a",1,null]}}'],
    ['__proto__', '{"flow":{"verdict":"DROPPED","source":{"__proto__":{"x":1},"a":1}}}'],
    ['lone surrogates', '{"flow":{"verdict":"DROPPED","source":{"a":"\\ud800"}}}'],
  ])('gives the record again with %s', (_, text) => {
    expect(throughTemplate(text).again).toBe(text);
  });
});
