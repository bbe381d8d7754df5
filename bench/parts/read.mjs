// Asks the questions of a dashboard over REST, one after another, --rounds N times or until standard input ends:
// --url URL [--rounds N].
import { Agent, get } from 'node:http';
import { once } from 'node:events';
import { told, optionsOfPart } from '../lib/part.mjs';
import { questions } from '../lib/questions.mjs';

const { url, rounds } = optionsOfPart();
const agent = new Agent({ keepAlive: true });
let stopped = false;
if (rounds === undefined) process.stdin.once('end', () => (stopped = true)).resume();

async function ask(path) {
  const start = performance.now();
  const [response] = await once(get(new URL(path, url), { agent }), 'response');
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk;
  const milliseconds = performance.now() - start;
  if (response.statusCode !== 200) throw new Error(`${path}: ${response.statusCode} ${text}`);
  return { milliseconds, text };
}

const answers = Object.fromEntries(Object.keys(questions).map((name) => [name, { milliseconds: [] }]));
const enough = (asked) => (rounds === undefined ? stopped : asked >= rounds);
let asked = 0;
do {
  // Time in a capture is not the time of this machine: "the last hour" ends with its newest flow.
  const { newest } = JSON.parse((await ask('/api/v1/status')).text);
  for (const [name, question] of Object.entries(questions)) {
    const { milliseconds, text } = await ask(question.path(newest));
    answers[name].milliseconds.push(milliseconds);
    answers[name].bytes = Buffer.byteLength(text);
    answers[name].found = question.found(JSON.parse(text));
  }
} while (!enough(++asked));
agent.destroy();
told({ answers });
