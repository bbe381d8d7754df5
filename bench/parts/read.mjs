// Asks the small questions of a dashboard over REST, one after another, until standard input ends: --url URL.
import { told, optionsOfPart } from '../lib/part.mjs';
import { gather, questions } from '../lib/questions.mjs';
import { reader } from '../lib/rest.mjs';

const { url } = optionsOfPart();
const ask = reader(url);
const asJson = async (path) => JSON.parse((await ask(path)).text);
let stopped = false;
process.stdin.once('end', () => (stopped = true)).resume();

const small = Object.entries(questions).filter(([, { small }]) => small);
const answers = Object.fromEntries(small.map(([name]) => [name, []]));
const facts = await gather(asJson);
for (let round = 0; !stopped; round++) {
  // Time in a capture is not the time of this machine: "the last hour" ends with its newest flow.
  const { newest } = await asJson('/api/v1/status');
  for (const [name, question] of small) {
    const { milliseconds } = await ask(question.path({ ...facts, newest }, round));
    answers[name].push(milliseconds);
  }
}
told({ answers });
process.exit(0);
