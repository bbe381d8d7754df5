import { describe, expect, it } from '@jest/globals';
import { dropReasonByName, dropReasonByNumber, dropReasons, explainDropReason } from './drop-reason.js';

describe('drop reasons', () => {
  it('has each number from 130 to 205 once, except 159, which Hubble does not use', () => {
    const expected = Array.from({ length: 205 - 130 + 1 }, (_, i) => 130 + i).filter((n) => n !== 159);
    const numbers = dropReasons.map(({ number }) => number).filter((n) => n !== 0);
    expect(numbers).toEqual(expected);
    expect(dropReasonByNumber(159)).toBeUndefined();
    expect(dropReasonByNumber(206)).toBeUndefined();
  });

  it('finds each reason by its number and by its name', () => {
    for (const reason of dropReasons) {
      expect(dropReasonByName(reason.name)).toBe(reason);
      if (reason.number > 0) expect(dropReasonByNumber(reason.number)).toBe(reason);
    }
    expect(dropReasonByNumber(133)).toMatchObject({ name: 'POLICY_DENIED', text: 'Policy denied' });
    expect(dropReasonByNumber(155)?.text).toBe('CT: Map insertion failed');
    expect(dropReasonByNumber(151)?.text).toBe('Stale or unroutable IP');
  });

  it('has names, texts, words and next steps of which none is empty and none is used twice', () => {
    for (const field of ['name', 'text', 'words', 'nextStep'] as const) {
      const values = dropReasons.map((reason) => reason[field]);
      expect(values.filter((value) => value.trim() === '')).toEqual([]);
      expect(new Set(values).size).toBe(dropReasons.length);
    }
  });

  it('says in words which reasons are deprecated', () => {
    const deprecated = dropReasons.filter(({ words }) => words.includes('Deprecated')).map((r) => r.number);
    expect(deprecated).toEqual([130, 131, 138, 148, 149, 152, 186]);
  });

  it('marks the decisions of policies', () => {
    expect(dropReasons.filter(({ policy }) => policy).map((r) => r.number)).toEqual([133, 181, 189]);
  });

  it('marks what is no cause for alarm', () => {
    expect(dropReasons.filter(({ harmless }) => harmless).map((r) => r.number)).toEqual([
      173, 174, 199, 200, 201, 205,
    ]);
  });

  it('explains refusals of the L7 proxy, for which Hubble has no reason', () => {
    const refused = explainDropReason('L7_DENIED');
    expect(refused.number).toBe(0);
    expect(refused.words).toContain('403');
    expect(refused.words).toContain('REFUSED');
  });

  it('takes a missing reason, the name of zero and the number zero for the same thing', () => {
    const unknown = dropReasonByNumber(0);
    expect(unknown?.name).toBe('DROP_REASON_UNKNOWN');
    expect(explainDropReason('')).toBe(unknown);
    expect(explainDropReason('DROP_REASON_UNKNOWN')).toBe(unknown);
  });

  it('explains names that a newer Cilium may send as unknown to this version', () => {
    expect(dropReasonByName('DROP_BY_FUTURE')).toBeUndefined();
    const future = explainDropReason('DROP_BY_FUTURE');
    expect(future).toMatchObject({ number: 0, name: 'DROP_BY_FUTURE', harmless: false, policy: false });
    expect(future.words).toContain('does not know');
    expect(future.nextStep).toContain('DROP_BY_FUTURE');
  });

  it('explains numbers, as Hubble writes enum values which it has no name for', () => {
    expect(explainDropReason('133').name).toBe('POLICY_DENIED');
    expect(explainDropReason('230')).toMatchObject({ number: 230, name: '230', harmless: false });
    expect(explainDropReason('__proto__').words).toContain('__proto__');
  });
});
