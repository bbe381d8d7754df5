import { glob, isDynamicPattern } from 'tinyglobby';

/** `*`, `**`, `?`, `[abc]`, `{a,b}`. */
export function isGlob(text: string): boolean {
  return isDynamicPattern(text);
}

/** Files that match, in order of their names; hidden ones only where the pattern says so. Folders that cannot be read count as empty. */
export async function expandGlob(pattern: string): Promise<string[]> {
  // A symbolic link may lead round in a circle: `**` does not follow it.
  const found = await glob(pattern, {
    absolute: true,
    expandDirectories: false,
    followSymbolicLinks: !pattern.includes('**'),
  });
  return found.sort();
}

/** The folder in which the search of a pattern begins. */
export function baseOf(pattern: string): string {
  const segments = pattern.split('/');
  const first = segments.findIndex((segment) => isGlob(segment));
  return segments.slice(0, first < 0 ? -1 : first).join('/') || '/';
}

/** Splits at commas, but for those inside of braces. */
export function splitPatterns(text: string): string[] {
  const patterns: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= text.length; at++) {
    const character = text[at];
    if (character === '{') depth++;
    else if (character === '}') depth = Math.max(0, depth - 1);
    else if (at === text.length || (character === ',' && depth === 0)) {
      patterns.push(text.slice(from, at).trim());
      from = at + 1;
    }
  }
  return patterns.filter((pattern) => pattern !== '');
}
