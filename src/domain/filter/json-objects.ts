import { Refusal, shown } from './criterion.js';

/** The objects of a text that holds one or several, one behind the other, as Hubble's `--allowlist` takes them. */
export function readObjects(text: string): unknown[] {
  return splitObjects(text).map((part) => {
    try {
      return JSON.parse(part) as unknown;
    } catch (error) {
      throw new Refusal(
        `${shown(part)} is no JSON: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  });
}

/** Cut behind each brace that closes the first one open; what is behind the last is a part of its own. */
function splitObjects(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/gs)) {
    if (token === '{') depth++;
    if (token === '}') depth--;
    if (token !== '}' || depth !== 0) continue;
    parts.push(text.slice(from, index + 1));
    from = index + 1;
  }
  const rest = text.slice(from);
  if (rest.trim() !== '' || parts.length === 0) parts.push(rest);
  return parts;
}
