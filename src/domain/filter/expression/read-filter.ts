import { invalidFilter } from '../../errors.js';
import type { FilterWords } from '../flags.js';
import { any, within, type Filter } from '../filter.js';
import { parseFilter } from '../parse-filter.js';
import { parseExpression } from './parse-expression.js';

/** The word whose values are expressions, beside the names of filters. */
export const EXPRESSION = 'q';

/** Each is held against every flow. */
const MOST = 10;

/** What words say: the names of filters, and expressions. */
export function readFilter(words: FilterWords): Filter {
  const named = new Map([...words].filter(([name]) => name !== EXPRESSION));
  return narrowed(parseFilter(named), words.get(EXPRESSION));
}

/** What a filter and an expression say, both; of several expressions one is enough. */
export function narrowed(filter: Filter, expressions: readonly string[] = []): Filter {
  if (expressions.length === 0) return filter;
  if (expressions.length > MOST) throw invalidFilter(EXPRESSION, `at most ${MOST} expressions`);
  return within(filter.isEmpty ? undefined : filter.matches, {
    matches: any(expressions.map(parseExpression)),
    isEmpty: false,
  });
}
