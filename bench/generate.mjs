/**
 * Writes a big capture for measuring: COUNT flows as Hubble 1.19 writes them, one a line, of a cluster with 50
 * namespaces, 500 workloads, 5,000 pods and 40 nodes. The same arguments always give the same bytes, and a longer
 * capture begins with the shorter one.
 *
 *     node bench/generate.mjs COUNT OUTFILE [--seed N] [--rate FLOWS_A_SECOND] [--dialect NAME]
 *
 * COUNT is the number of flows; lost_events records come on top, one for about every 50,000 flows. The rate is that of
 * the clock in the capture. The dialects are in generator/dialects.mjs.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { Cluster } from './generator/cluster.mjs';
import { dialects } from './generator/dialects.mjs';
import { Dice } from './generator/dice.mjs';
import { Recorder } from './generator/recorder.mjs';
import { Traffic } from './generator/traffic.mjs';

const FLOWS_PER_LOSS = 50_000;
const FLOWS_PER_NEW_POD = 2000;
/** Characters gathered before they are written. */
const CHUNK = 1 << 20;

try {
  await generate(readArguments());
} catch (error) {
  console.error(`generate: ${error.message}`);
  process.exitCode = 1;
}

function readArguments() {
  const options = {
    seed: { type: 'string', default: '1' },
    rate: { type: 'string', default: '2000' },
    dialect: { type: 'string', default: 'hubble' },
  };
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const [count, rate, seed] = [Number(positionals[0]), Number(values.rate), Number(values.seed)];
    const good = Number.isInteger(count) && count > 0 && rate > 0 && Number.isInteger(seed);
    if (positionals.length === 2 && good && Object.hasOwn(dialects, values.dialect))
      return { count, outFile: positionals[1], seed, rate, dialect: dialects[values.dialect](seed) };
  } catch {
    // An option that does not exist: the usage says which do.
  }
  const names = Object.keys(dialects).join(', ');
  console.error('usage: node bench/generate.mjs COUNT OUTFILE [--seed N] [--rate N] [--dialect NAME]');
  console.error(`       dialects: ${names}`);
  process.exit(2);
}

async function generate({ count, outFile, seed, rate, dialect }) {
  const began = performance.now();
  const dice = new Dice(seed);
  const cluster = new Cluster(dice);
  const recorder = new Recorder(dice, { most: count, rate, say: dialect });
  const traffic = new Traffic(dice, cluster, recorder);
  const out = createWriteStream(outFile);
  let bytes = 0;
  const flush = async () => {
    const buffer = Buffer.from(recorder.take(), 'latin1');
    bytes += buffer.length;
    if (!out.write(buffer)) await once(out, 'drain');
  };
  // `once` rejects when the file cannot be written; this is for errors between two writes.
  out.on('error', () => undefined);
  let [losses, pods] = [0, 0];
  while (recorder.flows < count) {
    traffic.next();
    if (recorder.flows >= (losses + 1) * FLOWS_PER_LOSS) {
      losses++;
      recorder.lostEvents(dice.pick(cluster.nodes));
    }
    if (recorder.flows >= (pods + 1) * FLOWS_PER_NEW_POD) {
      pods++;
      cluster.churn();
    }
    if (recorder.length >= CHUNK) await flush();
  }
  await flush();
  out.end();
  if (!out.closed) await once(out, 'close');
  if (out.errored) throw out.errored;
  const took = (performance.now() - began) / 1000;
  const megabytes = (bytes / 1e6).toFixed(1);
  console.log(
    `${recorder.flows} flows and ${losses} lost_events, ${megabytes} MB in ${took.toFixed(1)} s (${Math.round(recorder.flows / took)} flows/s)`,
  );
}
