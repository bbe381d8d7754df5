import { readTokens } from './json-tokens.js';

/** A value of a record's JSON that redaction may be about. */
export interface MessageText {
  kind: 'url' | 'header' | 'kafka key' | 'text' | 'summary' | 'printed' | 'note';
  /** Names of the header: more than one where a key stands there twice. */
  names: readonly string[];
  value: string;
  /** From the first character of the value's JSON to behind the last. */
  from: number;
  to: number;
}

type Place = 'outside' | 'l7' | 'headers' | 'kafka' | 'dns' | 'origin' | 'note';
/** Of a list at the top of the record; another one of that name is none of ours. */
const NOTE_DEPTH = 2;
type Scalar = Pick<MessageText, 'value' | 'from' | 'to'> & { isText: boolean };

/** An object or an array that is open. */
interface Open {
  place: Place;
  isArray: boolean;
  /** Of an object the key last read; of an array the key that it stands under. */
  key: string;
  /** A header told as `{"key","value"}`: known whole only at its end. */
  header: { names: string[]; values: Scalar[] };
}

/** Member of the record's own object that tells what was redacted. */
export const NOTE = 'flowatlas_redacted';

/**
 * The texts of a record's L7 message, of its summary, and of what Hubble printed where the record was read from that, found in its JSON by one pass over its tokens:
 * so keys may be escaped or stand there twice, and nesting costs no stack. The JSON has to be valid.
 */
export function findMessageTexts(json: string): MessageText[] {
  const found: MessageText[] = [];
  const open: Open[] = [];
  let noted = false;
  readTokens(json, (kind, from, to) => {
    const parent = open.at(-1);
    if (kind === 'open') {
      const isNote: boolean = !noted && open.length === 1 && parent?.key === NOTE && json[from] === '[';
      noted ||= isNote;
      open.push(opened(parent, json[from] === '[', isNote));
    } else if (kind === 'close') close(open.pop(), found);
    else if (parent === undefined) return;
    else if (kind === 'key') parent.key = decode(json.slice(from, to));
    else if (isOfInterest(parent)) {
      const text = json.slice(from, to);
      const isText = kind === 'text';
      const scalar = { value: isText ? decode(text) : text, isText, from, to };
      if (parent.place === 'note') {
        if (isText && open.length === NOTE_DEPTH) add(found, 'note', scalar);
      } else if (text !== 'null') takeScalar(parent, scalar, found);
    }
  });
  return found;
}

function isOfInterest({ place, key }: Open): boolean {
  if (place === 'outside') return key === 'Summary' || key === 'summary';
  return place === 'origin' ? key === 'text' : place !== 'dns';
}

function decode(token: string): string {
  return token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
}

function opened(parent: Open | undefined, isArray: boolean, isNote: boolean): Open {
  const place = isNote ? 'note' : parent === undefined ? 'outside' : placeWithin(parent);
  // A header with a list of values: they belong to the object around.
  const shared = isArray && place === 'headers' ? parent?.header : undefined;
  return { place, isArray, key: parent?.key ?? '', header: shared ?? { names: [], values: [] } };
}

function placeWithin({ place, key, isArray }: Open): Place {
  if (isArray) return place;
  if (place === 'outside') return key === 'l7' ? 'l7' : key === 'flowatlas' ? 'origin' : 'outside';
  if (place !== 'l7') return place;
  const name = key.toLowerCase();
  return name === 'headers' || name === 'kafka' || name === 'dns' ? name : 'l7';
}

function takeScalar(parent: Open, text: Scalar, found: MessageText[]): void {
  const { place, key } = parent;
  if (place === 'headers') headerScalar(parent, text, found);
  else if (place === 'kafka' && /^api_?key$/i.test(key)) add(found, 'kafka key', text);
  else if (!text.isText) return;
  else if (place === 'outside') add(found, 'summary', text);
  else if (place === 'origin') add(found, 'printed', text);
  else add(found, key.toLowerCase() === 'url' ? 'url' : 'text', text);
}

function headerScalar({ key, header }: Open, text: Scalar, found: MessageText[]): void {
  const name = key.toLowerCase();
  if (name === 'key') header.names.push(text.value);
  else if (name === 'value') header.values.push(text);
  // Told as `{"Name": "value"}`.
  else add(found, 'header', text, [key]);
}

function close(done: Open | undefined, found: MessageText[]): void {
  if (done === undefined || done.isArray) return;
  for (const value of done.header.values) add(found, 'header', value, done.header.names);
}

function add(
  found: MessageText[],
  kind: MessageText['kind'],
  { value, from, to }: Scalar,
  names: readonly string[] = [],
): void {
  found.push({ kind, names, value, from, to });
}
