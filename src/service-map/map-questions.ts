import { Injectable } from '@nestjs/common';
import { everything, type Filter } from '../domain/filter/filter.js';
import { Grain } from '../domain/service-map/grain.js';
import type { Viewer } from '../domain/viewer.js';
import { KeptQuestions, questionKey } from '../feed/kept-questions.js';
import { FlowStore } from '../store/flow-store.js';
import { MapQuestion } from './map-question.js';
import type { Level } from './service-map.schema.js';

@Injectable()
export class MapQuestions {
  readonly #kept = new KeptQuestions<MapQuestion>();

  constructor(private readonly store: FlowStore) {}

  /** The map of everything. */
  whole(viewer: Viewer, level: Level): MapQuestion {
    return this.ask(viewer, new Grain(level), everything, new Map());
  }

  ask(
    viewer: Viewer,
    grain: Grain,
    filter: Filter,
    words: ReadonlyMap<string, readonly string[]>,
  ): MapQuestion {
    const key = questionKey(viewer, words, grain.level, grain.named);
    return this.#kept.ask(key, () => new MapQuestion(this.store, viewer, grain, filter));
  }
}
