import { describe, expect, it } from '@jest/globals';
import { tally } from '../../../test/support/make-flow.js';
import { pod } from '../../../test/support/make-flow.js';
import { digestOf, type Acknowledgement } from './ledger.js';
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
const question = { since: at(15), silentFor: 6n * HOUR, until: at(23) };

function digest(acknowledged: ReadonlyMap<string, Acknowledgement> = new Map()) {
  const {
    fresh,
    newlyDropped,
    silent,
    acknowledged: seen,
  } = digestOf(ledgerOf(flows, acknowledged), question);
  const names = (entries: typeof fresh) => entries.map(({ target }) => target.name);
  return { fresh: names(fresh), newlyDropped: names(newlyDropped), silent: names(silent), seen };
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
    const entries = ledgerOf(flows, new Map());
    expect(digestOf(entries, { ...question, until: at(18) }).silent).toEqual([]);
  });
});
