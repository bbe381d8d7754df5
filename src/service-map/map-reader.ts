import { Injectable } from '@nestjs/common';
import { within } from '../domain/filter/filter.js';
import { always, overlap, type Window } from '../domain/filter/window.js';
import { isLabelLevel } from '../domain/flow/node-identity.js';
import { EdgeDetail, type EdgeNames } from '../domain/service-map/edge-detail.js';
import { isForetold } from '../domain/service-map/foretold.js';
import type { Grain } from '../domain/service-map/grain.js';
import { PinnedRoutes } from '../domain/service-map/pinned-routes.js';
import { ServiceMap, type DrawnMap, type MapEdge, type MapNode } from '../domain/service-map/service-map.js';
import type { Viewer } from '../domain/viewer.js';
import { inTurns } from '../query/in-turns.js';
import type { Question } from '../query/question.js';
import { FlowStore } from '../store/flow-store.js';
import type { SummedParts } from '../store/queries.js';
import type { MapQuestion } from './map-question.js';
import { MapQuestions } from './map-questions.js';
import { mapOfSums, readMap } from './read-map.js';

const NONE: SummedParts = { hours: undefined, minutes: undefined };

interface Answer {
  map: ServiceMap;
  /** The last stored flow that it includes. */
  seq: number;
}

interface DrawnAnswer extends DrawnMap {
  /** The last stored flow that it includes. */
  seq: number;
}

interface EdgeAnswer {
  edge: MapEdge;
  source: MapNode;
  target: MapNode;
  names: EdgeNames;
  /** Numbers of some of its newest flows. */
  examples: readonly number[];
  seq: number;
}

/** The map of any window, from where it is had for the least work. */
@Injectable()
export class MapReader {
  constructor(
    private readonly store: FlowStore,
    private readonly questions: MapQuestions,
    private readonly pinned: PinnedRoutes,
  ) {}

  /** All that is told of the map. Throws where it was called off. */
  async draw(viewer: Viewer, grain: Grain, question: Question): Promise<DrawnAnswer> {
    return this.#read(viewer, grain, question, async ({ map, seq }) => {
      const drawn = await inTurns(map.draw(), question.signal);
      return { ...drawn, seq };
    });
  }

  /** With routes, names and examples, which only the edge's own flows tell, as far as they are held. */
  async readEdge(
    viewer: Viewer,
    grain: Grain,
    id: string,
    question: Question,
  ): Promise<EdgeAnswer | undefined> {
    const { map, seq } = await this.#read(viewer, grain, question, (answer) => Promise.resolve(answer));
    const edge = map.edge(id);
    const source = edge && map.node(edge.source);
    const target = edge && map.node(edge.target);
    if (edge === undefined || source === undefined || target === undefined) return undefined;
    const { signal } = question;
    const filter = within(map.isBetween(edge), question.filter);
    const { oldest, newest } = map.spanOf(id);
    const window = overlap(question.window, { since: oldest, until: newest });
    const detail = new EdgeDetail(this.pinned);
    for await (const { tallies } of this.store.tallies(viewer, { filter, window, upTo: seq, signal }))
      for (const tally of tallies) if (map.isOf(edge, tally)) detail.add(tally);
    return { edge, source, target, names: detail.names(), examples: detail.examples, seq };
  }

  /** The map does not change before `use` is done with it. */
  async #read<T>(
    viewer: Viewer,
    grain: Grain,
    question: Question,
    use: (answer: Answer) => Promise<T>,
  ): Promise<T> {
    const kept = this.#kept(viewer, grain, question);
    const answer = await kept?.refreshed(async () => {
      const { map, seq } = kept;
      return this.#isAround(question.window) ? { used: await use({ map, seq }) } : undefined;
    });
    return answer === undefined ? use(await this.#added(viewer, grain, question)) : answer.used;
  }

  /** The map of everything, which is also that of a window around all that is held. */
  #kept(viewer: Viewer, grain: Grain, { filter, window }: Question): MapQuestion | undefined {
    const { level } = grain;
    // There are as many of them as there are keys, and names of nodes: none is kept.
    if (isLabelLevel(level) || !grain.isEven || !filter.isEmpty || !this.#isAround(window)) return undefined;
    return this.questions.whole(viewer, level);
  }

  /** Which parts are made of sums, as flows of them are no longer held. */
  summedOf(viewer: Viewer, grain: Grain, question: Question): SummedParts {
    return this.#maySum(viewer, grain, question) ? this.store.summed(question.window) : NONE;
  }

  /** How far sums reach that it could be made of. */
  reachOf(viewer: Viewer, grain: Grain, question: Question): SummedParts {
    return this.#maySum(viewer, grain, question) ? this.store.summed(always) : NONE;
  }

  #maySum({ namespaces }: Viewer, grain: Grain, { filter, window }: Question): boolean {
    const isOpen = window.since === undefined && window.until === undefined;
    return !isOpen && grain.isCoarse && filter.isEmpty && namespaces === 'all';
  }

  #isAround(window: Window): boolean {
    const { since, until } = window;
    if (since === undefined && until === undefined) return true;
    const { oldest, newest } = this.store.summary();
    const { hours, minutes } = this.store.summed(window);
    if ((hours ?? minutes) !== undefined) return false;
    return (
      (since === undefined || oldest === undefined || oldest >= since) &&
      (until === undefined || newest === undefined || newest <= until)
    );
  }

  /** From sums at the grain of workloads, where that grain is enough. */
  async #added(viewer: Viewer, grain: Grain, question: Question): Promise<Answer> {
    if (!grain.isCoarse) return this.#built(viewer, grain, question);
    const { filter, window, signal } = question;
    const last = this.store.summary().lastSeq;
    const sums = await this.store.sums(viewer, { filter, window, signal });
    if (!isForetold(sums.pods)) return this.#built(viewer, grain, question);
    const map = await mapOfSums(sums, new ServiceMap(grain), { signal });
    return { map, seq: Math.max(last, sums.upTo) };
  }

  async #built(viewer: Viewer, grain: Grain, { filter, window, signal }: Question): Promise<Answer> {
    const last = this.store.summary().lastSeq;
    const read = () => this.store.tallies(viewer, { filter, window, signal });
    const { map, seq } = await readMap(new ServiceMap(grain), read, signal);
    return { map, seq: Math.max(last, seq) };
  }
}
