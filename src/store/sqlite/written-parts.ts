import { endpointFields, traitFields } from '../../domain/coverage/fields.js';
import type { Endpoint, L7, Policies } from '../../domain/flow/flow.js';
import type { Template } from '../../domain/flow/template.js';
import {
  readEndpointLine,
  readL7Line,
  readNodeLine,
  readPoliciesLine,
  readTemplateLine,
} from './dictionary-lines.js';
import { Kind, type NewEntries } from './dictionary-writer.js';
import { Guesses, HabitLearner } from './guesses.js';
import { Habits, writeHabits } from './habits.js';
import { Lines } from './lines.js';

/**
 * What is asked of a generation's parts while its segments are written, read from the lines that are written with
 * them. Of endpoints, which are many, only the new ones are held, as long as their segment is.
 */
export class WrittenParts {
  readonly #templates: Template[] = [];
  readonly #policies: Policies[] = [];
  readonly #l7: L7[] = [];
  readonly #nodes: string[] = [];
  readonly #endpointFields: number[] = [];
  readonly #templateFields: number[] = [];
  readonly #habits = new Habits();
  readonly learner = new HabitLearner(this.#habits);
  readonly guesses = new Guesses();

  constructor(
    readonly generation: number,
    /** Of an endpoint that an earlier segment brought along. */
    private readonly onDisk: (id: number) => Endpoint,
  ) {}

  /** Takes what a segment brings along, and answers how its endpoints are found. */
  add(entries: readonly NewEntries[]): (id: number) => Endpoint {
    const fresh: Endpoint[] = [];
    const first = this.#endpointFields.length;
    for (const { kind, lines } of entries) {
      if (kind === Kind.template) this.#templates.push(...read(lines, (line) => readTemplateLine(line)));
      else if (kind === Kind.policies) this.#policies.push(...read(lines, readPoliciesLine));
      else if (kind === Kind.l7) this.#l7.push(...read(lines, readL7Line));
      else if (kind === Kind.node) this.#nodes.push(...read(lines, (line) => readNodeLine(line).node));
      else if (kind === Kind.endpoint) fresh.push(...read(lines, readEndpointLine));
    }
    this.#endpointFields.push(...fresh.map(endpointFields));
    this.#templateFields.push(
      ...this.#templates.slice(this.#templateFields.length).map(({ traits }) => traitFields(traits)),
    );
    return (id) => fresh[id - first] ?? this.onDisk(id);
  }

  template = (id: number): Template => found(this.#templates[id]);
  policies = (id: number): Policies => found(this.#policies[id]);
  l7 = (id: number): L7 => found(this.#l7[id]);
  nodeName = (id: number): string => found(this.#nodes[id]);
  /** Bits of the fields that flows carry by this end, or by this template. */
  endpointFields = (id: number): number => found(this.#endpointFields[id]);
  templateFields = (id: number): number => found(this.#templateFields[id]);

  habits = (): Habits => this.#habits;

  /** Those that the columns written last have shown; known from the next segment on. */
  takeHabits(): NewEntries[] {
    const firstId = this.#habits.size;
    const habits = this.learner.takeNew();
    if (habits.length === 0) return [];
    return [{ kind: Kind.habit, firstId, entries: habits.length, lines: writeHabits(habits) }];
  }
}

function read<T>(bytes: Uint8Array, readLine: (line: Buffer) => T): T[] {
  const lines = new Lines(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  return Array.from({ length: lines.length }, (_, number) => readLine(found(lines.line(number))));
}

function found<T>(part: T | undefined): T {
  if (part === undefined) throw new RangeError('a segment names a part that it did not bring along');
  return part;
}
