import type { Predicate } from '../criterion.js';
import { all, any, not } from '../filter.js';
import { comparison } from './comparison.js';
import { expressionError, ExpressionReader, type Operator } from './expression-reader.js';

const LONGEST = 4_096;
/** Brackets and `not` within each other. */
const DEEPEST = 32;
const MOST_COMPARISONS = 200;

/**
 * `q=`: comparisons joined by `and`, `or`, `not` and brackets.
 *
 *     or         = and *( "or" and )
 *     and        = not *( "and" not )
 *     not        = "not" not / "(" or ")" / comparison
 *     comparison = field operator value / field "in" "(" value *( "," value ) ")"
 */
export function parseExpression(text: string): Predicate {
  if (text.length > LONGEST) {
    throw expressionError(LONGEST, `an expression has at most ${LONGEST} characters`);
  }
  const reader = new ExpressionReader(text);
  const predicate = new Parser(reader).or(0);
  if (reader.isAtEnd) return predicate;
  const rest = reader.text.charAt(reader.position);
  throw expressionError(
    reader.position,
    rest === ')' ? 'there is no ( to this )' : `expected and, or or the end, found ${JSON.stringify(rest)}`,
  );
}

class Parser {
  #comparisons = 0;

  constructor(private readonly reader: ExpressionReader) {}

  or(depth: number): Predicate {
    const either = [this.#and(depth)];
    while (this.reader.skipWord('or')) either.push(this.#and(depth));
    return any(either);
  }

  #and(depth: number): Predicate {
    const each = [this.#not(depth)];
    while (this.reader.skipWord('and')) each.push(this.#not(depth));
    return all(each);
  }

  #not(depth: number): Predicate {
    const { reader } = this;
    const { position } = reader;
    if (depth > DEEPEST)
      throw expressionError(position, `at most ${DEEPEST} brackets and nots within each other`);
    if (reader.skipWord('not')) return not(this.#not(depth + 1));
    if (!reader.skip('(')) return this.#comparison();
    const inner = this.or(depth + 1);
    if (!reader.skip(')'))
      throw expressionError(reader.position, `expected ) to the ( at character ${position + 1}`);
    return inner;
  }

  #comparison(): Predicate {
    const { reader } = this;
    const { position } = reader;
    const field = reader.field();
    if (reader.skipWord('in')) return this.#list(field, position);
    const at = reader.position;
    const operator = reader.operator();
    return this.#compare(field, position, operator, at, () => reader.value());
  }

  #list(field: string, position: number): Predicate {
    const { reader } = this;
    const at = reader.position;
    if (!reader.skip('(')) throw expressionError(at, 'expected ( and values with commas between');
    const either: Predicate[] = [];
    do {
      either.push(this.#compare(field, position, '=', at, () => reader.value({ inList: true })));
    } while (reader.skip(','));
    if (!reader.skip(')')) throw expressionError(reader.position, 'expected , or ) in the list');
    return any(either);
  }

  #compare(field: string, position: number, operator: Operator, at: number, read: () => string): Predicate {
    const places = { field: position, operator: at, value: this.reader.position };
    if (++this.#comparisons > MOST_COMPARISONS) {
      throw expressionError(places.value, `at most ${MOST_COMPARISONS} comparisons`);
    }
    return comparison(field, operator, read(), places);
  }
}
