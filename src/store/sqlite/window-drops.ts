import type { L7 } from '../../domain/flow/flow.js';
import { unforetoldPod, type Dropped, type UnforetoldPod } from '../../domain/service-map/dropped.js';
import type { Tally } from '../../domain/service-map/tally.js';
import type { DropQuery } from '../queries.js';
import { matchingRows } from './matching-rows.js';
import type { Generation } from './dictionary-reader.js';
import { SegmentRow } from './segment-row.js';
import type { Segment } from './segment.js';
import type { Stretch } from './segment-visits.js';
import { TallyTable } from './tally-table.js';

/** Picks the dropped flows out of a window, segment by segment. */
export class WindowDrops {
  readonly #unforetold = new Set<UnforetoldPod>();

  constructor(private readonly query: DropQuery) {}

  /** Tallies of the dropped ones among the rows of a stretch that pass. */
  read(stretch: Stretch): Tally[] {
    const { segment } = stretch;
    const { filter, window, withoutNodes = false } = this.query;
    const picked = matchingRows(stretch, filter, window);
    const { template, source, destination } = segment.columns;
    const marks = marksOf(segment.parts);
    const drops: number[] = [];
    for (const row of picked) {
      const [from, to, told] = [source[row] ?? 0, destination[row] ?? 0, template[row] ?? 0];
      this.#note(marks.unforetold[from] ?? marks.endpoint(from));
      this.#note(marks.unforetold[to] ?? marks.endpoint(to));
      if (marks.dropped[told] ?? marks.template(told)) drops.push(row);
    }
    return tallied(segment, drops, withoutNodes);
  }

  #note(pod: Pod): void {
    if (pod !== foretold) this.#unforetold.add(pod);
  }

  take(tallies: Tally[]): Dropped {
    return { tallies, unforetold: [...this.#unforetold] };
  }
}

/** What their messages say is not told, so none is read. */
function tallied(segment: Segment, rows: readonly number[], withoutNodes: boolean): Tally[] {
  const messageOf = (row: number) => segment.l7KindNumber(row);
  const nodeOf = withoutNodes ? () => 0 : undefined;
  const table = new TallyTable(segment, rows.length, messageOf, nodeOf);
  const cursor = withoutNodes ? new RowWithoutNode(segment, 0) : new RowByKind(segment, 0);
  for (const row of rows) {
    cursor.row = row;
    table.add(cursor);
  }
  return table.tallies;
}

/** Of its message only the kind is told. */
class RowByKind extends SegmentRow {
  override get l7(): L7 | undefined {
    return this.l7Kind;
  }
}

/** The column of nodes is foretold row by row: it takes a millisecond to read, of each block that is new. */
class RowWithoutNode extends RowByKind {
  override get node(): string {
    return '';
  }
}

/** What most ends are, if they are pods at all. */
const foretold = false;
type Pod = UnforetoldPod | typeof foretold;

/** What is asked of each row, by numbers of the dictionary. */
class Marks {
  readonly unforetold: Pod[] = [];
  readonly dropped: boolean[] = [];

  constructor(private readonly parts: Generation) {}

  endpoint(id: number): Pod {
    return (this.unforetold[id] = unforetoldPod(this.parts.endpoint(id)) ?? foretold);
  }

  template(id: number): boolean {
    return (this.dropped[id] = this.parts.template(id).traits.verdict === 'DROPPED');
  }
}

const marks = new WeakMap<Generation, Marks>();

function marksOf(parts: Generation): Marks {
  let known = marks.get(parts);
  if (known === undefined) marks.set(parts, (known = new Marks(parts)));
  return known;
}
