import { isObject } from '../flow/json.js';
import { printedIdentities } from '../flow/printed-names.js';
import { onEndpoint, Refusal, shown, type SidedCriterion } from './criterion.js';

/** https://docs.cilium.io/en/stable/gettingstarted/terminology/#special-identities */
const reserved = new Map([...printedIdentities, 'overlay-to-encrypt'].map((name, number) => [name, number]));

/** As Go writes numbers: 015 is octal, as are 0o15 and, in other bases, 0xd and 0b1101. */
const NUMBER = /^(?:0|[1-9]\d{0,9}|0[xX][\da-fA-F]{1,8}|0[oO]?[0-7]{1,11}|0[bB][01]{1,32})$/;

/** `--identity`: the number, or the name of a reserved one. */
export const identity: SidedCriterion<number> = {
  field: 'identity',
  flag: {
    name: 'identity',
    describe: 'security identity: a number, or a reserved name such as world or host',
    value: readWord,
  },
  read(value) {
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number < 2 ** 32)
      return number;
    throw new Refusal(`${shown(value)} is no number below 2^32`);
  },
  test(numbers) {
    const wanted = new Set(numbers);
    const isWanted = onEndpoint((endpoint) => wanted.has(endpoint.identity));
    // An end that the record does not have at all is not of identity 0 either.
    return wanted.has(0) ? (flow, side) => isWanted(flow, side) && isObject(flow.json[side]) : isWanted;
  },
};

function readWord(word: string): number {
  const number = reserved.get(word) ?? (NUMBER.test(word) ? numberOf(word) : undefined);
  if (number !== undefined) return number;
  throw new Refusal(`${shown(word)} is neither a number nor one of ${[...reserved.keys()].join(', ')}`);
}

function numberOf(word: string): number {
  return Number(/^0\d/.test(word) ? `0o${word.slice(1)}` : word);
}
