import { describe, expect, it } from '@jest/globals';
import { HEAD, recordOf, style, type Fields } from '../../test/support/print.js';
import { CompactPrinter } from './compact.js';
import { DictPrinter } from './dict.js';
import { JsonPrinter } from './json.js';
import type { Style } from './style.js';

describe('the state of a node', () => {
  const status = (node_status: Fields, more: Partial<Style> = {}) => {
    const told = recordOf({ node_status, node_name: 'relay', time: '2026-06-01T10:00:00Z' });
    return new CompactPrinter(style(more)).status(told);
  };
  const names = ['c/n1', 'c/n2'];

  it('is told on the side when something is wrong, and always when debugging', () => {
    expect(status({ state_change: 'NODE_UNAVAILABLE', node_names: names })).toBe(
      `${HEAD} [relay]: 2 nodes are unavailable: c/n1, c/n2\n`,
    );
    expect(status({ state_change: 'NODE_ERROR', node_names: names, message: 'no "route"' })).toBe(
      `${HEAD} [relay]: Error "no \\"route\\"" on 2 nodes: c/n1, c/n2\n`,
    );
    expect(status({ state_change: 'NODE_CONNECTED', node_names: names })).toBe('');
    expect(status({ state_change: 'NODE_CONNECTED', node_names: names }, { debug: true })).toBe(
      `${HEAD} [relay]: Receiving flows from 2 nodes: c/n1, c/n2\n`,
    );
    expect(status({ state_change: 'NODE_GONE', node_names: names }, { debug: true })).toContain(
      ': 2 nodes removed from cluster: c/n1, c/n2',
    );
  });

  it('cuts long lists of nodes', () => {
    const many = Array.from({ length: 20 }, (_, index) => `cluster/node-${index}`);
    expect(status({ state_change: 2, node_names: many })).toContain(
      'cluster/node-0, cluster/node-1, cluster/node-2 (and 17 more)\n',
    );
    expect(status({ state_change: 2, node_names: ['n'.repeat(80), 'm'] })).toContain(
      `${'n'.repeat(80)} (and 1 more)`,
    );
  });

  it('is a block in dict, and JSON in JSON', () => {
    const told = recordOf({ node_status: { state_change: 'NODE_UNAVAILABLE', node_names: names } });
    expect(new DictPrinter(style()).status(told)).toBe(
      '  TIMESTAMP: N/A\n      STATE: NODE_UNAVAILABLE\n      NODES: c/n1, c/n2\n    MESSAGE: N/A\n',
    );
    expect(new JsonPrinter(style()).status(told)).toBe(`${told.json}\n`);
    for (const printer of [new DictPrinter(style()), new JsonPrinter(style()), new CompactPrinter(style())])
      expect(printer.print(told)).toBe('');
  });
});
