import type { RecordedFlow } from '../flow/flow.js';
import { readText, type Criterion } from './criterion.js';

/** Words anywhere in what a flow says, in any case: in its texts and numbers, not in the names of its fields. */
export const text: Criterion<string> = {
  field: 'text',
  flags: [{ name: 'text', describe: 'found anywhere in the texts and numbers of a flow, in any case' }],
  read: readText,
  test(values) {
    const wanted = values.map((value) => value.toLowerCase());
    return (flow) => {
      const possible = wanted.filter((value) => canHold(flow, value));
      return (
        possible.length > 0 && anyValue(flow.json, (told) => possible.some((value) => told.includes(value)))
      );
    };
  },
};

/** What is not in the record's text is not in its values, unless it can be written with an escape. */
function canHold({ record }: RecordedFlow, value: string): boolean {
  return record.includes('\\') || record.toLowerCase().includes(value);
}

function anyValue(value: unknown, test: (text: string) => boolean): boolean {
  if (typeof value === 'string') return test(value.toLowerCase());
  if (typeof value === 'number') return test(String(value));
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((member) => anyValue(member, test));
}
