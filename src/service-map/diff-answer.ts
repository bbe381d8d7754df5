import type { Thresholds } from '../domain/service-map/edge-change.js';
import type { Grain } from '../domain/service-map/grain.js';
import { diffMaps } from '../domain/service-map/map-diff.js';
import { newsKinds, newsOf, type NewsKind } from '../domain/service-map/map-news.js';
import type { MapEdge, MapNode } from '../domain/service-map/service-map.js';
import type { Steps } from '../domain/steps.js';
import { namedJson } from './grain-query.js';
import { diffNotes, type Recorded } from './diff-notes.js';
import type { DiffWindow, MapDiffResponse } from './map-diff.schema.js';

/** All about one window: its map, and what it rests on. */
export interface DiffSide {
  nodes: readonly MapNode[];
  edges: readonly MapEdge[];
  about: DiffWindow;
  recorded: Recorded;
}

export function* diffAnswer(
  grain: Grain,
  a: DiffSide,
  b: DiffSide,
  thresholds: Thresholds,
): Steps<MapDiffResponse> {
  const [before, after] = [a, b].map(({ nodes, edges, about }) => ({ nodes, edges, minutes: about.minutes }));
  if (before === undefined || after === undefined) throw new Error('two windows are compared');
  const diff = yield* diffMaps(before, after, thresholds);
  const news = newsOf(diff);
  const kinds = Object.keys(newsKinds) as NewsKind[];
  return {
    level: grain.level,
    ...namedJson(grain),
    a: a.about,
    b: b.about,
    notes: diffNotes(a.recorded, b.recorded),
    thresholds,
    news: Object.fromEntries(kinds.map((kind) => [kind, news[kind].length])) as Record<NewsKind, number>,
    ...diff,
  };
}
