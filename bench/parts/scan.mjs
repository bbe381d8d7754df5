// The map of windows made flow by flow, without what is summed or remembered: --data FOLDER. Each window once, after
// one of the last minutes that warms up; the milliseconds of each, by the name of the question that asks it over REST.
import { readConfig } from '../../dist/config.js';
import { everything } from '../../dist/domain/filter/filter.js';
import { ServiceMap } from '../../dist/domain/service-map/service-map.js';
import { everyone } from '../../dist/domain/viewer.js';
import { readMap } from '../../dist/service-map/read-map.js';
import { openStore } from '../../dist/store/open-store.js';
import { told, optionsOfPart } from '../lib/part.mjs';
import { windows } from '../lib/questions.mjs';

const MINUTE = 60_000_000_000n;

const { data } = optionsOfPart();
const open = await openStore(data, readConfig({}), console.error);
const { newest } = open.store.summary();

async function scan(minutes) {
  const window = { since: newest - BigInt(minutes) * MINUTE, until: undefined };
  const start = performance.now();
  const { map } = await readMap(new ServiceMap('workload'), () =>
    open.store.tallies(everyone, { filter: everything, window }),
  );
  return { milliseconds: performance.now() - start, edges: map.edges().length };
}

await scan(10);
const answers = {};
for (const [name, minutes] of Object.entries(windows)) answers[name] = await scan(minutes);
await open.close();
told({ answers });
