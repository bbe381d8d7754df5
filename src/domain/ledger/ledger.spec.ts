import { describe, expect, it } from '@jest/globals';
import { tally } from '../../../test/support/make-flow.js';
import { pod } from '../../../test/support/make-flow.js';
import { listed, newsNames, type Acknowledgement, type Stretch } from './ledger.js';
import { ledgerOf } from './ledger-of.js';

const HOUR = 3_600_000_000_000n;
const at = (hour: number) => BigInt(Date.UTC(2026, 5, 1, hour)) * 1_000_000n;
const told = (hour: number, server: string, more: object = {}) =>
  tally({
    destination: pod(`pay/${server}-0`),
    time: new Date(Date.UTC(2026, 5, 1, hour)).toISOString(),
    ...more,
  });
const drop = { verdict: 'DROPPED', event_type: { type: 1 }, drop_reason_desc: 'POLICY_DENIED' };

const flows = [
  told(1, 'steady'),
  told(23, 'steady'),
  told(20, 'new'),
  told(22, 'new', drop),
  told(1, 'denied'),
  told(21, 'denied', drop),
  told(23, 'denied'),
  told(1, 'always-denied', drop),
  told(23, 'always-denied', drop),
  told(1, 'gone'),
  told(12, 'gone'),
  told(1, 'long-gone'),
];
const question: Stretch = { since: at(15), silentFor: 6n * HOUR, until: at(23) + 1n };

function digest(acknowledged: ReadonlyMap<string, Acknowledgement> = new Map(), stretch = question) {
  const entries = ledgerOf(flows, acknowledged);
  const lists = newsNames.map((name) => listed(entries, { list: { name, ...stretch }, most: 10 }));
  const [fresh, newlyDropped, silent] = lists.map((list) => list.entries.map(({ target }) => target.name));
  const seen = lists.reduce((sum, list) => sum + list.acknowledged, 0);
  return { fresh, newlyDropped, silent, seen };
}

describe('a digest', () => {
  it('tells each edge once: what is new, what was dropped for the first time, what went silent', () => {
    expect(digest()).toEqual({ fresh: ['new'], newlyDropped: ['denied'], silent: ['gone'], seen: 0 });
  });

  it('leaves out what was acknowledged, and counts it', () => {
    const known = ledgerOf(flows, new Map()).find(({ target }) => target.name === 'gone');
    const acknowledged = new Map([[known!.id, { note: '', at: 0 }]]);
    expect(digest(acknowledged)).toMatchObject({ silent: [], seen: 1 });
  });

  it('takes nothing for silent where nothing was recorded any more', () => {
    expect(digest(new Map(), { ...question, until: at(18) }).silent).toEqual([]);
  });

  it('tells everything once in stretches side by side', () => {
    const cut = at(20);
    const [before, after] = [
      digest(new Map(), { ...question, until: cut }),
      digest(new Map(), { ...question, since: cut }),
    ];
    expect({ before, after }).toMatchObject({
      before: { fresh: [], newlyDropped: [], silent: ['gone'] },
      after: { fresh: ['new'], newlyDropped: ['denied'], silent: [] },
    });
  });

  it('gives as many as asked for, the newest first, and counts the others', () => {
    const all = ledgerOf(flows, new Map());
    const { entries, leftOut } = listed(all, { list: { name: 'all' }, most: 1 });
    expect({ names: entries.map(({ target }) => target.name), leftOut }).toEqual({
      names: ['new'],
      leftOut: 5,
    });
  });
});
