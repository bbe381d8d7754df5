import { describe, expect, it } from '@jest/globals';
import { readSelection, type SelectionFlags } from './selection.js';

const NOW = Date.parse('2026-06-01T10:00:00Z');

const all = {
  window: { since: undefined, until: undefined },
  first: undefined,
  last: undefined,
  follow: false,
};
const server = (flags: SelectionFlags) => readSelection(flags, 'server', NOW);
const file = (flags: SelectionFlags) => readSelection(flags, 'file', NOW);

describe('how much is shown', () => {
  it('is everything of a file, and the newest 20 of a server that is asked for nothing', () => {
    expect(file({})).toEqual(all);
    expect(server({})).toEqual({ ...all, last: 20 });
    expect(server({ last: 0 })).toEqual({ ...all, last: 20 });
  });

  it('is everything of a server where a window, --all or --follow is given', () => {
    expect(server({ all: true })).toEqual(all);
    expect(server({ since: '1h' })).toMatchObject({ first: undefined, last: undefined });
    expect(server({ until: '1h' })).toMatchObject({ first: undefined, last: undefined });
    expect(server({ follow: true })).toEqual({ ...all, follow: true });
  });

  it('is as many as are asked for', () => {
    expect(server({ first: 3 })).toEqual({ ...all, first: 3 });
    expect(file({ last: 3 })).toEqual({ ...all, last: 3 });
    expect(server({ last: 5, follow: true })).toEqual({ ...all, last: 5, follow: true });
    expect(server({ last: 5, since: '1h' })).toMatchObject({ last: 5 });
  });

  it('lies between two times, of which that of what is followed has only one', () => {
    const hour = 3_600_000_000_000n;
    const now = BigInt(NOW) * 1_000_000n;
    const flags = { since: '2h', until: '2026-06-01T09:00:00Z' };
    expect(file(flags).window).toEqual({ since: now - 2n * hour, until: now - hour });
    expect(server({ ...flags, follow: true }).window).toEqual({ since: now - 2n * hour, until: undefined });
  });

  it('is refused where it makes no sense', () => {
    expect(() => file({ first: 1, last: 1 })).toThrow('--first and --last do not go together');
    expect(() => server({ first: 1, all: true })).toThrow('--first and --all');
    expect(() => server({ first: 1, follow: true })).toThrow('--first and --follow');
    expect(() => server({ last: 1, all: true })).toThrow('--last and --all');
    expect(() => file({ last: 1_000_001 })).toThrow('--last is at most 1,000,000');
    expect(() => file({ since: '1h', until: '2h' })).toThrow('--since is later than --until');
    expect(() => file({ since: 'yesterday' })).toThrow('since: "yesterday" is neither');
  });

  it('passes over --follow of a file', () => {
    expect(file({ follow: true, first: 1 })).toEqual({ ...all, first: 1 });
  });
});
