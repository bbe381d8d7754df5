import type { ServiceMapResponse } from '../service-map/service-map.schema.js';
import type { Coverage } from '../telemetry/coverage.schema.js';
import { paint, print, safe } from './terminal.js';
import { counted } from './words.js';

/** What an answer rests on; of an empty one, what it might have been about. */
export function coverageWords(coverage: Coverage, isEmpty: boolean): string[] {
  const { from, to, keptSince, eventsLost, silentNodes, silentNodesLeftOut } = coverage;
  const words: string[] = [];
  if (isEmpty && from === null) words.push('no flow of this window is held');
  else if (isEmpty) words.push(`nothing matches; what is held of this window is from ${from} to ${to ?? ''}`);
  if (keptSince !== null)
    words.push(paint.yellow(`up to ${keptSince} some or all flows were removed by retention`));
  if (eventsLost > 0) words.push(paint.yellow(`Hubble lost ${counted(eventsLost, 'event')} in this window`));
  const [last] = silentNodes;
  if (last !== undefined) {
    const silent = counted(silentNodes.length + silentNodesLeftOut, 'node');
    words.push(paint.yellow(`${silent} fell silent, ${safe(last.node)} last, after ${last.lastHeard}`));
  }
  return words;
}

/** What is told by sums, as flows of it were removed. */
export function printSummed({ hours, minutes }: Pick<ServiceMapResponse, 'hours' | 'minutes'>): void {
  if (hours !== null) print(paint.dim(`${hours.from} to ${hours.to} is told by sums by hour`));
  if (minutes === null) return;
  print(paint.dim(`${minutes.from} to ${minutes.to} is told by sums by minute where flows were removed`));
  for (const { from, to } of minutes.missing)
    print(paint.yellow(`of ${from} to ${to} something is missing: it could not be read`));
}

export function printCoverage(coverage: Coverage, isEmpty: boolean): void {
  for (const words of coverageWords(coverage, isEmpty)) print(words);
}
