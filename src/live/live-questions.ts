import { Injectable } from '@nestjs/common';
import { everyone } from '../domain/viewer.js';
import { DropQuestions } from '../drops/drop-questions.js';
import { readFields } from '../drops/drops.schema.js';
import { FlowTails } from '../feed/flow-tail.js';
import type { LiveQuestion } from '../feed/live-question.js';
import { readLiveFilter } from '../query/question.js';
import { readGrain } from '../service-map/grain-query.js';
import { MapQuestions } from '../service-map/map-questions.js';
import { FlowStore } from '../store/flow-store.js';
import type { Subscribe } from './live.schema.js';

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

  ask(asked: Subscribe): LiveQuestion {
    const { filter, words } = readLiveFilter(asked.filter);
    if (asked.view === 'edges') return this.maps.ask(everyone, readGrain(asked), filter, words);
    if (asked.view === 'drops')
      return this.drops.ask(everyone, filter, words, readFields(asked.by), asked.limit);
    return this.#tails.ask(everyone, filter, words);
  }

  /** The one that a dashboard asks first. */
  get usual(): LiveQuestion {
    return this.maps.whole(everyone, 'workload');
  }
}
