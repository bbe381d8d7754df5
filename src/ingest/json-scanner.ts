import { DEEPEST } from '../domain/flow/json.js';

/** What may stand next. */
const enum Next {
  value,
  /** The first of a list, or its end. */
  valueOrEnd,
  key,
  keyOrEnd,
  colon,
  commaOrEnd,
}

/**
 * Finds where a JSON object ends, across lines and chunks: braces and brackets outside of strings are counted. On the
 * way it sees where no JSON can go on so, as where an object was cut off and another begins; whether the whole is
 * valid, JSON.parse says afterwards.
 */
export class JsonScanner {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #inWord = false;
  #next: Next = Next.value;
  /** By depth; deeper ones are rejected anyway, and only counted. */
  readonly #isObject = new Uint8Array(DEEPEST + 1);
  #isBroken = false;

  get inString(): boolean {
    return this.#inString;
  }

  /** What was read since the beginning of the object begins no JSON. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  reset(): void {
    this.#depth = 0;
    this.#inString = false;
    this.#escaped = false;
    this.#inWord = false;
    this.#next = Next.value;
    this.#isBroken = false;
  }

  /** Index behind the end of the object that is open or begins at `from`; -1 when the text ends before it. */
  scan(text: string, from: number): number {
    for (let i = from; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (code === BACKSLASH) this.#escaped = true;
        else if (code === QUOTE) this.#inString = false;
      } else if (code === QUOTE) this.#beginString();
      else if (code === OPEN_BRACE || code === OPEN_BRACKET) this.#open(code === OPEN_BRACE);
      else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
        this.#close(code === CLOSE_BRACE);
        if (this.#depth === 0) return i + 1;
      } else this.#takeOther(code);
    }
    return -1;
  }

  #beginString(): void {
    this.#inString = true;
    this.#inWord = false;
    if (this.#next === Next.key || this.#next === Next.keyOrEnd) this.#next = Next.colon;
    else this.#takeValue();
  }

  #takeValue(): void {
    this.#demand(this.#next === Next.value || this.#next === Next.valueOrEnd);
    this.#next = Next.commaOrEnd;
  }

  #open(isObject: boolean): void {
    this.#takeValue();
    this.#inWord = false;
    this.#depth++;
    if (this.#depth <= DEEPEST) this.#isObject[this.#depth] = isObject ? 1 : 0;
    this.#next = isObject ? Next.keyOrEnd : Next.valueOrEnd;
  }

  #close(isObject: boolean): void {
    this.#demand(this.#inObject === isObject && this.#mayEnd);
    this.#inWord = false;
    this.#depth--;
    this.#next = Next.commaOrEnd;
  }

  get #inObject(): boolean {
    return this.#isObject[this.#depth] === 1;
  }

  get #mayEnd(): boolean {
    return this.#next === Next.commaOrEnd || this.#next === Next.keyOrEnd || this.#next === Next.valueOrEnd;
  }

  /** A comma, a colon, white space, or a part of a number or word. */
  #takeOther(code: number): void {
    if (isSpace(code)) this.#inWord = false;
    else if (code === COMMA) {
      this.#demand(this.#next === Next.commaOrEnd);
      this.#inWord = false;
      this.#next = this.#inObject ? Next.key : Next.value;
    } else if (code === COLON) {
      this.#demand(this.#next === Next.colon);
      this.#inWord = false;
      this.#next = Next.value;
    } else if (!this.#inWord) {
      this.#demand(beginsWord(code));
      this.#takeValue();
      this.#inWord = true;
    }
  }

  #demand(holds: boolean): void {
    if (!holds && this.#depth <= DEEPEST) this.#isBroken = true;
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

/** A number, `true`, `false` or `null`. */
function beginsWord(code: number): boolean {
  return WORDS.includes(code);
}

const WORDS = Array.from('-0123456789tfn', (sign) => sign.charCodeAt(0));

// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f]/;

/** The same JSON on one line: as it was written, but without white space between its parts where some of that is no blank. */
export function onOneLine(json: string): string {
  const text = trimmed(json);
  return CONTROL.test(text) ? minify(text) : text;
}

/** Not by a pattern, which looks at a long run of blanks within it again from each of them. */
function trimmed(json: string): string {
  let from = 0;
  let to = json.length;
  while (isSpace(json.charCodeAt(from))) from++;
  while (to > from && isSpace(json.charCodeAt(to - 1))) to--;
  return json.slice(from, to);
}

/** What is no JSON must not become some: of white space within a number or a word a blank stays. */
function minify(json: string): string {
  let short = '';
  let from = 0;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at);
    else if (isSpace(code)) {
      let behind = at + 1;
      while (isSpace(json.charCodeAt(behind))) behind++;
      const isTorn = isOfWord(json.charCodeAt(at - 1)) && isOfWord(json.charCodeAt(behind));
      short += json.slice(from, at) + (isTorn ? ' ' : '');
      from = behind;
      at = behind - 1;
    }
  }
  return from === 0 ? json : short + json.slice(from);
}

/** As JSON knows it: blank, tab, line feed, carriage return. */
function isSpace(code: number): boolean {
  return code === 32 || (code <= 13 && (code === 9 || code === 10 || code === 13));
}

/** All that is none of the signs between the parts of JSON, nor a quote. */
function isOfWord(code: number): boolean {
  return !SIGNS.includes(code);
}

const SIGNS = Array.from('{}[],:"', (sign) => sign.charCodeAt(0));

/** Index of the closing quote. */
function endOfString(json: string, start: number): number {
  for (let at = json.indexOf('"', start + 1); at >= 0; at = json.indexOf('"', at + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return at;
  }
  return json.length;
}
