interface Token {
  /** `other` is a number or a word. */
  kind: 'open' | 'close' | 'key' | 'text' | 'other';
  from: number;
  to: number;
}

/** The tokens of valid JSON but for commas and colons. */
export function* tokens(json: string): Generator<Token> {
  for (let at = 0; at < json.length; at++) {
    const character = json.charAt(at);
    if (character === '{' || character === '[') yield { kind: 'open', from: at, to: at + 1 };
    else if (character === '}' || character === ']') yield { kind: 'close', from: at, to: at + 1 };
    else if (character === '"') {
      const to = endOfText(json, at);
      yield { kind: isFollowedByColon(json, to) ? 'key' : 'text', from: at, to };
      at = to - 1;
    } else if (!isBetween(character)) {
      let to = at + 1;
      while (to < json.length && !isBetween(json.charAt(to)) && !'}]'.includes(json.charAt(to))) to++;
      yield { kind: 'other', from: at, to };
      at = to - 1;
    }
  }
}

function isBetween(character: string): boolean {
  return character === ',' || character === ':' || character <= ' ';
}

/** Behind the closing quote. */
function endOfText(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (json[at - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return at + 1;
  }
  return json.length;
}

function isFollowedByColon(json: string, from: number): boolean {
  let at = from;
  while (at < json.length && json.charAt(at) <= ' ') at++;
  return json[at] === ':';
}
