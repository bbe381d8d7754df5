import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { itWithCaptures, listCaptures, readCapture, sharedPath } from '../support/captures.js';
import { pod, record } from '../support/make-flow.js';
import { flowLines, shop, shopFile, shopFlows } from '../support/run-flows.js';
import { store } from '../support/run-rest.js';
import { cleanUp, run, runToEnd, startServer, temporaryFolder, type Server } from '../support/run-server.js';

let folder: string;
beforeAll(() => {
  folder = temporaryFolder();
});
afterAll(cleanUp);

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const shopRecords = shop
  .toString()
  .split('\n')
  .filter((line) => line !== '');

/** Of a line that is printed by default. */
const COMPACT =
  /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\.\d{3}: \S+ \(\S+\) (?:->|<-|<>) \S+ \(\S+\) .+ \(.*\)$/;

describe('observe on a file', () => {
  it('prints every record of it as hubble does', async () => {
    const { code, stdout, stderr } = await runToEnd(['observe', '--input-file', shopFile]);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    const events = lines.filter((line) => !COMPACT.test(line));
    expect(events).toEqual([
      expect.stringMatching(/: POLICY_UPDATED \(labels: .*, revision: 42, count: 1\)$/),
      expect.stringMatching(/: POLICY_UPDATED \(labels: .*, revision: 42, count: 1\)$/),
      // An exporter's aggregate of which a mask left little.
      expect.stringMatching(/: {2}\(unknown\) -> {2}\(unknown\) UNKNOWN FORWARDED \(\)$/),
      expect.stringMatching(/ EVENTS LOST: HUBBLE_RING_BUFFER CPU\(0\) 37$/),
    ]);
    expect(stderr).toMatch(/\d nodes are unavailable: /);
    // The state of a node stands on standard error.
    expect(lines).toHaveLength(shopRecords.length - 1);
  });

  it('prints the records again as JSON, also when they come packed on standard input', async () => {
    const { code, stdout } = await runToEnd(['observe', '--input-file', '-', '-o', 'jsonpb', '-s'], {
      input: gzipSync(shop),
    });
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual(
      shopRecords.filter((line) => !line.includes('"node_status"')),
    );
  });

  it('takes the name flows, too, before its flags and behind them', async () => {
    const ask = ['--input-file', shopFile, '--verdict', 'DROPPED', '--last', '2'];
    const { stdout } = await runToEnd(['observe', ...ask]);
    expect(stdout).not.toBe('');
    for (const words of [
      ['flows', ...ask],
      [...ask, 'flows'],
    ])
      expect(await runToEnd(['observe', ...words])).toMatchObject({ code: 0, stdout });
    expect(await runToEnd(['observe', ...ask, 'flow'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('takes the flags of hubble, --not before a filter among them', async () => {
    const count = async (...args: string[]) => {
      const { code, stdout } = await runToEnd(['observe', '--input-file', shopFile, '-o', 'json', ...args]);
      expect(code).toBe(0);
      return stdout.split('\n').filter((line) => line.includes('"flow"')).length;
    };
    const [whole, dropped, kept, both] = await Promise.all([
      count(),
      count('--verdict', 'DROPPED'),
      count('--not', '--verdict', 'DROPPED'),
      count('-n', 'shop', '--not', '-t', 'drop', '--last', '5'),
    ]);
    expect(dropped).toBeGreaterThan(0);
    expect(dropped + kept).toBe(whole);
    expect(both).toBe(5);
  });

  it('prints tables, blocks and CSV', async () => {
    const run = async (output: string, ...args: string[]) =>
      (
        await runToEnd([
          'observe',
          '--input-file',
          shopFile,
          '-t',
          'l7',
          '--first',
          '3',
          '-o',
          output,
          ...args,
        ])
      ).stdout;
    const [table, dict, csv] = await Promise.all([
      run('table', '--print-node-name'),
      run('dict'),
      run('csv'),
    ]);
    expect(table).toMatch(/^TIMESTAMP +NODE +SOURCE +DESTINATION +TYPE +VERDICT +SUMMARY\n/);
    expect(table.trimEnd().split('\n')).toHaveLength(4);
    expect(dict.split('------------\n')).toHaveLength(3);
    expect(csv).toMatch(/^time,uuid,.*\r\n/);
    expect(csv.trimEnd().split('\r\n')).toHaveLength(4);
    const all = await runToEnd(['observe', '--input-file', shopFile, '-o', 'csv']);
    expect(all.stdout.split('\r\n')).toHaveLength(shopFlows + 2);
    expect(all.stderr).toMatch(/3 events left out: CSV has flows only/);
  });

  it('prints no name in CSV that a terminal would obey, or that begins a line', async () => {
    const hostile = record({ uuid: 'u', source: pod('shop/p\u001b[31mred\r\nforged') });
    const path = file('hostile.jsonl', `${JSON.stringify(hostile)}\n`);
    const { stdout } = await runToEnd(['observe', '--input-file', path, '-o', 'csv']);
    expect(stdout).toContain(',shop/p\\u001b[31mred\\u000d\\u000aforged,');
    expect(stdout.split(/[\r\n]+/)).toHaveLength(3);
  });

  it('reads lines of any length, and text that hubble printed', async () => {
    const long = record({ Summary: 'x'.repeat(300_000) });
    const text =
      'Mar 17 13:56:00.709: a/b:1 (ID:1234) -> c/d:80 (ID:5678) to-endpoint FORWARDED (TCP Flags: SYN)';
    const mixed = file('mixed.log', `${JSON.stringify(long)}\n${text}\nno record\n`);
    const { code, stdout, stderr } = await runToEnd(['observe', '--input-file', mixed]);
    expect(code).toBe(0);
    const [first = '', second] = stdout.split('\n');
    expect(first).toHaveLength(300_000 + first.indexOf('(xxx') + 2);
    expect(second).toBe(text);
    expect(stderr).toMatch(/line 3: no JSON: "no record"/);
    expect(stderr).toMatch(/assumed the year/);
    const silent = await runToEnd(['observe', '--input-file', mixed, '--silent-errors']);
    expect(silent).toMatchObject({ code: 0, stderr: '', stdout });
  });

  it('sends no terminal what it would obey, and colours when asked', async () => {
    const evil = '\u001b[2J\u001b]0;owned\u0007\u202eevil\u009b31m\r\b\n';
    const path = file(
      'evil.jsonl',
      JSON.stringify(record({ Summary: evil, source_names: [evil], source: {} })),
    );
    // eslint-disable-next-line no-control-regex
    const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
    for (const output of ['compact', 'dict', 'table', 'json']) {
      const { stdout } = await runToEnd(['observe', '--input-file', path, '-o', output]);
      expect(stdout).toContain('evil');
      expect(stdout).not.toMatch(CONTROL);
    }
    const { stdout } = await runToEnd(['observe', '--input-file', path, '--color', 'always']);
    // eslint-disable-next-line no-control-regex
    expect(stdout.replace(/\u001b\[(?:0|3[1-6])m/g, '')).not.toMatch(CONTROL);
    expect(stdout).toContain('\u001b[32mFORWARDED\u001b[0m');
  });

  it('prints what a filter is in the JSON of hubble, and less of each flow', async () => {
    const raw = await runToEnd([
      'observe',
      '--from-pod',
      'shop/web',
      '--not',
      '-t',
      'l7',
      '--print-raw-filters',
    ]);
    expect(raw).toMatchObject({ code: 0, stderr: '' });
    expect(raw.stdout).toMatch(/^allowlist:\n {4}- '\{"source_pod":\["shop\/web"\]\}'\ndenylist:\n {4}- '/);
    const mask = ['-o', 'json', '--field-mask', 'verdict,source.namespace', '-t', 'l7', '--first', '1'];
    const { stdout } = await runToEnd(['observe', '--input-file', shopFile, ...mask]);
    const { flow } = JSON.parse(stdout) as { flow: object };
    expect(Object.keys(flow).sort()).toEqual(['source', 'verdict']);
  });

  it('exits 1 when it cannot, after what it could read', async () => {
    const missing = await runToEnd(['observe', '--input-file', join(folder, 'none')]);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(/none does not exist\n$/);
    const packed = gzipSync(shop);
    const cut = await runToEnd(['observe', '--input-file', file('cut.gz', packed.subarray(0, -200))]);
    expect(cut.code).toBe(1);
    expect(cut.stdout.split('\n').length).toBeGreaterThan(100);
    const noise = await runToEnd(['observe', '--input-file', file('noise.txt', 'no record\n')]);
    expect(noise.code).toBe(1);
    expect(noise.stderr).toMatch(/nothing in it is a Hubble record/);
    expect(await runToEnd(['observe', '--input-file', file('empty', '')])).toMatchObject({
      code: 0,
      stderr: '',
    });
  });
});

describe('observe on a server', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
    await store(server, shop);
  });
  const observe = async (...args: string[]) => {
    const ended = await runToEnd(['observe', '--server', server.url, ...args]);
    expect(ended.code).toBe(0);
    return { ...ended, lines: ended.stdout.split('\n').slice(0, -1) };
  };

  it('prints the newest 20 when nothing is asked, oldest first', async () => {
    const { lines } = await observe();
    const whole = await observe('--all');
    expect(lines).toHaveLength(20);
    expect(lines).toEqual(whole.lines.slice(-20));
    expect(whole.lines).toHaveLength(shopFlows);
    expect(whole.lines.every((line) => line.endsWith(')'))).toBe(true);
    // Losses are no flows: the server tells of them for the whole window.
    expect(whole.stderr).toMatch(/Hubble lost 37 events in this window/);
  });

  it('prints what matches of a window, its first or its last', async () => {
    const window = ['--since', '2026-06-01T10:01Z', '--until', '2026-06-01T10:03Z', '-t', 'l7'];
    const whole = (await observe(...window)).lines;
    expect(whole.length).toBeGreaterThan(5);
    expect((await observe(...window, '--first', '3')).lines).toEqual(whole.slice(0, 3));
    expect((await observe(...window, '--last', '3')).lines).toEqual(whole.slice(-3));
    const json = await observe(...window, '-o', 'jsonpb');
    for (const line of json.lines) expect(shopRecords).toContain(line);
    const nothing = await observe('-n', 'nowhere');
    expect(nothing.stdout).toBe('');
    expect(nothing.stderr).toMatch(/nothing matches; what is held of this window/);
  });

  it('says in words what is wrong, with the server or with the question', async () => {
    const none = await runToEnd(['observe', '--server', 'http://127.0.0.1:1']);
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toMatch(/no answer from/);
    const wrong = await runToEnd(['observe', '--server', server.url, '--port', 'web']);
    expect(wrong).toMatchObject({ code: 2, stdout: '' });
    expect(wrong.stderr).toMatch(/port: /);
  });

  it('reads a data folder that no server holds', async () => {
    const data = join(temporaryFolder(), 'data');
    await runToEnd(['import', '--data', data, shopFile]);
    const { code, stdout } = await runToEnd(['observe', '--data', data, '--last', '3', '-o', 'json']);
    expect({ code, lines: stdout.split('\n').length }).toEqual({ code: 0, lines: 4 });
  });

  it('goes on with what comes until it is stopped', async () => {
    const following = run(['observe', '--server', server.url, '-f', '--last', '1', '--color', 'never']);
    await following.printed(/\n/);
    await store(server, flowLines('followed', 3, 0, { Summary: 'FOLLOWED' }));
    await following.printed(/(?:.*FOLLOWED.*\n){3}/);
    expect(following.stdout.split('\n')).toHaveLength(5);
    expect(await following.stop('SIGINT')).toMatchObject({ code: 0, stderr: '' });
  });
});

// Where one runs on the usual port, there is something to follow.
const unheard = await fetch('http://127.0.0.1:8787').then(
  () => it.skip,
  () => it,
);

unheard('refuses to follow in words when no server runs, and leaves the data folder alone', async () => {
  const data = join(temporaryFolder(), 'data');
  await runToEnd(['import', '--data', data, shopFile]);
  for (const args of [['-f'], ['agent-events', '-f']]) {
    const ended = await runToEnd(['observe', ...args], { env: { FLOWATLAS_DATA: data } });
    expect(ended).toMatchObject({ code: 1, stdout: '' });
    expect(ended.stderr).toMatch(/no server answers at http:\/\/127\.0\.0\.1:8787; start one .*--server/);
  }
});

it('says of raw filters what it prints', async () => {
  const { stdout } = await runToEnd(['observe', '--help']);
  expect(stdout.replace(/\s+/g, ' ')).toMatch(/--print-raw-filters \[=true\] print the filter as YAML/);
});

describe('wrong use of observe', () => {
  for (const [args, words] of [
    ['--not', /no filter stands behind --not/],
    ['--not --not --pod x', /--not stands twice/],
    ['--no-such x', /unknown option/],
    ['-o yaml', /compact, dict, tab, table, json, jsonpb, csv/],
    ['--time-format Kitchen', /StampMilli/],
    ['--color sometimes', /always/],
    ['--last many', /whole number/],
    ['--first 1 --last 1', /do not go together/],
    ['--since tomorrow', /since: "tomorrow" is neither/],
    ['--http-path (', /http-path: /],
    ['--pod a/b --ip 1.2.3.4', /cannot go with/],
    ['--field-mask verdict', /goes with JSON only/],
    ['-o json --field-mask colour', /"colour" is no path of a flow/],
  ] as const) {
    it(`exits 2: ${args}`, async () => {
      const { code, stdout, stderr } = await runToEnd([
        'observe',
        '--input-file',
        shopFile,
        ...args.split(' '),
      ]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(words);
    });
  }

  it('exits 2 when what is followed can have no end or no beginning', async () => {
    for (const args of [
      ['--follow', '-o', 'table'],
      ['--follow', '--data', folder],
      ['--follow', '--first', '1'],
    ])
      expect(await runToEnd(['observe', ...args])).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('the text of the real hubble', () => {
  const printed = listCaptures('expected/output');
  // Some by the real command line; all of them are compared beside the printers.
  for (const [format, flags] of [
    ['compact-color', ['--color', 'always']],
    ['dict', ['-o', 'dict']],
    ['table', ['-o', 'table']],
  ] as const) {
    itWithCaptures(`is printed to the byte by the command: ${format}`, async () => {
      const path = printed.find((name) => name.endsWith(`5-http-flows.${format}.txt`)) ?? '';
      const capture = sharedPath('flows/json/hubble-otel_basic-sample-5-http-flows.json');
      const { stdout } = await runToEnd(['observe', '--input-file', capture, '--last', '100000', ...flags]);
      expect(readFileSync(capture).length).toBeGreaterThan(0);
      expect(stdout).toBe(readCapture(path).toString('utf8'));
    });
  }
});
