import { visible } from '../../../src/domain/visible.js';

/** Beyond what a terminal obeys: what a page draws as nothing, turns text around by, or breaks lines at. */
const UNSEEN = /[\u061c\u200b-\u200f\u2028\u2029\u2060\ufeff]/g;

/** Text from flows as every part of the page shows it: nothing hides in it, and nothing in it is obeyed. */
export function shown(text: string): string {
  return visible(text).replace(
    UNSEEN,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}

/** Names in tables and on the map; the panel has the whole of longer ones. */
const LONGEST_NAME = 120;

export function shownName(name: string): string {
  return shorten(shown(name), LONGEST_NAME);
}

/** Keeps both ends of a long name: the end often tells names apart. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const tail = Math.floor((max - 1) / 2);
  return `${text.slice(0, max - 1 - tail).replace(HALF_AT_END, '')}…${text
    .slice(text.length - tail)
    .replace(HALF_AT_START, '')}`;
}

/** Characters beyond 16 bits are two halves, of which one alone is drawn as nonsense. */
const HALF_AT_END = /[\ud800-\udbff]$/;
const HALF_AT_START = /^[\udc00-\udfff]/;
