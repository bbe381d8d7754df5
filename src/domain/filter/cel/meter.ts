import {
  celEnv,
  celFunc,
  celMethod,
  CelScalar,
  isCelError,
  isCelList,
  isCelMap,
  objectType,
  type CelFunc,
  type CelValue,
} from '@bufbuild/cel';
import { createRegistry } from '@bufbuild/protobuf';
import { isReflectMessage } from '@bufbuild/protobuf/reflect';
import { RE2JS } from 're2js';
import { flowRegistry, flowType } from './flow-message.js';

/** As Hubble's limit for one expression and one flow. */
const MOST_COST = 100_000;
/** An element of a list costs as much as a call, a character a sixteenth of it; a message can hold a lot. */
const CHARACTERS = 16;
const MESSAGE = 1_000;

let spent = 0;

/** Runs an evaluation; answers what it cost. Beyond the limit every call of it fails. */
export function metered<T>(evaluate: () => T): { result: T; cost: number; isTooDear: boolean } {
  spent = 0;
  const result = evaluate();
  return { result, cost: spent, isTooDear: spent > MOST_COST };
}

function spend(cost: number): void {
  spent += cost;
  if (spent > MOST_COST) throw new Error('the expression costs too much');
}

function sizeOf(value: CelValue | undefined): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return value.length / CHARACTERS;
  if (isCelList(value) || isCelMap(value)) return value.size;
  // Times and durations are messages of two numbers.
  return isReflectMessage(value) && value.desc.typeName.startsWith('flow.') ? MESSAGE : 0;
}

/** The same function, with its price. */
function priced(func: CelFunc): CelFunc {
  const { name, target, arguments: kinds, result } = func;
  const call = (self: CelValue | undefined, values: CelValue[]): CelValue => {
    spend(1 + sizeOf(self) + values.reduce<number>((sum, value) => sum + sizeOf(value), 0));
    const answer = func.call(0, self, values);
    if (isCelError(answer)) throw answer;
    return answer as CelValue;
  };
  return target === undefined
    ? celFunc(name, kinds, result, (...values: CelValue[]) => call(undefined, values))
    : celMethod(name, target, kinds, result, function (...values: CelValue[]) {
        return call(this, values);
      });
}

/** Names that no expression can spell: what the loops of macros are made to call. */
export const SPEND = '@spend';

/** What a call costs as much as: names and members of a loop's body, looked up in each turn. */
const PARTS = 4;

const spendFunction = celFunc(SPEND, [CelScalar.BOOL, CelScalar.INT], CelScalar.BOOL, (goesOn, cost) => {
  spend(Number(cost) / PARTS);
  return goesOn;
});

const LONGEST_PATTERN = 1_000;
const MOST_PATTERNS = 100;
const patterns = new Map<string, RE2JS>();

/** Patterns are the same for every flow, most often. */
function compile(pattern: string): RE2JS {
  if (pattern.length > LONGEST_PATTERN) throw new Error('the pattern is too long');
  let compiled = patterns.get(pattern);
  if (compiled !== undefined) return compiled;
  spend(pattern.length);
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  patterns.set(pattern, (compiled = RE2JS.compile(pattern)));
  return compiled;
}

const re2 = {
  compile: (pattern: string) => ({ test: (text: string) => compile(pattern).matcher(text).find() }),
};
const functions = [...celEnv({ re2 }).funcs];

export const functionNames: ReadonlySet<string> = new Set(functions.map(({ name }) => name));

/** Where expressions run: the flow, its enums, and functions that count what they cost. */
export const environment = celEnv({
  namespace: 'flow',
  registry: createRegistry(flowRegistry),
  variables: { _flow: objectType(flowType) },
  funcs: [...functions.map(priced), spendFunction],
});
