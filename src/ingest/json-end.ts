import { DEEPEST } from '../domain/flow/json.js';

const QUOTE = 34;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const NONE = -1;
/** Of a part, whose record has a few levels more: what is deeper is parsed whole, which tells how deep it is. */
export const DEEPEST_PART = DEEPEST - 10;

/** Behind the brace or bracket that closes the object or array, unless it is too deep; what else is inside is for others to judge. */
export function endOfValue(bytes: Uint8Array, from: number, end: number, deepest = DEEPEST): number {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < end; at++) {
    const code = bytes[at] ?? 0;
    if (quoted) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > deepest) return NONE;
    } else if ((code === CLOSE_BRACE || code === CLOSE_BRACKET) && --depth === 0) return at + 1;
    // No object or array begins here.
    if (depth === 0) return NONE;
  }
  return NONE;
}
