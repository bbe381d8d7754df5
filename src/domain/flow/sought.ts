/** Numbers that JSON can write in another way than JavaScript: with a fraction, an exponent, or more than 15 digits. */
const ODD_NUMBER = /(?:^|[:,[\s])-?\d+(?:[.eE]|\d{15})/;
/** What JavaScript writes numbers with. */
const NUMERIC = /^[\d.e+-]+$/;

/** What JSON can write these with, beside their numbers. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\b': 'b',
  '\f': 'f',
  '\n': 'n',
  '\r': 'r',
  '\t': 't',
  '"': '"',
  '/': '/',
  '\\': '\\\\',
};

/** Words of which one is looked for in the values of records: in texts and numbers, in any case. */
export class Sought {
  readonly #words: readonly string[];
  readonly #hasSigma: boolean;
  readonly #canBeNumbers: boolean;
  readonly #escaped: RegExp;

  constructor(words: readonly string[]) {
    const lower = words.map((word) => word.toLowerCase());
    // Which of the two a Σ becomes depends on what is around it.
    this.#hasSigma = lower.some((word) => /[σς]/.test(word));
    this.#words = lower.map((word) => word.replaceAll('ς', 'σ'));
    this.#canBeNumbers = this.#words.some((word) => NUMERIC.test(word) || 'infinity'.includes(word));
    this.#escaped = escapesOf(this.#words.join(''));
  }

  isIn(value: string): boolean {
    const lower = value.toLowerCase();
    const folded = this.#hasSigma ? lower.replaceAll('ς', 'σ') : lower;
    return this.#words.some((word) => folded.includes(word));
  }

  /** Whether it can be in a value of this JSON, or of a piece of it: told by its text, which is quicker than to parse it. */
  canBeIn(json: string): boolean {
    return (
      this.isIn(json) ||
      (json.includes('\\') && this.#escaped.test(json)) ||
      (this.#canBeNumbers && ODD_NUMBER.test(json))
    );
  }

  /** Whether it can be in a value that is written with these characters alone, in lower case. */
  canBeOf(characters: RegExp): boolean {
    return this.#words.some((word) => characters.test(word));
  }

  /** Whether it is in one of the values that a value of JSON is made of. The names of members are none. */
  isInAny(value: unknown): boolean {
    return leavesOf(value, (leaf) => this.isIn(leaf));
  }
}

/** Finds what JSON can write one of these with other than by itself: any escape of it, and any beyond ASCII. */
function escapesOf(lower: string): RegExp {
  const characters = new Set(Array.from(lower + lower.toUpperCase()));
  const escapes = Array.from(characters).flatMap((character) => {
    const number = character.charCodeAt(0).toString(16).padStart(2, '0');
    return [`u00${number}`, ESCAPES[character] ?? []].flat();
  });
  return new RegExp(String.raw`\\(?:u(?!00[0-7])|${escapes.join('|')})`, 'i');
}

/** Shows the texts and numbers in a value of JSON until one is accepted. */
export function leavesOf(value: unknown, accepts: (leaf: string) => boolean): boolean {
  if (typeof value === 'string') return accepts(value);
  if (typeof value === 'number') return accepts(String(value));
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((member) => leavesOf(member, accepts));
}
