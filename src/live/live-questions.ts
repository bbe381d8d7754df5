import { Injectable } from '@nestjs/common';
import { everyone } from '../domain/viewer.js';
import { DropQuestions } from '../drops/drop-questions.js';
import { readFields } from '../drops/drops.schema.js';
import { FlowTails } from '../feed/flow-tail.js';
import { questionKey } from '../feed/kept-questions.js';
import type { LiveQuestion } from '../feed/live-question.js';
import { readLiveFilter } from '../query/question.js';
import { readGrain } from '../service-map/grain-query.js';
import { MapQuestions } from '../service-map/map-questions.js';
import { FlowStore } from '../store/flow-store.js';
import type { Subscribe } from './live.schema.js';

/** What a client asks for, before it is asked: that takes a place among the questions that are kept. */
interface ReadQuestion {
  /** The same for the same question. */
  key: string;
  ask: () => LiveQuestion;
}

/** From what a client asks for to the answer that all who ask the same share. */
@Injectable()
export class LiveQuestions {
  readonly #tails: FlowTails;

  constructor(
    private readonly maps: MapQuestions,
    private readonly drops: DropQuestions,
    store: FlowStore,
  ) {
    this.#tails = new FlowTails(store);
  }

  read(asked: Subscribe): ReadQuestion {
    const { filter, words } = readLiveFilter(asked.filter);
    const keyOf = (...rest: readonly unknown[]) => questionKey(everyone, words, asked.view, ...rest);
    if (asked.view === 'edges') {
      const grain = readGrain(asked);
      const ask = () => this.maps.ask(everyone, grain, filter, words);
      return { key: keyOf(grain.level, grain.named), ask };
    }
    if (asked.view === 'drops') {
      const by = readFields(asked.by);
      const ask = () => this.drops.ask(everyone, filter, words, by, asked.limit);
      return { key: keyOf(by, asked.limit), ask };
    }
    return { key: keyOf(), ask: () => this.#tails.ask(everyone, filter, words) };
  }

  /** The one that a dashboard asks first. */
  get usual(): LiveQuestion {
    return this.maps.whole(everyone, 'workload');
  }
}
