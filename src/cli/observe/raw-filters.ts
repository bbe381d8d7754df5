import type { FilterWords } from '../../domain/filter/flags.js';
import { EXPRESSION } from '../../domain/filter/expression/read-filter.js';
import { rawFilters } from '../../domain/filter/parse-filter.js';
import { WrongUse } from '../wrong-use.js';

/** The filter as Hubble reads it out of its configuration: YAML whose items are FlowFilters in JSON. */
export function rawFiltersInYaml(words: FilterWords): string {
  if (words.has(EXPRESSION)) throw new WrongUse('--query cannot be told in the filters of Hubble');
  const lists = Object.entries(rawFilters(words)).filter(([, filters]) => filters.length > 0);
  if (lists.length === 0) return '{}\n';
  return lists.map(([name, filters]) => `${name}:\n${filters.map(itemOf).join('')}`).join('');
}

/** In single quotes, in which only these are special, and doubled. */
function itemOf(filter: string): string {
  return `    - '${filter.replaceAll("'", "''")}'\n`;
}
