export interface NumberedLine {
  number: number;
  text: string;
}

/** How lines of an object begin that is printed one member a line, but for the first: further in, or with its end. */
const GOES_ON = /^(?:[\s}\]]|$)/;

export function goesOn(line: string): boolean {
  return GOES_ON.test(line);
}

/** The text of an object that goes on in the next line; of one that is too long only that it is open. */
export class OpenObject {
  #texts: string[] = [];
  /** Of its lines. */
  #numbers: number[] = [];
  #length = 0;
  #beginsLine = false;
  /** The first of its lines in which something else may begin, and the first that cannot be its own; 0 for none. */
  #other = 0;
  #broken = 0;

  constructor(private readonly longest: number) {}

  get isOpen(): boolean {
    return this.#numbers.length > 0;
  }

  get isTooLong(): boolean {
    return this.#length > this.longest;
  }

  /** The number of the line in which it begins. */
  get line(): number {
    return this.#numbers[0] ?? 0;
  }

  /** Something else may begin in one of its lines. */
  get mayHoldOthers(): boolean {
    return this.#other > 0;
  }

  begin(text: string, line: number): void {
    this.#numbers = [line];
    this.add(text);
  }

  add(text: string): void {
    if (this.#beginsLine && this.#other === 0 && !goesOn(text)) this.#other = this.#numbers.length - 1;
    this.#beginsLine = false;
    this.#length += text.length;
    if (this.isTooLong) this.#texts = [];
    else this.#texts.push(text);
  }

  /** `isBroken`: no JSON goes on so. `next` is the number of the line that follows. */
  endLine(isBroken: boolean, next: number): void {
    if (isBroken && this.#broken === 0) this.#broken = this.#numbers.length - 1;
    this.add('\n');
    this.#beginsLine = true;
    if (this.isTooLong) this.#numbers.length = 1;
    else this.#numbers.push(next);
  }

  /** Its text; it is open no more. */
  take(): string {
    const text = this.#texts.join('');
    this.#texts = [];
    this.#numbers = [];
    this.#length = this.#other = this.#broken = 0;
    this.#beginsLine = false;
    return text;
  }

  /** Where it was cut off, its lines from the first on that is not its own. */
  linesOfOthers(): NumberedLine[] {
    if (!this.mayHoldOthers || this.isTooLong) return [];
    const texts = this.#texts.join('').replace(/\n$/, '').split('\n');
    const lines = texts.map((text, i) => ({ number: this.#numbers[i] ?? this.line, text }));
    return lines.slice(this.#broken === 0 ? this.#other : Math.min(this.#other, this.#broken));
  }
}
