import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { flowLines, shop } from '../support/run-flows.js';
import { closeLiveClients, LiveClient } from '../support/run-live.js';
import { store } from '../support/run-rest.js';
import {
  cleanUp,
  repository,
  Run,
  startServer,
  temporaryFolder,
  until,
  type Server,
} from '../support/run-server.js';

const page = readFileSync(join(repository, 'docs/live.md'), 'utf8');
/** What stands in the fences, by what stands behind their first one. */
const blocks = [...page.matchAll(/^```(\S+) ?(.*)\n([^]*?)^```$/gm)].map(([, language, about, text]) => ({
  language,
  about: about ?? '',
  text: text ?? '',
}));
const json = (about: RegExp) =>
  blocks
    .filter((block) => block.language === 'json' && about.test(block.about))
    .map(({ about: what, text }) => ({
      what: what.split(' ').at(-1) ?? '',
      value: JSON.parse(text) as object,
    }));

const folder = temporaryFolder();
beforeAll(() => {
  // As npm would lay them out for somebody who uses the package.
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(repository, join(folder, 'node_modules/flowatlas'));
  symlinkSync(
    join(repository, 'node_modules/socket.io-client'),
    join(folder, 'node_modules/socket.io-client'),
  );
});
afterAll(async () => {
  closeLiveClients();
  await cleanUp();
});

/** Starts a program of the page. */
function start(name: string, server: Server): Run {
  const program = blocks.find(({ language, text }) => language === 'js' && text.startsWith(`// ${name}:`));
  const file = join(folder, name);
  writeFileSync(file, program?.text ?? '');
  return new Run(spawn(process.execPath, [file, server.url], { stdio: ['pipe', 'pipe', 'pipe'] }));
}

/** The sample up to so many flows, and what follows. */
function sampleAt(...flows: number[]): string[] {
  const pieces = [''];
  let count = 0;
  for (const line of shop.toString().split('\n')) {
    if (flows.includes(count) && line.startsWith('{"flow"')) {
      flows.shift();
      pieces.push('');
    }
    pieces.push(`${pieces.pop() ?? ''}${line}\n`);
    if (line.startsWith('{"flow"')) count++;
  }
  return pieces;
}

describe('the examples of docs/live.md', () => {
  it('are answered and told in the shapes that they show', async () => {
    const server = await startServer();
    const client = new LiveClient(server);
    await client.connect();
    const events = new Map<string, object>();
    for (const name of ['edges', 'flows', 'drops', 'waiting', 'trouble'])
      client.socket.on(name, (event: object) => events.set(name, event));
    const requests = json(/^request$/);
    expect(requests).toHaveLength(3);
    for (const { value } of requests) expect(await client.request('subscribe', value)).toHaveProperty('seq');

    const answers = json(/^answer /);
    expect(answers.map(({ what }) => what).sort()).toEqual(['drops', 'edges', 'flows']);
    for (const { what, value } of answers) {
      const answer = await client.request('subscribe', { view: what });
      expect({ what, keys: keysOf(answer) }).toEqual({ what, keys: keysOf(value) });
    }
    const [first] = answers.map(({ what }) => what);
    const paused = await client.request('subscribe', { view: first, filter: { namespace: 'shop' } });
    if ('error' in paused) throw new Error(paused.error.message);
    await client.request('pause', { subscription: paused.subscription });
    await store(server, flowLines('any', 3, 0, { verdict: 'DROPPED' }));
    const shown = json(/^event (?!trouble)/);
    expect(shown).toHaveLength(4);
    await until(
      () => shown.every(({ what }) => events.has(what)),
      (all) => all,
    );
    for (const { what, value } of shown)
      expect({ what, keys: keysOf(events.get(what) ?? {}) }).toEqual({ what, keys: keysOf(value) });
  });

  it('hold the map, flows and drops with the typed client', async () => {
    const server = await startServer();
    await store(server, shop);
    const program = start('map.mjs', server);
    await program.printed(/^at 693: \d+ nodes, \d+ edges$/m);
    await program.printed(/^2 flows, the newest \w+ of 2026-/m);
    await program.printed(/^\d+ times POLICY_DENIED$/m);
    await store(
      server,
      flowLines('more', 3, 0, { verdict: 'DROPPED', drop_reason_desc: 'NO_EGRESS_GATEWAY' }),
    );
    await program.printed(/^at 696: /m);
    await program.printed(/^5 flows, the newest NO_EGRESS_GATEWAY of 2026-07/m);
    await program.printed(/^3 times NO_EGRESS_GATEWAY$/m);
    expect(await program.stop('SIGINT')).toMatchObject({ code: 0, stderr: '' });
  });

  it('print with the complete client what the page says', async () => {
    const server = await startServer();
    const pieces = sampleAt(80, 300);
    await store(server, pieces[0] ?? '');
    const program = start('client.mjs', server);
    await program.printed(/^at 80: /m);
    await store(server, pieces[1] ?? '');
    await program.printed(/^at 300: /m);
    await store(server, pieces[2] ?? '');
    await program.printed(/^at 693: /m);
    const { code, stdout } = await program.stop('SIGINT');
    expect(code).toBe(0);
    // Flows may be stored in more steps than they are sent in.
    const steps = (text = '') =>
      text
        .replaceAll(server.url, '')
        .replaceAll(/\d+ edges changed/g, 'changed')
        .split('\n');
    const shown = steps(blocks.find(({ language }) => language === 'text')?.text);
    expect(shown).toHaveLength(5);
    expect(steps(stdout)).toEqual(expect.arrayContaining(shown));
  });
});

/** Names of members, with those of members that are objects. */
function keysOf(value: object): unknown[] {
  return Object.entries(value)
    .map(([name, member]: [string, unknown]) =>
      typeof member === 'object' && member !== null && !Array.isArray(member)
        ? `${name}: ${keysOf(member).join()}`
        : name,
    )
    .sort();
}
