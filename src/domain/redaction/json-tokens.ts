/** `other` is a number or a word. */
export type TokenKind = 'open' | 'close' | 'key' | 'text' | 'other';

/** Tells the tokens of valid JSON but for commas and colons. */
export function readTokens(json: string, tell: (kind: TokenKind, from: number, to: number) => void): void {
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === OPEN_BRACE || code === OPEN_BRACKET) tell('open', at, at + 1);
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) tell('close', at, at + 1);
    else if (code === QUOTE) {
      const to = endOfText(json, at);
      tell(isFollowedByColon(json, to) ? 'key' : 'text', at, to);
      at = to - 1;
    } else if (!isBetween(code)) {
      let to = at + 1;
      while (to < json.length && !endsWord(json.charCodeAt(to))) to++;
      tell('other', at, to);
      at = to - 1;
    }
  }
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const SPACE = 32;

function isBetween(code: number): boolean {
  return code === COMMA || code === COLON || code <= SPACE;
}

function endsWord(code: number): boolean {
  return isBetween(code) || code === CLOSE_BRACE || code === CLOSE_BRACKET;
}

/** Behind the closing quote. */
function endOfText(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
  return json.length;
}

function isFollowedByColon(json: string, from: number): boolean {
  let at = from;
  while (at < json.length && json.charCodeAt(at) <= SPACE) at++;
  return json.charCodeAt(at) === COLON;
}
