import { describe, expect, it } from '@jest/globals';
import { agentRecord as agent, debugRecord as debug, HEAD, print, style } from '../../test/support/print.js';
import { record } from '../../test/support/make-flow.js';
import { DictPrinter } from './dict.js';
import { MemoryShelf } from './memory-shelf.js';
import { coloured } from './style.js';
import { TablePrinter } from './table.js';

const flow = record({ Summary: 'TCP Flags: SYN' });

describe('a table', () => {
  it('begins anew where other records come, each kind under its own head', async () => {
    expect(await print(new TablePrinter(style(), new MemoryShelf()), [agent, debug, flow])).toBe(
      [
        'TIMESTAMP             TYPE             DETAILS',
        `${HEAD}   POLICY_UPDATED   labels: [a,b], revision: 7, count: 2`,
        'TIMESTAMP             FROM                     TYPE             CPU/MARK   MESSAGE',
        `${HEAD}   shop/web-0 (ID: 12)      DBG_CT_VERDICT   01 0xff    CT verdict: New`,
        'TIMESTAMP             SOURCE             DESTINATION    TYPE          VERDICT     SUMMARY',
        `${HEAD}   shop/web-0:41822   pay/api-0:80   to-endpoint   FORWARDED   TCP Flags: SYN\n`,
      ].join('\n'),
    );
  });

  it('counts characters, not bytes', async () => {
    const odd = record({ source_names: ['größe.😀'], source: {} });
    const [head, row] = (await print(new TablePrinter(style(), new MemoryShelf()), [odd])).split('\n');
    expect(head?.indexOf('DESTINATION')).toBe(
      Array.from(row ?? '')
        .join('')
        .indexOf('pay/api-0') - 1,
    );
  });

  it('is never coloured', async () => {
    const rows = await print(new TablePrinter(style({ paint: coloured }), new MemoryShelf()), [flow]);
    expect(rows).not.toContain('\u001b');
  });
});

describe('blocks', () => {
  it('are separated, whatever their kind', async () => {
    const text = await print(new DictPrinter(style()), [agent, debug, flow]);
    expect(text.split('------------\n')).toEqual([
      `  TIMESTAMP: ${HEAD}\n       TYPE: POLICY_UPDATED\n    DETAILS: labels: [a,b], revision: 7, count: 2\n`,
      `  TIMESTAMP: ${HEAD}\n       TYPE: DBG_CT_VERDICT\n       FROM: shop/web-0 (ID: 12)\n       MARK: 0xff\n        CPU: 01\n    MESSAGE: CT verdict: New\n`,
      expect.stringContaining('     SOURCE: shop/web-0:41822\n'),
    ]);
  });
});
