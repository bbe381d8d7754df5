// Asks Flowatlas over REST and DuckDB in this process the same questions, by turns, until each was asked --rounds N
// times or has had its seconds: --url URL --database FILE --rounds N --seconds N. What both can count alike is compared.
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { told } from '../lib/part.mjs';
import { gather, questions } from '../lib/questions.mjs';
import { reader } from '../lib/rest.mjs';

const text = { type: 'string' };
const { values } = parseArgs({ options: { url: text, database: text, rounds: text, seconds: text } });
/** Rounds of even the slowest question. */
const FEWEST = 3;

const ask = reader(values.url);
const asJson = async (path) => JSON.parse((await ask(path)).text);
const instance = await DuckDBInstance.create(values.database, { access_mode: 'READ_ONLY' });
const connection = await instance.connect();

async function query(sql) {
  const start = performance.now();
  const rows = (await connection.runAndReadAll(sql)).getRows();
  return { milliseconds: performance.now() - start, rows };
}

async function askBoth(question, facts) {
  const answer = { ours: [], theirs: [], differ: 0, found: '', foundThere: '' };
  const begun = performance.now();
  const hasTime = () => performance.now() - begun < Number(values.seconds) * 1000;
  for (let round = 0; round < Number(values.rounds) && (round < FEWEST || hasTime()); round++) {
    const ours = await ask(question.path(facts, round));
    const theirs = await query(question.sql(facts, round));
    answer.ours.push(ours.milliseconds);
    answer.theirs.push(theirs.milliseconds);
    const parsed = JSON.parse(ours.text);
    if (question.told === undefined) {
      answer.found = question.found(parsed);
      answer.foundThere = `${theirs.rows.length} rows`;
    } else if (question.told(parsed) !== question.row(theirs.rows)) answer.differ++;
    answer.bytes = ours.text.length;
  }
  return answer;
}

const { newest } = await asJson('/api/v1/status');
const facts = { ...(await gather(asJson)), newest };
const answers = {};
for (const [name, question] of Object.entries(questions)) answers[name] = await askBoth(question, facts);
connection.closeSync();
instance.closeSync();
told({ answers });
process.exit(0);
