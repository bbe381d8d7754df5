import { FlowatlasError, invalidFilter } from '../errors.js';
import {
  explain,
  filterOf,
  MOST_FILTERS,
  readFlowFilter,
  writeFlowFilter,
  type FlowFilter,
  type FlowFilters,
} from './flow-filter.js';
import { flags, flowFiltersOfFlags, type FilterWords } from './flags.js';
import { everything, type Filter } from './filter.js';
import { readObjects } from './json-objects.js';

const raw: readonly (readonly [string, string])[] = [
  ['allowlist', "filter in the JSON of Hubble's FlowFilter; what matches one of them passes"],
  ['denylist', "filter in the JSON of Hubble's FlowFilter; what matches one of them is left out"],
];

/** Every name that a filter may use, with what it takes: for the API's description and for refusing others. */
export const filterNames: ReadonlyMap<string, string> = new Map([
  ...flags.flatMap(({ name, describe }): [string, string][] => [
    [name, describe],
    [`not-${name}`, `leave out: ${describe}`],
  ]),
  ...raw,
]);

/** Those of them that take no value. */
export const filterSwitches: ReadonlySet<string> = new Set(
  flags.filter(({ isSwitch }) => isSwitch === true).flatMap(({ name }) => [name, `not-${name}`]),
);

/** Of all values together: a filter is written by people, and each flow is held against all of it. */
export const MOST_CHARACTERS = 64 << 10;

/** Builds a filter from words, each a flag's name with its values; a wrong one is refused by name. */
export function parseFilter(words: FilterWords): Filter {
  return words.size === 0 ? everything : filterOf(flowFiltersOf(words));
}

/** Whether a filter takes this value. */
export function takesValue(name: string, value: string): boolean {
  try {
    parseFilter(new Map([[name, [value]]]));
    return true;
  } catch (error) {
    if (error instanceof FlowatlasError) return false;
    throw error;
  }
}

/** A filter in Hubble's own JSON from the beginning: lists of FlowFilters. */
export function filterOfRaw(whitelist: readonly unknown[], blacklist: readonly unknown[]): Filter {
  return filterOf({
    whitelist: readList(whitelist, 'whitelist'),
    blacklist: readList(blacklist, 'blacklist'),
  });
}

/** The same filter in Hubble's own JSON, as `hubble observe --print-raw-filters` has it. */
export function rawFilters(words: FilterWords): { allowlist: string[]; denylist: string[] } {
  const { whitelist, blacklist } = flowFiltersOf(words);
  return { allowlist: whitelist.map(writeFlowFilter), denylist: blacklist.map(writeFlowFilter) };
}

function flowFiltersOf(words: FilterWords): FlowFilters {
  const allow = new Map<string, readonly string[]>();
  const deny = new Map<string, readonly string[]>();
  let characters = 0;
  for (const [name, values] of words) {
    if (!filterNames.has(name)) throw invalidFilter(name, 'no such filter');
    characters += values.reduce((sum, value) => sum + value.length, 0);
    if (characters > MOST_CHARACTERS)
      throw invalidFilter(name, `a filter has at most ${MOST_CHARACTERS} characters`);
    if (name.startsWith('not-')) deny.set(name.slice('not-'.length), values);
    else if (name !== 'allowlist' && name !== 'denylist') allow.set(name, values);
  }
  return {
    whitelist: [...flowFiltersOfFlags(allow, ''), ...readRaw('allowlist', words)],
    blacklist: [...flowFiltersOfFlags(deny, 'not-'), ...readRaw('denylist', words)],
  };
}

function readRaw(name: string, words: FilterWords): FlowFilter[] {
  const texts = words.get(name) ?? [];
  return readList(
    texts.flatMap((text) => explain(name, () => readObjects(text))),
    name,
  );
}

function readList(values: readonly unknown[], place: string): FlowFilter[] {
  if (values.length > MOST_FILTERS) throw invalidFilter(place, `has at most ${MOST_FILTERS} filters`);
  return values.map((value) => readFlowFilter(value, place));
}
