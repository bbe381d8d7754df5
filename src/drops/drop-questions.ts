import { Injectable } from '@nestjs/common';
import type { Filter } from '../domain/filter/filter.js';
import type { Viewer } from '../domain/viewer.js';
import { KeptQuestions, questionKey } from '../feed/kept-questions.js';
import { FlowStore } from '../store/flow-store.js';
import { DropQuestion } from './drop-question.js';
import type { DropField } from './drops.schema.js';

@Injectable()
export class DropQuestions {
  readonly #kept = new KeptQuestions<DropQuestion>();

  constructor(private readonly store: FlowStore) {}

  ask(
    viewer: Viewer,
    filter: Filter,
    words: ReadonlyMap<string, readonly string[]>,
    by: readonly DropField[],
    limit: number,
  ): DropQuestion {
    const key = questionKey(viewer, words, by, limit);
    return this.#kept.ask(key, () => new DropQuestion(this.store, viewer, filter, by, limit));
  }
}
