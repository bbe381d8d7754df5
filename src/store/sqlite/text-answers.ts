import type { Predicate } from '../../domain/filter/criterion.js';
import type { TextTest } from '../../domain/filter/l7-text.js';
import { DNS, HTTP } from './heads.js';
import type { Messages } from './messages.js';
import type { FirstColumn } from './row-answers.js';
import type { Segment } from './segment.js';
import { Column } from './watched-row.js';

const PASSES = 1;
const FAILS = 2;

/**
 * Answers of a predicate that looks at one text of messages: each different text of a segment is asked once, and no
 * flow is made for it. Most texts are their own, so for them there is little else to be saved.
 */
export class TextAnswers {
  /** Parts of messages that may change what a template tells; templates are looked at first. */
  readonly first = Column.l7Parts;
  readonly #part: number;
  /** By the number of the text. */
  readonly #known = new WeakMap<Messages, Uint8Array>();

  constructor(
    private readonly matches: Predicate,
    private readonly test: TextTest,
  ) {
    this.#part = test.of === 'query' ? DNS : HTTP;
  }

  byColumn(name: FirstColumn, segment: Segment, row: number): boolean | undefined {
    return name === 'template' && !segment.canHaveL7(row) ? false : undefined;
  }

  withoutL7(): boolean {
    return false;
  }

  of(segment: Segment): (row: number) => boolean {
    let read: ((row: number) => boolean) | undefined;
    return (row) => {
      // Before any text is read: most messages have none of this kind.
      if (read === undefined && (segment.l7Parts(row) & this.#part) === 0) return false;
      read ??= this.#ofMessages(segment, segment.messages);
      return read(row);
    };
  }

  #ofMessages(segment: Segment, messages: Messages): (row: number) => boolean {
    const ofPath = this.test.of === 'path';
    const known = this.#knownOf(messages, ofPath);
    return (row) => {
      const message = messages.number(row);
      const parts = messages.parts(message);
      if ((parts & this.#part) === 0) return false;
      // The text of such a message is its URL.
      if (this.#part === DNS && (parts & HTTP) !== 0) return this.matches(segment.cursor(row));
      const number = ofPath ? messages.pathNumber(message) : messages.textNumber(message);
      let answer = known[number];
      if (answer === 0) known[number] = answer = this.#ask(messages, message, ofPath) ? PASSES : FAILS;
      return answer === PASSES;
    };
  }

  #ask(messages: Messages, message: number, ofPath: boolean): boolean {
    const text = ofPath ? messages.path(message) : messages.text(message);
    return text !== undefined && this.test.passes(text);
  }

  #knownOf(messages: Messages, ofPath: boolean): Uint8Array {
    let known = this.#known.get(messages);
    if (known === undefined) {
      known = new Uint8Array(ofPath ? messages.paths + 1 : messages.texts);
      this.#known.set(messages, known);
    }
    return known;
  }
}
