import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DictionaryWriter } from './dictionary-writer.js';

describe('the number of a text', () => {
  it('is that of the dictionary that is asked, whatever others called it', () => {
    const ask = fc.record({ of: fc.nat(2), text: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(ask, { maxLength: 100 }), (asked) => {
        const dictionaries = [0, 1, 2].map(() => ({
          writer: new DictionaryWriter(),
          numbers: new Map<number, number>(),
        }));
        const texts = Array.from({ length: 10 }, (_, i) => ({ text: `text ${i}` }));
        for (const { of, text } of asked) {
          const { writer, numbers } = dictionaries[of]!;
          const number = numbers.get(text) ?? numbers.size;
          expect(writer.text(texts[text]!)).toBe(number);
          numbers.set(text, number);
        }
        for (const { writer, numbers } of dictionaries) {
          const lines = [...numbers.keys()].map((text) => `text ${text}\n`).join('');
          expect(writer.newBytes).toBe(lines.length);
          expect(writer.takeNew().map((entries) => Buffer.from(entries.lines).toString())).toEqual(
            lines === '' ? [] : [lines],
          );
          expect(writer.newBytes).toBe(0);
        }
      }),
    );
  });
});

describe('the number of a node with its labels', () => {
  it('is the same again, but for lists of labels that came before many others', () => {
    const writer = new DictionaryWriter();
    const lists = Array.from({ length: 100 }, (_, i) => [`l=${i}`]);
    const numberOf = (nodeLabels: string[], node = 'n') => writer.node({ node, nodeLabels });
    expect(lists.map((labels) => numberOf(labels))).toEqual(lists.map((_, i) => i));
    expect(lists.slice(40).map((labels) => numberOf(labels))).toEqual(lists.slice(40).map((_, i) => i + 40));
    expect(numberOf(lists[0]!)).toBe(100);
    expect(numberOf(lists[0]!)).toBe(100);
    expect(numberOf(lists[99]!)).toBe(99);
    expect(numberOf(lists[99]!, 'm')).toBe(101);
  });
});
