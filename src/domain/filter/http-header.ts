import { isObject, listOf, objectOf, textOf, type Json } from '../flow/json.js';
import { Refusal, shown, type Criterion } from './criterion.js';
import { readMembers } from './members.js';

interface Header {
  key?: string;
  value?: string;
}

/** `--http-header Key:Value`: any header of the message, exact, in this case; a part left empty is empty there. */
export const httpHeader: Criterion<Header> = {
  field: 'http_header',
  flags: [
    { name: 'http-header', describe: 'Name:value of a header, exact and in this case', value: readWord },
  ],
  read: (value) => readMembers(value, { key: 'text', value: 'text' }),
  test(wanted) {
    return (flow) =>
      flow.l7?.http !== undefined &&
      headersOf(flow.json).some((header) => wanted.some((asked) => isAsked(asked, header)));
  },
};

function isAsked({ key = '', value = '' }: Header, header: Json): boolean {
  return key === textOf(header['key']) && value === textOf(header['value']);
}

function headersOf(flow: Json): Json[] {
  return listOf(objectOf(objectOf(flow['l7'])['http'])['headers']).filter(isObject);
}

function readWord(word: string): Header {
  const colon = word.indexOf(':');
  if (colon < 0) throw new Refusal(`${shown(word)} has no colon; write Name:value`);
  return { key: word.slice(0, colon), value: word.slice(colon + 1) };
}
