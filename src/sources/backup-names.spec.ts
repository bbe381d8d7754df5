import { describe, expect, it } from '@jest/globals';
import { backedUpBy, mayBackUp } from './backup-names.js';

describe('the name of a backup', () => {
  it.each([
    ['events-2026-01-01T00-00-00.000.log', 'events.log'],
    ['events-2026-01-01T00-00-00.000.log.gz', 'events.log'],
    ['my-events-2026-01-01T00-00-00.000.log', 'my-events.log'],
    ['events-2026-01-01T00-00-00.000', 'events'],
    ['events.log.1', 'events.log'],
    ['events.log.12.gz', 'events.log'],
    ['events.log.1.zst', 'events.log'],
    ['events.log-20260101', 'events.log'],
    ['events.log-2026-01-01-1767225600.gz', 'events.log'],
    ['events.log.gz', 'events.log'],
  ])('%s leads to %s', (name, log) => {
    expect(backedUpBy(name)).toContain(log);
  });

  it.each(['events.log', 'events', 'other.log', '.log', 'events.log.bak', 'events.log.1.swp'])(
    '%s is none',
    (name) => {
      expect(backedUpBy(name)).toEqual([]);
    },
  );

  it.each([
    ['events.1.log', 'events.log'],
    ['events-20261123.log', 'events.log'],
    ['events-20261123-1795478400.log.gz', 'events.log'],
    ['my.events-2026-11-23.log', 'my.events.log'],
    ['0.log.20261123-213500', '0.log'],
  ])('%s leads to %s where that lies beside', (name, log) => {
    expect(mayBackUp(name)).toContain(log);
  });

  it.each(['events.log', 'node-1.log', 'events-v2.log', '0.log'])('%s is none wherever it lies', (name) => {
    expect(mayBackUp(name)).toEqual([]);
  });
});
