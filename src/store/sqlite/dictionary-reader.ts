import { hash } from 'node:crypto';
import type Database from 'better-sqlite3';
import { bytesOfEndpoint } from '../../domain/flow/endpoint-reader.js';
import type { Endpoint, L7, Policies } from '../../domain/flow/flow.js';
import { Forgetful } from '../../domain/flow/forgetful.js';
import type { Sought } from '../../domain/flow/sought.js';
import type { Template } from '../../domain/flow/template.js';
import { decompress, refuseChanged } from './compression.js';
import { Damaged, typed } from './damage.js';
import {
  readEndpointLine,
  readL7Line,
  readNodeLine,
  readPoliciesLine,
  readTemplateLine,
  type NodeEntry,
} from './dictionary-lines.js';
import { Kind } from './dictionary-writer.js';
import { Guesses } from './guesses.js';
import { Habits, readHabits } from './habits.js';
import { Lines } from './lines.js';
import { Recent } from '../../domain/recent.js';
import { ValueSearch } from './value-search.js';

/** Generations kept: of a million flows each, with all pods that come and go. */
const GENERATIONS_CACHED = 16;
/** What a generation usually takes, and may take where others are kept beside it. */
const USUAL_BYTES = 32 << 20;
/** Entries of one kind and generation that were read; some 50,000 endpoints. The lines, of which they can be read again, stay. */
const MOST_READ_BYTES = 64 << 20;

/** Reads the dictionary's generations, each as far as it was written when it was last asked. */
export class DictionaryReader {
  readonly #parts = new SharedParts();
  readonly #generations: Recent<number, Generation>;
  /** Stays, however large it is. */
  #last: { number: number; generation: Generation } | undefined;
  readonly #find;

  /** One generation is enough for who reads segment after segment. */
  constructor(db: Database.Database, generations = GENERATIONS_CACHED) {
    this.#generations = new Recent(generations * USUAL_BYTES);
    this.#find = db.prepare<[number, number, number], BlockRow>(
      'SELECT first_id AS firstId, entries, lines, checksum FROM dictionary WHERE generation = ? AND kind = ? AND first_id >= ? ORDER BY first_id',
    );
  }

  generation(number: number): Generation {
    const generation = this.#known(number) ?? this.#unread(number);
    this.#last = { number, generation };
    return this.#generations.put(number, generation, Math.max(USUAL_BYTES, generation.bytes));
  }

  #known(number: number): Generation | undefined {
    return this.#last?.number === number ? this.#last.generation : this.#generations.get(number);
  }

  #unread(number: number): Generation {
    return new Generation((kind, from) => this.#find.all(number, kind, from), this.#parts);
  }
}

interface BlockRow {
  firstId: number;
  entries: number;
  lines: Buffer;
  checksum: number | null;
}

type ReadBlocks = (kind: Kind, from: number) => BlockRow[];

export class Generation {
  readonly #endpoints;
  readonly #templates;
  readonly #texts;
  readonly #nodes;
  readonly #policies;
  readonly #l7;

  readonly #searches = new WeakMap<Sought, ValueSearch>();
  readonly #habits = new Habits();
  readonly guesses = new Guesses();

  constructor(
    private readonly readBlocks: ReadBlocks,
    parts: SharedParts,
  ) {
    this.#endpoints = new EntryReader(Kind.endpoint, readBlocks, parts.endpoint, bytesRead);
    this.#templates = new EntryReader(Kind.template, readBlocks, parts.template);
    this.#texts = new EntryReader(Kind.text, readBlocks, (line) => line.toString('utf8'));
    this.#nodes = new EntryReader(Kind.node, readBlocks, parts.node);
    this.#policies = new EntryReader(Kind.policies, readBlocks, parts.policies);
    this.#l7 = new EntryReader(Kind.l7, readBlocks, parts.l7);
  }

  /** About what it takes by now. */
  get bytes(): number {
    const lists = [this.#endpoints, this.#templates, this.#texts, this.#nodes, this.#policies, this.#l7];
    return lists.reduce((bytes, list) => bytes + list.bytes, 0);
  }

  endpoint = (id: number): Endpoint => this.#endpoints.get(id);
  template = (id: number): Template => this.#templates.get(id);
  text = (id: number): string => this.#texts.get(id);
  node = (id: number): NodeEntry => this.#nodes.get(id);
  policies = (id: number): Policies => this.#policies.get(id);
  /** A kind of messages. */
  l7 = (id: number): L7 => this.#l7.get(id);

  /** Which of its flows say it. */
  searchFor(sought: Sought): ValueSearch {
    let search = this.#searches.get(sought);
    if (search === undefined) this.#searches.set(sought, (search = new ValueSearch(this, sought)));
    return search;
  }

  /** Whether an entry of this kind can have it, of those behind so many blocks; and how many there are now. */
  search(kind: Kind, sought: Sought, blocks: number): { canSay: boolean; blocks: number } {
    if (kind === Kind.text) return this.#texts.search(blocks, (lines) => isInLines(lines, sought));
    const entries = kind === Kind.node ? this.#nodes : this.#endpoints;
    return entries.search(blocks, (lines) => sought.canBeIn(lines.all));
  }

  /** All that are on disk, or as many as were read before where these are enough. */
  habits = (least = Infinity): Habits => {
    if (this.#habits.size < least) this.#loadHabits();
    if (least !== Infinity && this.#habits.size < least)
      throw new Damaged('it rests on habits of the dictionary that are missing or damaged');
    return this.#habits;
  };

  /** Up to the first block that is missing or damaged: what came later cannot be told without it. */
  #loadHabits(): void {
    for (const row of this.readBlocks(Kind.habit, this.#habits.size)) {
      const { firstId, entries, lines, checksum } = typed(row, BLOCK_ROW);
      const bytes = unpacked(lines, checksum);
      if (firstId !== this.#habits.size || bytes === undefined) return;
      for (const habit of readHabits(bytes, entries)) this.#habits.add(habit);
    }
  }
}

const BLOCK_ROW = { firstId: 'count', entries: 'count', lines: 'blob', checksum: 'count?' } as const;

/** The entries of one kind, each read when it is first asked for. */
class EntryReader<T> {
  readonly #blocks: Block[] = [];
  readonly #entries: (T | undefined)[] = [];
  #held = 0;
  #lineBytes = 0;
  #readBytes = 0;

  constructor(
    private readonly kind: Kind,
    private readonly readBlocks: ReadBlocks,
    private readonly readLine: (line: Buffer) => T,
    private readonly bytesOf: (entry: T, line: Buffer) => number = (_, line) => line.length,
  ) {}

  get bytes(): number {
    return this.#lineBytes + this.#readBytes;
  }

  get(id: number): T {
    const known = this.#entries[id];
    if (known !== undefined) return known;
    if (id >= this.#held) this.#load();
    // What a damaged or missing block held is missing; the entries behind it keep their numbers.
    const block = this.#blocks.findLast(({ firstId }) => firstId <= id);
    const line = block?.lines?.line(id - block.firstId);
    if (line === undefined)
      throw new Damaged('it names an entry of the dictionary that is missing or damaged');
    return (this.#entries[id] = this.#read(line));
  }

  /** Forgets the others when they are too much. */
  #read(line: Buffer): T {
    const entry = this.readLine(line);
    this.#readBytes += this.bytesOf(entry, line);
    if (this.#readBytes > MOST_READ_BYTES) {
      this.#entries.fill(undefined);
      this.#readBytes = 0;
    }
    return entry;
  }

  /** Whether one of the blocks behind the first `known` can have it, where damaged ones can; how many there are. */
  search(known: number, canSay: (lines: Lines) => boolean): { canSay: boolean; blocks: number } {
    this.#load();
    const behind = this.#blocks.slice(known);
    return {
      canSay: behind.some(({ lines }) => lines === undefined || canSay(lines)),
      blocks: this.#blocks.length,
    };
  }

  #load(): void {
    for (const row of this.readBlocks(this.kind, this.#held)) {
      const { firstId, entries, lines, checksum } = typed(row, BLOCK_ROW);
      const bytes = unpacked(lines, checksum);
      const found = bytes === undefined ? undefined : new Lines(bytes);
      this.#blocks.push({ firstId, lines: found?.length === entries ? found : undefined });
      this.#held = firstId + entries;
      this.#lineBytes += bytes?.length ?? 0;
    }
  }
}

interface Block {
  firstId: number;
  lines: Lines | undefined;
}

/** A text may stand between quotes, or be JSON by itself. */
function isInLines(lines: Lines, sought: Sought): boolean {
  for (let number = 0; number < lines.length; number++) {
    const text = lines.text(number) ?? '';
    if (sought.isIn(text)) return true;
    if (sought.canBeIn(text) && [text, `"${text}"`].some((json) => isInJson(sought, json))) return true;
  }
  return false;
}

/** False where it is no JSON. */
function isInJson(sought: Sought, json: string): boolean {
  try {
    return sought.isInAny(JSON.parse(json));
  } catch {
    return false;
  }
}

/** Undefined when it is damaged. */
function unpacked(lines: Buffer, checksum: number | null): Buffer | undefined {
  try {
    refuseChanged(checksum, lines);
    return decompress(lines);
  } catch (error) {
    if (error instanceof Damaged) return undefined;
    throw error;
  }
}

/** Its line is about what it was written as, which need not be written again for it. */
function bytesRead(endpoint: Endpoint, line: Buffer): number {
  return bytesOfEndpoint(endpoint, line.length);
}

/** Some 50,000 parts. */
const MOST_SHARED_BYTES = 64 << 20;

/** Equal parts are the same object across generations, so that what is known of one is known of all. */
class SharedParts {
  /** By a hash of the line: the lines themselves are as large as what is read from them. */
  readonly #known = new Forgetful<object>(MOST_SHARED_BYTES);

  endpoint = (line: Buffer): Endpoint => this.#shared(line, readEndpointLine, bytesRead);
  node = (line: Buffer): NodeEntry => this.#shared(line, readNodeLine);
  policies = (line: Buffer): Policies => this.#shared(line, readPoliciesLine);
  l7 = (line: Buffer): L7 => this.#shared(line, readL7Line);
  template = (line: Buffer): Template =>
    readTemplateLine(line, (text, traits) => this.#shared(text, () => traits));

  #shared<T extends object>(
    line: Buffer,
    read: (line: Buffer) => T,
    bytesOf: (part: T, line: Buffer) => number = (_, line) => line.length,
  ): T {
    const key = hash('sha256', line, 'base64');
    const known = this.#known.get(key);
    if (known !== undefined) return known as T;
    const part = read(line);
    this.#known.add(key, part, bytesOf(part, line));
    return part;
  }
}
