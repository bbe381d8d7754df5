import { Injectable } from '@nestjs/common';
import { everything, type Filter } from '../domain/filter/filter.js';
import type { Viewer } from '../domain/viewer.js';
import { FlowStore } from '../store/flow-store.js';
import { MapQuestion } from './map-question.js';
import type { Level } from './service-map.schema.js';

/** Questions kept although nobody asks them just now, so that a client that lost its connection can resume. */
const MOST_KEPT = 64;

/** One answer for everybody who asks the same: work and memory grow with questions, not with clients. */
@Injectable()
export class MapQuestions {
  readonly #questions = new Map<string, MapQuestion>();

  constructor(private readonly store: FlowStore) {}

  /** The map of everything. */
  whole(viewer: Viewer, level: Level): MapQuestion {
    return this.ask(viewer, level, everything, new Map());
  }

  ask(
    viewer: Viewer,
    level: Level,
    filter: Filter,
    words: ReadonlyMap<string, readonly string[]>,
  ): MapQuestion {
    const key = questionKey(viewer, level, words);
    let question = this.#questions.get(key);
    question ??= new MapQuestion(this.store, viewer, level, filter);
    this.#questions.delete(key);
    this.#questions.set(key, question);
    for (const oldest of this.#questions.keys()) {
      if (this.#questions.size <= MOST_KEPT) break;
      this.#questions.delete(oldest);
    }
    return question;
  }
}

function questionKey(viewer: Viewer, level: Level, words: ReadonlyMap<string, readonly string[]>): string {
  const sorted = [...words].map(([name, values]) => [name, [...values].sort()] as const);
  sorted.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([viewer, level, sorted]);
}
