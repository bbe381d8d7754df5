import type { L7, RecordedFlow } from '../flow/flow.js';
import type { Predicate } from './criterion.js';

/** The texts of L7 messages, of which most are their own. */
const texts = {
  path: ({ http }: L7) => http?.path,
  url: ({ http }: L7) => http?.url,
  query: ({ dns }: L7) => dns?.query,
} as const;

export type L7Text = keyof typeof texts;

/** What a predicate asks of one text of the message, and of nothing else in the flow: whoever has the texts asks them. */
export interface TextTest {
  readonly of: L7Text;
  passes(text: string): boolean;
}

const tests = new WeakMap<Predicate, TextTest>();

/** Undefined where a predicate asks for more, or for something else. */
export function textTestOf(predicate: Predicate): TextTest | undefined {
  return tests.get(predicate);
}

/** Flows whose message has this text, and it passes. */
export function onL7Text(of: L7Text, passes: (text: string) => boolean): Predicate {
  const read = texts[of];
  const predicate = ({ l7 }: RecordedFlow) => {
    const text = l7 && read(l7);
    return text !== undefined && passes(text);
  };
  tests.set(predicate, { of, passes });
  return predicate;
}
