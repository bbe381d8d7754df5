import { readText, type Criterion } from './criterion.js';

/** Words anywhere in what a flow says, in any case: in its texts and numbers, not in the names of its fields. */
export const text: Criterion<string> = {
  field: 'text',
  most: 100,
  flags: [{ name: 'text', describe: 'found anywhere in the texts and numbers of a flow, in any case' }],
  read: readText,
  test(values) {
    const wanted = values.map((value) => value.toLowerCase());
    return (flow) => {
      const { record } = flow;
      // What is not in the text of a record is not in its values, unless it can be written with an escape.
      const lower = record.toLowerCase();
      const possible = record.includes('\\') ? wanted : wanted.filter((value) => lower.includes(value));
      if (possible.length === 0) return false;
      return anyValue(flow.json, (told) => possible.some((value) => told.includes(value)));
    };
  },
};

function anyValue(value: unknown, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value.toLowerCase());
  if (typeof value === 'number') return test(String(value));
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((member) => anyValue(member, test));
}
