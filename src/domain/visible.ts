/** What a terminal or a page would obey: control characters, and marks that turn the direction of text. */
// eslint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Text from flows, with what would be obeyed shown instead. */
export function visible(text: string): string {
  return text.replace(OBEYED, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
