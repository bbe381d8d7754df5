/** A number to the letter: JavaScript would round it. */
export class Digits {
  constructor(readonly text: string) {}
}

export interface Style {
  /** Blanks behind commas and colons, as Python writes them. */
  spaced?: boolean;
  /** Keys in the opposite order, as if another program had sorted them. */
  reversed?: boolean;
}

/** JSON on one line, in the style of one of the programs that write Hubble's records. */
export function jsonText(value: unknown, style: Style = {}): string {
  const comma = style.spaced === true ? ', ' : ',';
  const colon = style.spaced === true ? ': ' : ':';
  if (value instanceof Digits) return value.text;
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item, style)).join(comma)}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  if (style.reversed === true) entries.reverse();
  return `{${entries.map(([key, member]) => `${JSON.stringify(key)}${colon}${jsonText(member, style)}`).join(comma)}}`;
}

/** A JSON value in which long numbers are told apart by their digits, to compare without loss. */
export function losslessly(text: string): unknown {
  let marked = '';
  let at = 0;
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g)) {
    const [found] = token;
    marked += text.slice(at, token.index);
    marked += found.startsWith('"') || found.length < 16 ? found : JSON.stringify(`digits ${found}`);
    at = token.index + found.length;
  }
  return JSON.parse(marked + text.slice(at));
}

/** The same text for equal JSON values, in whatever order their members are. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
