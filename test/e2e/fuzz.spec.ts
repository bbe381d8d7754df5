import { afterAll, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import { repository, temporaryFolder, cleanUp } from '../support/run-server.js';

afterAll(cleanUp);

/** Seconds: a minute in CI. `npm run fuzz -- --seconds N` goes on for longer. */
const BUDGET = process.env['CI'] === 'true' ? 60 : 10;

it('no mutation of a capture loses a record, makes one up, or ends the decoder', async () => {
  const program = join(repository, 'bench/fuzz.mjs');
  const child = spawn(process.execPath, [program, '--seconds', String(BUDGET)], { cwd: temporaryFolder() });
  // It takes all the time it is given: other tests come first.
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  }
  await once(child, 'close');
  // Tells the seed, and of a failure the least input that shows it.
  console.info(printed);
  expect(printed).toContain('nothing wrong');
}, 600_000);
