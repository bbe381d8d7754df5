import { FlowatlasError } from '../../errors.js';

/** What is wrong, and at which character, counted from 1. */
export function expressionError(position: number, reason: string): FlowatlasError {
  return new FlowatlasError('invalid_filter', `q: at character ${position + 1}: ${reason}`, 'q', {
    position: position + 1,
  });
}

const operators = ['!=', '!~', '<=', '>=', '=', '~', '<', '>'] as const;
export type Operator = (typeof operators)[number];

const WORD = /[A-Za-z_][\w-]*/y;
/** A value without quotes ends at a blank, a bracket or a quote; in a list also at a comma. */
const BARE = /[^\s()"']+/y;
const BARE_IN_LIST = /[^\s()"',]+/y;

/** Walks over an expression; positions are those of the text, from 0. */
export class ExpressionReader {
  #at = 0;

  constructor(readonly text: string) {}

  /** Where the next thing stands. */
  get position(): number {
    while (/\s/.test(this.text.charAt(this.#at))) this.#at++;
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.position >= this.text.length;
  }

  /** Steps over a bracket or a comma, if it stands here. */
  skip(character: '(' | ')' | ','): boolean {
    if (this.text.charAt(this.position) !== character) return false;
    this.#at++;
    return true;
  }

  /** Steps over `and`, `or`, `not` or `in`, if it stands here. */
  skipWord(wanted: string): boolean {
    const word = this.#match(WORD);
    if (word?.toLowerCase() !== wanted) return false;
    this.#at += word.length;
    return true;
  }

  field(): string {
    return this.#take(WORD) ?? this.#expected('the name of a field');
  }

  operator(): Operator {
    const { position } = this;
    const found = operators.find((operator) => this.text.startsWith(operator, position));
    if (found === undefined) return this.#expected(`one of ${operators.join(' ')} or in`);
    this.#at += found.length;
    return found;
  }

  value({ inList = false } = {}): string {
    const quote = this.text.charAt(this.position);
    if (quote === '"' || quote === "'") return this.#quoted(quote);
    return this.#take(inList ? BARE_IN_LIST : BARE) ?? this.#expected('a value');
  }

  /** A backslash stands before a quote or another one; before anything else it is itself, as in patterns. */
  #quoted(quote: string): string {
    const from = this.#at++;
    let value = '';
    for (;;) {
      const character = this.text.charAt(this.#at++);
      if (character === '') throw expressionError(from, `the ${quote} is never closed`);
      if (character === quote) return value;
      const next = this.text.charAt(this.#at);
      if (character === '\\' && (next === quote || next === '\\')) {
        value += next;
        this.#at++;
      } else value += character;
    }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    return pattern.exec(this.text)?.[0];
  }

  #take(pattern: RegExp): string | undefined {
    const found = this.#match(pattern);
    this.#at += found?.length ?? 0;
    return found;
  }

  #expected(what: string): never {
    const here = this.isAtEnd ? 'the end' : JSON.stringify(this.text.charAt(this.position));
    throw expressionError(this.position, `expected ${what}, found ${here}`);
  }
}
