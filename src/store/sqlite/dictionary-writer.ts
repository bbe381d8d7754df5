import type { Endpoint, Flow, L7, Policies } from '../../domain/flow/flow.js';
import { L7Kinds } from '../../domain/service-map/coarse.js';
import type { Template } from '../../domain/flow/template.js';
import { newNote, type Note, type RepeatedText } from '../flow-writer.js';
import {
  endpointLine,
  l7Line,
  nodeLine,
  policiesLine,
  templateLine,
  type NodeEntry,
} from './dictionary-lines.js';

/** What the columns name by number. */
export const Kind = { endpoint: 0, template: 1, text: 2, node: 3, policies: 4, habit: 5, l7: 6 } as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Characters of lines in one piece: the allocator keeps back more of all that is freed once it has seen a larger one. */
const PIECE = 1 << 18;

/** New entries of one kind, one a line (but for habits, which are columns), numbered from `firstId` on. */
export interface NewEntries {
  kind: Kind;
  firstId: number;
  entries: number;
  lines: Uint8Array;
}

/** Lists of labels of one node that are known again, as they are compared one by one. */
const MOST_LABELS_OF_NODE = 64;

/** What it makes has memory of its own, so that it can be moved to another thread. */
const utf8 = new TextEncoder();

let names = 0;

/**
 * Gives numbers to what flows repeat. Numbers hold for one generation of the dictionary, whose
 * entries are written beside the first segment that uses them. A new generation begins when the old
 * one is large, so memory is bounded, and old entries can go with the segments that name them.
 */
export class DictionaryWriter {
  /** No other has it. */
  readonly #name = ++names;
  readonly #size: Size = { bytes: 0, taken: 0 };
  readonly #endpoints = new EntryList(Kind.endpoint, endpointLine, this.#size);
  readonly #templates = new EntryList(Kind.template, templateLine, this.#size);
  readonly #texts = new EntryList(Kind.text, ({ text }: RepeatedText) => text, this.#size);
  readonly #policies = new EntryList(Kind.policies, policiesLine, this.#size);
  readonly #l7Kinds = new L7Kinds();
  readonly #l7 = new EntryList(Kind.l7, l7Line, this.#size);
  readonly #nodes = new Map<string, NodeEntry[]>();
  readonly #newNodes = new EntryList(Kind.node, nodeLine, this.#size);

  /**
   * The number of a part is left in its note: to look for it takes ten times as long, and each flow has many. Each
   * kind looks at its notes itself: where one place sees the notes of all kinds, it takes three times as long.
   */
  endpoint(endpoint: Endpoint, note: Note = newNote()): number {
    const { number, numberedBy } = note;
    if (numberedBy === this.#name && number !== undefined) return number;
    return this.#note(note, this.#endpoints.idOf(endpoint));
  }

  template(template: Template): number {
    const { number, numberedBy } = template;
    return numberedBy === this.#name ? number : this.#note(template, this.#templates.idOf(template));
  }

  text(text: RepeatedText): number {
    const { number, numberedBy } = text;
    if (numberedBy === this.#name && number !== undefined) return number;
    return this.#note(text, this.#texts.idOf(text));
  }

  policies(policies: Policies): number {
    return this.#policies.idOf(policies);
  }

  /** Of the kind of messages that it is. */
  l7(message: L7): number {
    return this.#l7.idOf(this.#l7Kinds.of(message));
  }

  /** Of a node with its labels. */
  node(flow: Pick<Flow, 'node' | 'nodeLabels'>, note: Note = newNote()): number {
    const { number, numberedBy } = note;
    if (numberedBy === this.#name && number !== undefined) return number;
    return this.#note(note, this.#nodeOf(flow));
  }

  #note(note: Note, number: number): number {
    note.numberedBy = this.#name;
    return (note.number = number);
  }

  #nodeOf({ node, nodeLabels }: Pick<Flow, 'node' | 'nodeLabels'>): number {
    let entry = this.#nodes.get(node)?.find(({ labels }) => labels === nodeLabels);
    if (entry === undefined) {
      entry = { node, labels: nodeLabels };
      const known = this.#nodes.get(node);
      if (known === undefined) this.#nodes.set(node, [entry]);
      else if (known.unshift(entry) > MOST_LABELS_OF_NODE) known.pop();
    }
    return this.#newNodes.idOf(entry);
  }

  /** Bytes of all entries of this generation. */
  get bytes(): number {
    return this.#size.bytes;
  }

  /** Of those that no segment brought along yet. */
  get newBytes(): number {
    return this.#size.bytes - this.#size.taken;
  }

  /** Entries that no segment brought along yet. */
  takeNew(): NewEntries[] {
    this.#size.taken = this.#size.bytes;
    return [this.#endpoints, this.#templates, this.#texts, this.#newNodes, this.#policies, this.#l7].flatMap(
      (list) => list.takeNew(),
    );
  }
}

/** Of all lists together. */
interface Size {
  bytes: number;
  taken: number;
}

class EntryList<T extends object> {
  /** Holds no part that its reader forgot: an equal one that comes later is another object. */
  readonly #ids = new WeakMap<T, number>();
  #size = 0;
  #lines: string[] = [];
  /** Asked for last: policies and templates come many times in a row. */
  #last: T | undefined;
  #lastId = 0;

  constructor(
    private readonly kind: Kind,
    private readonly write: (part: T) => string,
    private readonly size: Size,
  ) {}

  idOf(part: T): number {
    if (part === this.#last) return this.#lastId;
    this.#last = part;
    return (this.#lastId = this.#numberOf(part));
  }

  #numberOf(part: T): number {
    let id = this.#ids.get(part);
    if (id === undefined) {
      id = this.#size++;
      this.#ids.set(part, id);
      const line = this.write(part);
      this.size.bytes += line.length + 1;
      this.#lines.push(`${line}\n`);
    }
    return id;
  }

  takeNew(): NewEntries[] {
    let firstId = this.#size - this.#lines.length;
    const pieces = inPieces(this.#lines).map((piece): NewEntries => {
      const lines = utf8.encode(piece.join(''));
      const entries = { kind: this.kind, firstId, entries: piece.length, lines };
      firstId += piece.length;
      return entries;
    });
    this.#lines = [];
    return pieces;
  }
}

function inPieces(lines: readonly string[]): string[][] {
  const pieces: string[][] = [];
  let room = 0;
  for (const line of lines) {
    if (room <= 0) {
      pieces.push([]);
      room = PIECE;
    }
    pieces.at(-1)?.push(line);
    room -= line.length;
  }
  return pieces;
}
