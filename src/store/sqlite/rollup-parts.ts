import type Database from 'better-sqlite3';
import { coarseEndpoint, coarseKind, endText, kindText } from '../../domain/service-map/coarse.js';
import { clientSide } from '../../domain/flow/direction.js';
import type { Endpoint, Flow } from '../../domain/flow/flow.js';
import { Forgetful } from '../../domain/flow/forgetful.js';
import { identify, shownAs } from '../../domain/flow/node-identity.js';
import { podTold } from '../../domain/service-map/foretold.js';
import { counterOf } from '../../domain/service-map/counter.js';
import { isAnswer } from '../../domain/service-map/tally.js';
import { parseHeld } from './damage.js';
import type { Kind, Numbering } from './edge-counter.js';

interface End {
  id: number;
  labels: readonly string[] | undefined;
}

interface EndRow {
  id: number;
  labels: string | null;
}

/** What may be done to the tables: labels of ends, and pods, are written by one alone, who remembers them. */
type Role = 'reads' | 'numbers' | 'keeps';

/** Ids that are not in the tables, of somebody who only reads them. */
const UNKNOWN = -1;
/** How a pod was told, as `rollup_pod` has it. */
export const GUESSED = 1;
export const UNFORETOLD = 2;
/** Characters of ends, of kinds, and of pods, that are remembered. */
const MOST_KNOWN = 8 << 20;

/** Numbers of ends and kinds, as the tables `rollup_end` and `rollup_kind` have them; new ones are put there. */
export class RollupParts implements Numbering {
  readonly #ends = new Forgetful<End>(MOST_KNOWN);
  readonly #kinds = new Forgetful<number>(MOST_KNOWN);
  readonly #pods = new Forgetful<{ told: number }>(MOST_KNOWN);
  readonly #statements;

  constructor(
    db: Database.Database,
    private readonly role: Role,
  ) {
    this.#statements = {
      end: db.prepare<[string], EndRow>('SELECT id, labels FROM rollup_end WHERE told = ?'),
      kind: db.prepare<[string], number>('SELECT id FROM rollup_kind WHERE told = ?').pluck(),
      addEnd: db.prepare<[string, string]>('INSERT INTO rollup_end (node, told) VALUES (?, ?)'),
      addKind: db.prepare<[string | null, string]>('INSERT INTO rollup_kind (client, told) VALUES (?, ?)'),
      label: db.prepare<[string, number]>('UPDATE rollup_end SET labels = ? WHERE id = ?'),
      pod: db.prepare<[string, number]>(
        'INSERT INTO rollup_pod VALUES (?, ?) ON CONFLICT DO UPDATE SET told = told | excluded.told',
      ),
    };
  }

  endOf(endpoint: Endpoint): number {
    if (this.role === 'keeps') this.#notePod(podTold(endpoint));
    return this.#endOf(endpoint).id;
  }

  #endOf(endpoint: Endpoint): End {
    const coarse = coarseEndpoint(endpoint);
    const told = endText(coarse);
    return this.#ends.get(told) ?? this.#ends.add(told, this.#find(told) ?? this.#add(coarse, told), 0);
  }

  #notePod({ guessed, unforetold }: ReturnType<typeof podTold>): void {
    const pod = guessed ?? unforetold;
    if (pod === undefined) return;
    const told = guessed === undefined ? UNFORETOLD : GUESSED;
    const known = this.#pods.get(pod) ?? this.#pods.add(pod, { told: 0 }, 0);
    if ((known.told & told) !== 0) return;
    known.told |= told;
    this.#statements.pod.run(pod, told);
  }

  label(endpoint: Endpoint): void {
    if (this.role === 'keeps') this.#label(this.#endOf(endpoint), shownAs(endpoint).labels);
  }

  #find(told: string): End | undefined {
    const row = this.#statements.end.get(told);
    if (row === undefined) return undefined;
    return { id: row.id, labels: row.labels === null ? undefined : (parseHeld(row.labels) as string[]) };
  }

  #add(coarse: Endpoint, told: string): End {
    if (this.role === 'reads') return { id: UNKNOWN, labels: undefined };
    const { id: node } = identify(coarse, 'workload', () => undefined);
    return { id: Number(this.#statements.addEnd.run(node, told).lastInsertRowid), labels: undefined };
  }

  /** A masked record has no labels; that says nothing about the others'. */
  #label(end: End, labels: readonly string[]): void {
    if (labels.length === 0) return;
    const shared = end.labels?.filter((label) => labels.includes(label)) ?? [...labels].sort();
    if (shared.length === end.labels?.length) return;
    end.labels = shared;
    this.#statements.label.run(JSON.stringify(shared), end.id);
  }

  kindOf(flow: Pick<Flow, 'traits' | 'policies' | 'l7'>): Kind {
    const told = kindText(coarseKind(flow));
    const client = clientSide(flow);
    const isDrop = flow.traits.verdict === 'DROPPED';
    const id = this.#kinds.get(told) ?? this.#kindId(told, client);
    return { id, client, isDrop, isSocket: counterOf(flow).isSocket, isAnswer: isAnswer(flow) };
  }

  #kindId(told: string, client: Kind['client']): number {
    const known = this.#statements.kind.get(told);
    if (known === undefined && this.role === 'reads') return UNKNOWN;
    const id = known ?? Number(this.#statements.addKind.run(client ?? null, told).lastInsertRowid);
    return this.#kinds.add(told, id, 0);
  }
}
