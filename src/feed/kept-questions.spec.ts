import { describe, expect, it } from '@jest/globals';
import { KeptQuestions } from './kept-questions.js';

/** Asks for questions by name, which then grow to so many parts. */
function asking(mostParts: number) {
  const kept = new KeptQuestions<{ parts: number }>(mostParts);
  const known = new Set<{ parts: number }>();
  return (name: string, parts: number) => {
    const question = kept.ask(name, () => ({ parts: 0 }));
    question.parts = parts;
    const wasKept = known.has(question);
    known.add(question);
    return wasKept ? 'kept' : 'new';
  };
}

describe('questions that are kept', () => {
  it('are the last 64', () => {
    const ask = asking(1_000);
    for (let i = 0; i < 65; i++) expect(ask(`${i}`, 1)).toBe('new');
    expect(ask('1', 1)).toBe('kept');
    expect(ask('0', 1)).toBe('new');
  });

  it('make room where they have too many parts together: large ones, the one that was asked last but itself', () => {
    const ask = asking(1_000);
    expect([ask('small', 10), ask('first', 600), ask('second', 600)]).toEqual(['new', 'new', 'new']);
    // Of the two large ones the first goes.
    expect([ask('small', 10), ask('second', 600), ask('first', 600)]).toEqual(['kept', 'kept', 'new']);
    expect([ask('first', 5_000), ask('small', 10)]).toEqual(['kept', 'kept']);
    expect(ask('first', 10)).toBe('new');
  });
});
