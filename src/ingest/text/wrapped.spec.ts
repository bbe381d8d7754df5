import { describe, expect, it } from '@jest/globals';
import { ingest } from '../../../test/support/ingest.js';

const LINE =
  'May  2 13:42:21.107: default/xwing:41234 (ID:1234) -> default/deathstar:80 (ID:5678) to-endpoint FORWARDED (TCP Flags: SYN)';
const REPLY =
  'May  2 13:42:21.108: default/xwing:41234 (ID:1234) <- default/deathstar:80 (ID:5678) to-endpoint FORWARDED (TCP Flags: SYN, ACK)';
const HEADING =
  'TIMESTAMP             SOURCE                DESTINATION            TYPE          VERDICT     SUMMARY';
const ROW =
  'May  2 13:42:21.107   default/xwing:41234   default/deathstar:80   to-endpoint   FORWARDED   TCP Flags: SYN';

describe('a flow whose line was wrapped', () => {
  it.each([
    [
      'between two words',
      [LINE.slice(0, LINE.indexOf('to-endpoint') - 1), LINE.slice(LINE.indexOf('to-endpoint'))],
    ],
    ['within a word', [LINE.slice(0, 70), LINE.slice(70)]],
    ['twice', [LINE.slice(0, 60), LINE.slice(60, 90), LINE.slice(90)]],
    ['within its summary', [LINE.slice(0, -5), LINE.slice(-4)]],
    ['within its first end', [LINE.slice(0, 32), LINE.slice(32)]],
    ['within its first identity', [LINE.slice(0, 45), LINE.slice(45)]],
    ['before its arrow', [LINE.slice(0, LINE.indexOf(' ->')), `  ${LINE.slice(LINE.indexOf('->'))}`]],
    ['within its arrow', [LINE.slice(0, LINE.indexOf('>')), LINE.slice(LINE.indexOf('>'))]],
    ['behind its arrow', [LINE.slice(0, LINE.indexOf('-> ') + 2), LINE.slice(LINE.indexOf('-> ') + 3)]],
    [
      'before its arrow and its type',
      [
        LINE.slice(0, LINE.indexOf(' ->')),
        LINE.slice(LINE.indexOf('->'), LINE.indexOf(' to-')),
        LINE.slice(LINE.indexOf('to-')),
      ],
    ],
  ])('is read when that was %s', async (_, pieces) => {
    const { records, report } = await ingest(`${pieces.join('\n')}\n${REPLY}\n`);
    expect(report.errors).toEqual([]);
    expect(records.map((one) => JSON.parse(one) as unknown)).toMatchObject([
      {
        flow: {
          verdict: 'FORWARDED',
          destination: { pod_name: 'deathstar' },
          l4: { TCP: { flags: { SYN: true } } },
        },
        flowatlas: { text: pieces.join('\n') },
      },
      { flow: { is_reply: true } },
    ]);
  });

  it('is read from a row', async () => {
    for (const cut of [30, 50, 70]) {
      const { records, report } = await ingest(
        `${HEADING}\n${ROW.slice(0, cut)}\n${ROW.slice(cut)}\n${ROW}\n`,
      );
      expect(report).toMatchObject({ stored: 2, rejected: 1 });
      expect(JSON.parse(records[0] ?? '')).toMatchObject({
        flow: {
          source: { pod_name: 'xwing' },
          destination: { pod_name: 'deathstar' },
          Summary: 'TCP Flags: SYN',
        },
      });
    }
  });

  it('is told from what is cut off, which is rejected line by line', async () => {
    const { report } = await ingest(
      `${LINE.slice(0, 70)}\n${LINE}\n\n${LINE.slice(0, 60)}\nsomething else\n${REPLY.slice(0, -1)}`,
    );
    expect(report).toMatchObject({ stored: 2, rejected: 3 });
    expect(report.errors.map(({ line }) => line).sort()).toEqual([1, 4, 5]);
  });

  it('does not begin with an end that no arrow follows', async () => {
    const { report } = await ingest(
      [
        'May  2 13:42:21.107: default/xwing:41234 (ID:1234)',
        'and nothing else',
        'May  2 13:42:21.107: started',
        'May  2 13:42:21.107:',
        'May  2 13:42:21.107: listening on 10.0.0.7:80',
        'May  2 13:42:21.107: example.com',
        'May  2 13:42:21.107: 10.0.0.7',
        LINE,
      ].join('\n'),
    );
    expect(report).toMatchObject({ stored: 1, rejected: 7 });
    expect(report.errors.filter(({ reason }) => reason.includes('cut off')).map(({ line }) => line)).toEqual([
      1, 7,
    ]);
  });
});
