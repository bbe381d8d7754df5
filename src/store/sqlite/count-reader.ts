import { inWindow } from '../../domain/filter/window.js';
import type { Count, CountQuery } from '../queries.js';
import { FlowCounts } from './flow-counts.js';
import { overlaps } from './matching-rows.js';
import { Pace } from './pace.js';
import { Recent } from '../../domain/recent.js';
import { NumberedAnswers, type Ask } from './row-keys.js';
import type { SegmentList } from './segment-list.js';
import type { SegmentVisits, Stretch } from './segment-visits.js';
import { bytesOfAnswers, traitAnswersOf, type TraitAnswers } from './trait-answers.js';
import { bytesOf, traitMinutesOf, type TraitMinutes } from './trait-minutes.js';
import type { Segment, SegmentInfo } from './segment.js';

/** Sums by minute and traits: of some ten million flows, where a minute has five hundred. */
const MINUTES_CACHED = 32 << 20;
/** Answers by traits: some 5 KB a segment, so of thirty million flows. */
const ANSWERS_CACHED = 16 << 20;
/** Questions of which answers are remembered: most take less than a MB each. */
const QUESTIONS_CACHED = 16;

/** Counts flows, where it can by what is known of whole segments. */
export class CountReader {
  readonly #minutes = new Recent<number, TraitMinutes>(MINUTES_CACHED);
  readonly #answers = new Recent<number, TraitAnswers>(ANSWERS_CACHED);
  readonly #asked = new Recent<Ask<unknown>, NumberedAnswers<unknown>>(QUESTIONS_CACHED);

  constructor(
    private readonly list: SegmentList,
    private readonly visits: SegmentVisits,
  ) {}

  async *read<T>(query: CountQuery, asks: readonly Ask<T>[]): AsyncGenerator<Count<T>[]> {
    const { window, afterSeq = 0, upTo = Infinity, signal } = query;
    const counts = new FlowCounts(query, asks, (ask) => this.#answersTo(ask));
    const pace = new Pace();
    const isCalledOff = () => signal?.aborted === true;
    for (const info of this.list.infos()) {
      if (isCalledOff()) return;
      const { firstSeq, flows, timeMin, timeMax } = info;
      const first = Math.max(0, afterSeq + 1 - firstSeq);
      const end = Math.min(flows, upTo + 1 - firstSeq);
      if (first >= end || !overlaps(info, window)) continue;
      const isWhole = end - first === flows && inWindow(window, timeMin) && inWindow(window, timeMax);
      const known = isWhole && counts.canBeSums ? this.#ofSums(info, counts) : undefined;
      if (known !== undefined) {
        yield known;
        await pace.pause();
      } else
        for (let row = first, to; row < end; row = to) {
          if (isCalledOff()) return;
          to = Math.min(end, row + pace.rows);
          const seen = this.visits.visit(info, (stretch) => [counts.see(stretch)], row, to);
          yield counts.add(seen);
          await pace.pause();
        }
    }
    yield counts.takeRows();
  }

  /** Undefined where sums do not tell, or its rows lie in another segment by now. */
  #ofSums<T>(info: SegmentInfo, counts: FlowCounts<T>): Count<T>[] | undefined {
    const minutes = this.#sumsOf(info, this.#minutes, traitMinutesOf, bytesOf);
    if (minutes === undefined) return undefined;
    if (!counts.asksLatencies) return counts.ofSums(minutes);
    const answers = this.#sumsOf(info, this.#answers, traitAnswersOf, bytesOfAnswers);
    return answers && counts.ofSums(minutes, answers);
  }

  /** What is known of one question is known for all who ask it. */
  #answersTo<T>(ask: Ask<T>): NumberedAnswers<T> {
    const known = this.#asked.get(ask) as NumberedAnswers<T> | undefined;
    if (known?.isFull === false) return known;
    const answers = new NumberedAnswers(ask);
    this.#asked.put(ask, answers);
    return answers;
  }

  #sumsOf<S>(
    info: SegmentInfo,
    held: Recent<number, S>,
    make: (segment: Segment) => S,
    bytesOf: (sums: S) => number,
  ): S | undefined {
    const known = held.get(info.id);
    if (known !== undefined) return known;
    const add = ({ segment }: Stretch) => (segment.info.id === info.id ? [make(segment)] : []);
    const [sums] = this.visits.visit(info, add);
    return sums && held.put(info.id, sums, bytesOf(sums));
  }
}
