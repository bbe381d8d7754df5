import { isObject, listOf, objectOf, type Json } from '../domain/flow/json.js';

/** What a terminal would obey, or a reader take for a line of its own: control characters, and marks that turn text around. */
// eslint-disable-next-line no-control-regex
const OBEYED = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text of a record, with what a terminal would obey shown instead of sent: ESC as `^[` and CR as `\r`
 * like Hubble, the rest of it, which Hubble sends, as `\u000a`.
 */
export function shown(text: string): string {
  return text.replace(OBEYED, (character) => {
    if (character === '\u001b') return '^[';
    if (character === '\r') return '\\r';
    return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
}

/** Members of a record in either spelling of protojson; null is absent. Texts come out as they may be shown. */
export class Fields {
  constructor(private readonly json: Json) {}

  get(name: string): unknown {
    return this.json[name] ?? this.json[camelOf(name)] ?? undefined;
  }

  /** A text, or a number in words. */
  text(name: string): string {
    return shownText(this.get(name));
  }

  texts(name: string): string[] {
    return listOf(this.get(name)).map(shownText);
  }

  /** Of any size: 64-bit integers come as text. */
  digits(name: string): string {
    const text = this.text(name);
    return /^-?\d+$/.test(text) ? text : '0';
  }

  has(name: string): boolean {
    return isObject(this.get(name));
  }

  /** A message inside; one without anything where it is absent. */
  of(name: string): Fields {
    return new Fields(objectOf(this.get(name)));
  }

  list(name: string): Fields[] {
    return listOf(this.get(name)).map((item) => new Fields(objectOf(item)));
  }

  /** An enum by name; the first name is that of an absent one, and of numbers without a name it is the number. */
  enum(name: string, names: readonly string[]): string {
    const value = this.get(name) ?? 0;
    if (typeof value === 'string') return shown(value);
    return typeof value === 'number' ? (names[value] ?? String(value)) : (names[0] ?? '');
  }
}

function shownText(value: unknown): string {
  if (typeof value === 'string') return shown(value);
  return typeof value === 'number' ? String(value) : '';
}

const camel = new Map<string, string>();

function camelOf(name: string): string {
  let spelled = camel.get(name);
  if (spelled === undefined) {
    spelled = name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    camel.set(name, spelled);
  }
  return spelled;
}
