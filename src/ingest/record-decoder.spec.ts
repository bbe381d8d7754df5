import { describe, expect, it } from '@jest/globals';
import { FlowReader } from '../domain/flow/flow-reader.js';
import { recordOf } from '../store/flow-writer.js';
import { FlowScanner } from './flow-scanner.js';
import { RecordDecoder, type DecoderSink } from './record-decoder.js';
import { TextReader } from './text/text-reader.js';
import { TextTally } from './text/text-tally.js';
import { stopWatch } from '../../test/support/cpu-time.js';
import { arriving, ingest, inChunksOf } from '../../test/support/ingest.js';
import { losslessly } from '../../test/support/json-text.js';
import { flowJson, record } from '../../test/support/make-flow.js';

/** Three flows that differ, as a capture would hold them. */
const flows = ['a', 'b', 'c'].map((uuid) => record({ uuid, Summary: 'TCP "Flags": {SYN} [1] ü 🙂 \\' }));
const lines = flows.map((flow) => JSON.stringify(flow));
const [a, b, c] = lines as [string, string, string];

async function expectAllThree(input: string | Buffer | Buffer[], records = 3): Promise<void> {
  const found = await ingest(input);
  expect(found.report).toMatchObject({ records, stored: 3, rejected: 0, errors: [] });
  expect(found.records.map(losslessly)).toEqual(lines.map(losslessly));
}

describe('records are found', () => {
  it('one a line, with and without a line break at the end', async () => {
    await expectAllThree(lines.join('\n'));
    await expectAllThree(`${lines.join('\n')}\n`);
  });

  it('with Windows line breaks, a byte order mark and blank lines', () =>
    expectAllThree(`\ufeff${a}\r\n\r\n  \r\n${b}\r\n\t\n${c}\r\n\r\n`));

  it('in an array, compact, pretty, and one a line', async () => {
    await expectAllThree(JSON.stringify(flows));
    await expectAllThree(JSON.stringify(flows, null, 2));
    await expectAllThree(JSON.stringify(flows, null, '\t').replaceAll('\n', '\r\n'));
    await expectAllThree(`\ufeff[\n${lines.join(',\n')}\n]\n`);
    await expectAllThree(`[${a}\n,${b}\n,${c}]`);
  });

  it('written one behind the other, with nothing or blanks between', async () => {
    await expectAllThree(lines.join(''));
    await expectAllThree(lines.join(' \t '));
    await expectAllThree(`${a}${b}\n${c}`);
  });

  it('pretty-printed one after another, as jq does', () =>
    expectAllThree(flows.map((flow) => JSON.stringify(flow, null, 2)).join('\n')));

  it('with the colours of a terminal', async () => {
    await expectAllThree(lines.map((line) => `\u001b[1;32m${line}\u001b[0m`).join('\n'));
    await expectAllThree(JSON.stringify(flows, null, 2).replaceAll('": ', '"\u001b[0m: \u001b[33m'));
  });

  it.each([
    ['grep', 'dir/file.json:'],
    ['grep -n', 'flows.jsonl:12:'],
    ['kubectl logs --prefix', '[pod/hubble-export-x2z4k/export] '],
    ['a CRI log file', '2026-06-01T10:00:00.123456789Z stdout F '],
    ['syslog', '<13>1 2026-06-01T10:00:00Z node hubble 1 - - '],
  ])('behind the prefix of %s', (_, prefix) =>
    expectAllThree(lines.map((line) => `${prefix}${line}`).join('\n')),
  );

  it('in the log of a container, where long lines are cut into pieces', async () => {
    const tag = (stream: string, kind: string) => `2026-06-01T10:00:00.123456789+02:00 ${stream} ${kind} `;
    const cut = (line: string, length: number) => [
      `${tag('stdout', 'P')}${line.slice(0, length)}`,
      `${tag('stdout', 'P')}${line.slice(length, 2 * length)}`,
      `${tag('stdout', 'F')}${line.slice(2 * length)}`,
    ];
    const [first = '', ...rest] = cut(b, 100);
    await expectAllThree([first, `${tag('stderr', 'F')}${a}`, ...rest, ...cut(c, 7)].join('\n'));
  });

  it("in the log files of Docker, as text under 'log'", () =>
    expectAllThree(
      lines
        .map((line) => JSON.stringify({ log: `${line}\n`, stream: 'stdout', time: '2026-06-01T10:00:00Z' }))
        .join('\n'),
    ));

  it('in logfmt, as a quoted message', () =>
    expectAllThree(
      lines.map((line) => `time=x level=info msg=${JSON.stringify(line)} subsys=hubble`).join('\n'),
    ));

  it("under 'result', as gRPC gateways write them", () =>
    expectAllThree(lines.map((line) => `{"result":${line}}`).join('\n')));

  const inLogfmt = (line: string) => `level=info msg=${JSON.stringify(line)}`;
  const inLog = (log: string) => JSON.stringify({ log, stream: 'stdout' });
  it.each<[string, (line: string) => string]>([
    ['in logfmt in the log of Docker', (line) => inLog(`${inLogfmt(line)}\n`)],
    ['in logfmt in the journal', (line) => JSON.stringify({ MESSAGE: inLogfmt(line), PRIORITY: '6' })],
    [
      'behind a CRI prefix in what Fluent Bit sends',
      (line) => inLog(`2026-06-01T10:00:00Z stdout F ${line}`),
    ],
    ["in an agent's JSON in the log of Docker", (line) => inLog(JSON.stringify({ msg: line }))],
    ['under the second of two keys', (line) => JSON.stringify({ log: '{"a":1}', message: line })],
    ['as logcli prints them', (line) => `2026-06-01T10:00:00Z {app="cilium", pod="c"} ${line}`],
    ['as logcli writes them', (line) => JSON.stringify({ labels: { app: 'c' }, line, timestamp: 'x' })],
    ['as Elasticsearch exports them', (line) => `{"_index":"hubble","_source":${line}}`],
    ['parsed by Fluent Bit', (line) => `{"time":"x","log_processed":${line}}`],
    ['in the log of Google Cloud', (line) => `{"insertId":"x","jsonPayload":${line}}`],
  ])('%s', (_, wrap) => expectAllThree(lines.map(wrap).join('\n')));

  it('several in one text of a log', () => expectAllThree(inLog(`${lines.join('\n')}\n`)));

  it('bare, as Hubble before 0.11 wrote them', async () => {
    const { report, records } = await ingest(JSON.stringify(flowJson()));
    expect(report.stored).toBe(1);
    expect(records).toEqual([JSON.stringify(flowJson())]);
  });

  it('on lines longer than 64 KiB, and of more than a megabyte', async () => {
    const long = [70_000, 1_500_000].map((n) => JSON.stringify(record({ Summary: '{"}ü'.repeat(n / 4) })));
    const { report, records } = await ingest(inChunksOf(Buffer.from(long.join('\n')), 65_536));
    expect(report).toMatchObject({ stored: 2, rejected: 0 });
    expect(records).toEqual(long);
  });

  it('in a compact array of 10 MB on one line that comes in small chunks', async () => {
    const many = Array.from({ length: 12_000 }, (_, i) =>
      record({ uuid: `u${i}`, Summary: 'ü}'.repeat(150) }),
    );
    const body = Buffer.from(JSON.stringify(many));
    expect(body.length).toBeGreaterThan(10_000_000);
    const { report, records } = await ingest(inChunksOf(body, 4_093));
    expect(report).toMatchObject({ stored: 12_000, rejected: 0 });
    expect(records.at(-1)).toBe(JSON.stringify(many.at(-1)));
  });

  it('with the digits of long integers as they were written, however the record was wrapped', async () => {
    const text = '{ "verdict" : "TRACED", "Type": "SOCK",\n "cookie" : 18446744073709551615 }';
    for (const wrapped of [text, `[${text}]`, `{"result": ${text}}`]) {
      const { records } = await ingest(wrapped);
      expect(records.map(losslessly)).toEqual([losslessly(text)]);
    }
  });
});

/** How pipelines and people wrap what was written one record a line. */
const wrappings: [string, (lines: readonly string[]) => string][] = [
  ['one a line', (lines) => lines.join('\n')],
  [
    'behind a CRI prefix',
    (lines) => lines.map((line) => `2026-06-01T10:00:00.1Z stdout F ${line}`).join('\n'),
  ],
  [
    'behind the colours of stern',
    (lines) => lines.map((line) => `\u001b[36mhubble\u001b[0m ${line}`).join('\n'),
  ],
  ['in an array, one a line', (lines) => `[\n${lines.join(',\n')}\n]`],
  ['in an array on one line', (lines) => `[${lines.join(', ')}]`],
  ['pretty-printed', (lines) => lines.map((line) => JSON.stringify(JSON.parse(line), null, 2)).join('\n')],
  ['in the log of Docker', (lines) => lines.map((line) => JSON.stringify({ log: `${line}\n` })).join('\n')],
  ['in logfmt', (lines) => lines.map((line) => `level=info msg=${JSON.stringify(line)}`).join('\n')],
  ["under 'result'", (lines) => lines.map((line) => `{"result":${line}}`).join('\n')],
];

describe('flows told alike', () => {
  const alike = Array.from({ length: 20 }, (_, n) =>
    JSON.stringify(record({ uuid: `00000000-0000-4000-8000-0000000000${n + 10}` })),
  );

  it.each(wrappings)('%s, are parsed once: what was learned from the first reads the others', (_, wrap) => {
    const reader = new FlowReader();
    const scanner = new FlowScanner(reader);
    const parsed: string[] = [];
    const scanned: string[] = [];
    const sink: DecoderSink = {
      flow: (flow) => scanned.push(recordOf(flow)),
      record: (found, json) => {
        parsed.push(json.toString());
        if (found.kind === 'flow') scanner.take(json, reader.read(found));
      },
      reject: (line, reason) => {
        throw new Error(`line ${line}: ${reason}`);
      },
    };
    const text = new TextReader(sink, arriving, new TextTally(arriving));
    const decoder = new RecordDecoder(sink, scanner, text);
    decoder.write(Buffer.from(wrap(alike)));
    decoder.end();
    expect(parsed.map(losslessly)).toEqual(alike.slice(0, 1).map(losslessly));
    expect(scanned.map(losslessly)).toEqual(alike.slice(1).map(losslessly));
  });
});

/** A decoder whose flows come into the list. */
function decoderInto(found: unknown[]): RecordDecoder {
  const sink: DecoderSink = {
    flow: (flow) => found.push(recordOf(flow)),
    record: (_, json) => found.push(json.toString()),
    reject: () => undefined,
  };
  const text = new TextReader(sink, arriving, new TextTally(arriving));
  return new RecordDecoder(sink, new FlowScanner(new FlowReader()), text);
}

describe('what is damaged is rejected, and what stands around it is kept', () => {
  it('a last line that is cut off', async () => {
    const { report, records } = await ingest(`${a}\n${b}\n${c.slice(0, 200)}`);
    expect(records).toEqual([a, b]);
    expect(report).toMatchObject({ stored: 2, rejected: 1, errors: [{ line: 3 }] });
  });

  it('a line cut off in the middle of the file, at whatever place', async () => {
    for (let cut = 2; cut < b.length; cut += 7) {
      const { report, records } = await ingest(`${a}\n${b.slice(0, cut)}\n${c}\n`);
      expect(records).toEqual([a, c]);
      expect(report).toMatchObject({ stored: 2, rejected: 1, errors: [{ line: 2 }] });
    }
  });

  it.each([
    ['behind a CRI prefix', (line: string) => `2026-06-01T10:00:00Z stdout F ${line}`],
    ['in a Docker log', (line: string) => JSON.stringify({ log: `${line}\n`, stream: 'stdout' })],
    ["under 'result'", (line: string) => `{"result":${line}}`],
  ])('a line cut off outside of a string, where records come %s', async (_, wrap) => {
    const cut = `{"flow":{"verdict":"FORWARDED","l4":{"TCP":{"source_port":1`;
    const { report, records } = await ingest([cut, ...lines.map(wrap)].join('\n'));
    expect(records).toEqual(lines);
    expect(report).toMatchObject({ stored: 3, rejected: 1 });
  });

  describe('an object cut off, whatever comes behind it:', () => {
    const pretty = (flow: object) => JSON.stringify(flow, null, 2);
    const printed =
      'Jun  1 10:00:00.000: default/a (ID:1) -> default/b (ID:2) to-endpoint FORWARDED (TCP Flags: SYN)';
    const dict = `  TIMESTAMP: Jun  1 10:00:00.000
     SOURCE: default/a:1
DESTINATION: default/b:80
       TYPE: to-endpoint
    VERDICT: FORWARDED
    SUMMARY: TCP Flags: SYN`;
    const table = `TIMESTAMP             SOURCE        DESTINATION    TYPE          VERDICT     SUMMARY
Jun  1 10:00:00.000   default/a:1   default/b:80   to-endpoint   FORWARDED   TCP Flags: SYN`;
    const followers: [string, string[]][] = [
      ['objects printed over lines', flows.map(pretty)],
      ['blanks behind their braces', lines.map((line) => line.replace('{', '{ '))],
      ['arrays', lines.map((line) => `[${line}]`)],
      ['two objects on a line', [`${a}${b}`, c]],
      ['text behind them', lines.map((line) => `${line} # seen`)],
      ['quotes around them', lines.map((line) => `'${line}'`)],
      ['logfmt', lines.map((line) => `level=info msg=${JSON.stringify(line)}`)],
      ['flows as they are printed', [printed, printed, printed]],
      ['flows in blocks', [dict, dict, dict].map((block) => `${block}\n------------`)],
      ['a table', [table]],
      ['flows printed in the log of a container', [printed, printed].map((log) => JSON.stringify({ log }))],
    ];
    const heads: [string, string][] = [
      ['behind a comma', '{"flow":{"time":"2026-06-01T10:00:00Z","verdict":"FORWARDED",'],
      ['behind a colon', '{"flow":{"time":"2026-06-01T10:00:00Z","source":'],
      ['in a list', '{"flow":{"node_labels":['],
      ['in a number', '{"flow":{"l4":{"TCP":{"source_port":1'],
      ['by a shell', '$ for pod in $(pods); do {'],
      ['over lines, in a text', pretty(record({ uuid: 'torn' })).slice(0, 250)],
      ['over lines, behind a brace', '{\n  "flow": {\n    "source": {'],
      ['over lines, behind a comma', '{\n  "flow": {\n    "verdict": "DROPPED",'],
    ];

    it.each(followers)('%s', async (_, texts) => {
      const whole = await ingest(`${texts.join('\n')}\n`);
      expect(whole.records.length).toBeGreaterThan(0);
      for (const [, head] of heads) {
        const { report, records } = await ingest(`${head}\n${texts.join('\n')}\n`);
        expect(records).toEqual(whole.records);
        expect(report.rejected).toBe(whole.report.rejected + 1);
      }
    });

    it('what comes is not waited for, once two more records are there', () => {
      for (const [, head] of heads) {
        const found: unknown[] = [];
        const decoder = decoderInto(found);
        decoder.write(Buffer.from(`${head}\n${flows.map(pretty).join('\n')}\n`));
        expect(found.length).toBeGreaterThanOrEqual(2);
      }
    });

    it('hostile text of many beginnings is read again a few times only', async () => {
      const worked = stopWatch();
      const { records } = await ingest(`${'{"a":\n'.repeat(90)}{\n${'"b":1,\n'.repeat(400_000)}!\n${a}`);
      expect(records).toEqual([a]);
      expect(worked()).toBeLessThan(8_000);
    });
  });

  it('a line that was cut into pieces, whose end is missing or which is too long', async () => {
    const piece = '2026-06-01T10:00:00.1Z stdout P ';
    const lost = await ingest(`${a}\n${piece}${b.slice(0, 99)}\n`);
    expect(lost.records).toEqual([a]);
    expect(lost.report.errors).toEqual([
      { line: 2, reason: 'the rest of a line that was cut into pieces is missing' },
    ]);
    const endless = `${piece}{"flow":"${'x'.repeat(1 << 20)}\n`.repeat(17);
    const { records, report } = await ingest(`${endless}2026-06-01T10:00:00.1Z stdout F x"}\n${c}`);
    expect(records).toEqual([c]);
    expect(report.errors.map(({ line }) => line)).toEqual([16, 17, 18]);
  });

  it('a line break inside of a string: both halves are rejected, once each', async () => {
    const at = b.indexOf('SYN');
    const { report, records } = await ingest(`${a}\n${b.slice(0, at)}\n${b.slice(at)}\n${c}`);
    expect(records).toEqual([a, c]);
    expect(report.errors.map(({ line }) => line)).toEqual([2, 3]);
    expect(report.rejected).toBe(2);
  });

  it('the tail of a line whose head is lost, although whole objects stand in it', async () => {
    const tail = a.slice(a.indexOf('"l4"'));
    const { report, records } = await ingest(`${tail}\n${b}\n${c}`);
    expect(records).toEqual([b, c]);
    expect(report.errors.map(({ line }) => line)).toEqual([1]);
    expect(report.rejected).toBe(1);
  });

  it('log text between records, once a line, with its number and its beginning', async () => {
    const { report, records } = await ingest(
      `hubble observe not available\n${a}\nlevel=warn msg="no JSON" {x}\n\n${b}\n[1, 2]\n"text"\n${c}`,
    );
    expect(records).toEqual([a, b, c]);
    expect(report.errors.map(({ line }) => line)).toEqual([1, 3, 6, 7]);
    expect(report.errors[0]?.reason).toContain('hubble observe not available');
  });

  it('JSON of other programs, with its own words', async () => {
    const { report, records } = await ingest(
      `{"level":"info","msg":"hi"}\n${a}\n{"system_status":{}}\n{"verdict":{}}`,
    );
    expect(records).toEqual([a]);
    expect(report.errors.map(({ line }) => line)).toEqual([1, 3, 4]);
    expect(report.errors[0]?.reason).toContain('no Hubble record');
  });

  it('numbers and words that a line break tears, also where a whole one would be known', async () => {
    const pretty = JSON.stringify(flows[1], null, 1);
    const torn = [
      pretty.replace(/"identity": (\d)/, '"identity": $1\n'),
      pretty.replace('"is_reply": fal', '"is_reply": fal\n  '),
      pretty.replace('"verdict": ', '"verdict": \0'),
      JSON.stringify({ log: `${b}\u00a0\n` }),
    ];
    const { report, records } = await ingest([a, ...torn, c].join('\n'));
    expect(records).toEqual([a, c]);
    expect(report.rejected).toBe(4);
  });

  it('NUL bytes inside of a record; between records they are blanks', async () => {
    const { report, records } = await ingest(`${a}\n\0\0\n${b.replace('SYN', 'S\0N')}\n\0${c}\0`);
    expect(records).toEqual([a, c]);
    expect(report.errors.map(({ line }) => line)).toEqual([3]);
  });

  it('bytes that are no UTF-8: the records around them are kept', async () => {
    const bad = Buffer.concat([Buffer.from(`${a}\n`), Buffer.from([0xff, 0xfe, 0xc3, 10]), Buffer.from(b)]);
    const { report, records } = await ingest(bad);
    expect(records).toEqual([a, b]);
    expect(report.errors.map(({ line }) => line)).toEqual([2]);
  });

  it('a hostile line, in time that grows no faster than the line', async () => {
    const worked = stopWatch();
    await ingest(`{"flow":{\n{"a":[${']'.repeat(60_000)}x\n${a}`);
    await ingest(
      `[{"flow":{}, ${' '.repeat(200_000)}"x":1}]\n${JSON.stringify({ log: `{"x":${' '.repeat(200_000)}1}` })}`,
    );
    expect(worked()).toBeLessThan(2_000);
  });

  it('shown in a way that no terminal obeys', async () => {
    const { report } = await ingest('\u001b]0;title\u0007 {"a"');
    expect(report.errors[0]?.reason).not.toContain('\u0007');
    expect(report.errors[0]?.reason).not.toContain('\u001b');
  });
});

describe('records of objects and lists in one another', () => {
  /** Where it stands: a record itself and its flow are two levels. */
  const places: [string, number, (nested: unknown) => object][] = [
    ['the flow', 2, (nested) => ({ future: nested })],
    ['an end', 3, (nested) => ({ source: { pod_name: 'web-0', future: nested } })],
    ['labels of a node', 3, (nested) => ({ node_labels: ['a=b', nested] })],
    ['a list of policies', 4, (nested) => ({ egress_allowed_by: [{ name: 'p', future: nested }] })],
    ['a message', 4, (nested) => ({ l7: { type: 'REQUEST', http: { method: 'GET', headers: nested } } })],
    ['a service', 3, (nested) => ({ destination_service: { name: 's', future: nested } })],
  ];
  const nest = (levels: number) => JSON.parse('['.repeat(levels) + ']'.repeat(levels)) as unknown;

  it.each(places)(
    'are stored up to a hundred levels, and rejected beyond, in %s',
    async (_, above, place) => {
      // Each comes after others like it, which the later ones are read by.
      const told = [1, 80, 100 - above, 101 - above, 95 - above, 2_000].flatMap((levels, i) =>
        [0, 1, 2].map((n) => JSON.stringify(record({ uuid: `${i} ${n}`, ...place(nest(levels)) }))),
      );
      const { report, records } = await ingest(told.join('\n'));
      const isTooDeep = (i: number) => (i >= 9 && i < 12) || i >= 15;
      expect(records).toEqual(told.filter((_, i) => !isTooDeep(i)));
      expect(report.errors.map(({ line }) => line)).toEqual([10, 11, 12, 16, 17, 18]);
      expect(report.errors[0]?.reason).toBe('the record has more than 100 objects and lists in one another');
    },
  );

  it('take no longer than the line, however deep', async () => {
    const worked = stopWatch();
    const levels = 500_000;
    const { report } = await ingest(
      `{"flow":{"verdict":"DROPPED","x":${'['.repeat(levels)}${']'.repeat(levels)}}}\n`,
    );
    expect(report.rejected).toBe(1);
    expect(worked()).toBeLessThan(2_000);
  });
});

describe('very large records', () => {
  it('come through whole when they are printed over many lines', async () => {
    const huge = record({ Summary: 'x'.repeat(12_000_000) });
    const { report, records } = await ingest(inChunksOf(Buffer.from(JSON.stringify(huge, null, 2)), 65_536));
    expect(report).toMatchObject({ stored: 1, rejected: 0 });
    expect(records[0]?.length).toBe(JSON.stringify(huge).length);
  });

  it('come through to the letter when a text of theirs is longer than the pieces in which lines are read', async () => {
    const huge = JSON.stringify(record({ Summary: 'ü🙂'.repeat(900_000) }));
    const { records } = await ingest(inChunksOf(Buffer.from(huge), 65_537));
    expect(records[0] === huge).toBe(true);
  });
});
