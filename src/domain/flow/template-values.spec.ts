import { describe, expect, it } from '@jest/globals';
import type { SlotKind } from './template.js';
import { MARK } from './template.js';
import { valuesOfTemplate } from './template-values.js';

const slot = (kind: SlotKind) => MARK + kind;

describe('values of a template', () => {
  it('are those of the flow alone, where its text tells', () => {
    const text = `{"flow":{"verdict":"DROPPED","uuid":"${slot('u')}","n":7,"l4":${slot('k')},"Summary":"${slot('o')}","x":"${slot('k')}"},"node_name":"${slot('N')}"}`;
    expect(valuesOfTemplate(text)).toEqual({
      said: ['DROPPED', '7'],
      slots: [
        { kind: 'u', at: 0, isContent: true },
        { kind: 'k', at: 0, isContent: false },
        { kind: 'o', at: 0, isContent: true },
        { kind: 'k', at: 1, isContent: true },
      ],
    });
  });

  it('are the last ones where a name comes again', () => {
    const text = `{"flow":{"verdict":"AUDIT","verdict":"DROPPED","a":"${slot('o')}","a":"${slot('l')}"}}`;
    expect(valuesOfTemplate(text)).toEqual({
      said: ['DROPPED'],
      slots: [{ kind: 'l', at: 1, isContent: true }],
    });
  });

  it.each([
    ['a whole record', slot('r')],
    ['a slot that is part of a text', `{"flow":{"verdict":"DROPPED","a":"b${slot('o')}"}}`],
    ['a slot between quotes inside of a text', `{"flow":{"verdict":"DROPPED","a":"\\"${slot('o')}\\""}}`],
    ['no flow', `{"lost_events":{"a":"${slot('o')}"}}`],
  ])('are not told by %s', (_, text) => {
    expect(valuesOfTemplate(text)).toBeUndefined();
  });
});
