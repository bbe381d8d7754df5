import { Stretch } from '../query/in-turns.js';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** Items of a list that are written at a stretch. */
const ITEMS = 256;
/** Characters of lines that are sent together. */
const CHARACTERS = 1 << 16;

/**
 * The JSON of an answer, whose lists may have hundreds of thousands of items, in pieces: written whole it would keep
 * others waiting for seconds. Lists in lists are written whole.
 */
export function jsonPieces(value: unknown): AsyncGenerator<string> {
  return inPieces(jsonTexts(value));
}

function* jsonTexts(value: unknown): Generator<string> {
  if (Array.isArray(value)) yield* listPieces(value);
  else if (typeof value === 'object' && value !== null) yield* objectPieces(value);
  else yield JSON.stringify(value);
}

function* listPieces(list: readonly unknown[]): Generator<string> {
  if (list.length <= ITEMS) {
    yield JSON.stringify(list);
    return;
  }
  for (let from = 0; from < list.length; from += ITEMS) {
    const items = JSON.stringify(list.slice(from, from + ITEMS)).slice(1, -1);
    yield `${from === 0 ? '[' : ','}${items}`;
  }
  yield ']';
}

function* objectPieces(object: object): Generator<string> {
  let before = '{';
  for (const [name, value] of Object.entries(object) as [string, unknown][]) {
    if (value === undefined) continue;
    yield `${before}${JSON.stringify(name)}:`;
    yield* jsonTexts(value);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

/** Texts one after another, the short ones together; while they are made others have their turn. */
export async function* inPieces(texts: Iterable<string>): AsyncGenerator<string> {
  const stretch = new Stretch();
  let piece = '';
  for (const text of texts) {
    piece += text;
    if (piece.length >= CHARACTERS) {
      yield piece;
      piece = '';
    }
    if (stretch.isOver) await stretch.giveWay();
  }
  if (piece !== '') yield piece;
}
