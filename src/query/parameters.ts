import { z } from 'zod';

/** Of a call that takes none in its address: any is refused. */
export const noParameters = z.strictObject({});

/** One of these words; another is refused with all of them. */
export function oneOf<const T extends readonly string[]>(words: T) {
  return z.enum(words, { error: ({ input }) => `"${String(input)}" is none of ${words.join(', ')}` });
}

/** Names with commas between, or the parameter once for each. */
export const listSchema = z.union([z.string(), z.array(z.string())]);
export type List = z.infer<typeof listSchema>;

export function namesIn(list: List): string[] {
  return [list].flat().flatMap((names) => names.split(',').map((name) => name.trim()));
}

/** A whole number in a query string. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  return z.coerce
    .number('is no number')
    .int('is no whole number')
    .min(least, `is at least ${least}`)
    .max(most, `is at most ${most}`);
}

/** Any number in a query string. */
export function realNumber(least: number, most = Number.MAX_SAFE_INTEGER) {
  return z.coerce.number('is no number').min(least, `is at least ${least}`).max(most, `is at most ${most}`);
}
