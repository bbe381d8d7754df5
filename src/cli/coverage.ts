import type { Coverage } from '../telemetry/coverage.schema.js';
import { paint, print } from './terminal.js';
import { counted } from './words.js';

/** What an answer rests on; of an empty one, what it might have been about. */
export function printCoverage({ from, to, keptSince, eventsLost }: Coverage, isEmpty: boolean): void {
  if (isEmpty && from === null) print('no flow of this window is held');
  else if (isEmpty) print(`nothing matches; what is held of this window is from ${from} to ${to ?? ''}`);
  if (keptSince !== null)
    print(paint.yellow(`up to ${keptSince} some or all flows were removed by retention`));
  if (eventsLost > 0) print(paint.yellow(`Hubble lost ${counted(eventsLost, 'event')} in this window`));
}
