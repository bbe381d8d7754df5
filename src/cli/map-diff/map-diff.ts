import { atOnce } from '../../domain/steps.js';
import { checked } from '../../http/checked.js';
import { diffAnswer } from '../../service-map/diff-answer.js';
import { thresholdsOf, thresholdsSchema } from '../../service-map/diff-thresholds.js';
import { namesIn } from '../../query/parameters.js';
import type { MapDiffResponse } from '../../service-map/map-diff.schema.js';
import type { Parameters } from '../rest-client.js';
import { complain, paint, safe } from '../terminal.js';
import { withServer } from '../with-server.js';
import { WrongUse } from '../wrong-use.js';
import type { DiffOptions, Failure } from './options.js';
import { printDiff } from './print.js';
import { readSavedMap, readSide, type Side } from './sides.js';

/** Prints what changed; the exit code is 1 where that is to fail. */
export async function diffMaps(
  files: readonly (string | undefined)[],
  options: DiffOptions,
  parameters: Parameters,
): Promise<number> {
  const [before, after] = files;
  const [a, b] = [placeOf('a', before, options.a), placeOf('b', after, options.b)];
  const diff =
    'window' in a && 'window' in b
      ? await askDiff(a.window, b.window, options, parameters)
      : await diffPlaces(a, b, options, parameters);
  printDiff(diff, options.output);
  return fails(diff, options.failOn ?? []) ? 1 : 0;
}

type Place = { file: string } | { window: string };

function placeOf(name: 'a' | 'b', file: string | undefined, window: string | undefined): Place {
  if (file !== undefined && window !== undefined)
    throw new WrongUse(`${file} stands in the place of --${name}: give one of them`);
  if (file !== undefined) return { file };
  if (window !== undefined) return { window };
  throw new WrongUse(`nothing to compare: give two files, or --a and --b (--${name} is missing)`);
}

function askDiff(
  a: string,
  b: string,
  options: DiffOptions,
  parameters: Parameters,
): Promise<MapDiffResponse> {
  const asked = { ...parameters, ...thresholdWords(options), a, b };
  return withServer(options, (client) => client.get<MapDiffResponse>('/api/v1/map/diff', asked));
}

/** As the API names them; those that are not given are left to it. */
function thresholdWords(options: DiffOptions): Record<string, string | undefined> {
  const given = options as unknown as Record<string, string | undefined>;
  return {
    noise: given['noise'],
    'volume-factor': given['volumeFactor'],
    'share-points': given['sharePoints'],
    'latency-factor': given['latencyFactor'],
    'latency-ms': given['latencyMs'],
  };
}

/** Where a file is one of the two, no server has both. */
async function diffPlaces(
  placeA: Place,
  placeB: Place,
  options: DiffOptions,
  parameters: Parameters,
): Promise<MapDiffResponse> {
  const thresholds = thresholdsOf(checked(thresholdsSchema, thresholdWords(options)));
  const saved = [placeA, placeB].map((place) => savedMap(place, parameters));
  // The other one has to be made at the grain of the one that is finished.
  const finished = saved.find((side) => side !== undefined);
  const asked = { ...parameters, ...(finished && grainOf(finished)) };
  const a = saved[0] ?? (await readPlace(placeA, options, asked));
  const b = saved[1] ?? (await readPlace(placeB, options, asked));
  const [one, other] = [a, b].map((side) => wordsOfGrain(grainOf(side)));
  if (one !== other) throw new WrongUse(`one map is of ${one}, the other one of ${other}`);
  return atOnce(diffAnswer(a.grain, a, b, thresholds));
}

/** As parameters of the API. */
function grainOf({ grain }: Side): Record<'level' | 'expand' | 'collapse', string | undefined> {
  const { expand, collapse } = grain.named;
  return {
    level: grain.level,
    expand: expand.length > 0 ? expand.join() : undefined,
    collapse: collapse.length > 0 ? collapse.join() : undefined,
  };
}

/** Names as answers have them, in whatever order they were given. */
function inOrder(value: string | string[]): string {
  return [...new Set(namesIn(value))].sort().join();
}

function wordsOfGrain(grain: ReturnType<typeof grainOf>): string {
  return Object.entries(grain)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name} ${value}`]))
    .join(', ');
}

function savedMap(place: Place, { level, expand, collapse, ...filters }: Parameters): Side | undefined {
  const side = 'file' in place ? readSavedMap(place.file) : undefined;
  if (side === undefined || !('file' in place)) return undefined;
  const [filter] = Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  if (filter !== undefined)
    throw new WrongUse(`${place.file} is a finished map, to which --${filter} cannot be applied`);
  const grain = grainOf(side);
  const isOther = Object.entries({ level, expand, collapse }).some(
    ([name, value]) => value !== undefined && inOrder(value) !== grain[name as keyof typeof grain],
  );
  if (isOther) throw new WrongUse(`${place.file} is a finished map of ${wordsOfGrain(grain)}`);
  return side;
}

function readPlace(place: Place, options: DiffOptions, parameters: Parameters): Promise<Side> {
  if ('file' in place)
    return withServer({ inputFile: place.file }, (client) => readSide(client, parameters, {}));
  const [since = '', until = '', ...more] = place.window.split('/');
  if (!place.window.includes('/') || more.length > 0)
    throw new WrongUse(`"${place.window}" is no window such as 2h/1h`);
  const window = { ...(since && { since }), ...(until && { until }) };
  return withServer(options, (client) => readSide(client, parameters, window));
}

function fails({ news, notes }: MapDiffResponse, kinds: readonly Failure[]): boolean {
  if (kinds.length === 0) return false;
  const counts = kinds.map((kind) => [kind, kind === 'notes' ? notes.length : news[kind]] as const);
  const found = new Map(counts.filter(([, count]) => count > 0));
  const unheld = notes.filter(({ kind }) => kind === 'nothing-held');
  for (const { window } of unheld)
    complain(`${paint.red('✗')} nothing is held of window ${window}: it proves nothing`);
  const words = [...found].map(([kind, count]) => `${kind}: ${count}`);
  if (words.length > 0) complain(`${paint.red('✗')} ${safe(words.join(', '))}`);
  return found.size > 0 || unheld.length > 0;
}
