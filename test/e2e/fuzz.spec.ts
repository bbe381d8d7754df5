import { afterAll, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { repository, temporaryFolder, cleanUp } from '../support/run-server.js';

afterAll(cleanUp);

/** Seconds; `npm run fuzz -- --seconds N` goes on for longer. */
const BUDGET = 10;

it('no mutation of a capture loses a record, makes one up, or ends the decoder', async () => {
  const program = join(repository, 'bench/fuzz.mjs');
  const child = spawn(process.execPath, [program, '--seconds', String(BUDGET)], { cwd: temporaryFolder() });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (printed += text));
  }
  await once(child, 'close');
  expect(printed).toContain('nothing wrong');
  console.info(printed);
}, 300_000);
