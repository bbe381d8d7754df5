import { describe, expect, it } from '@jest/globals';
import { fieldMask } from './field-mask.js';

const flow = {
  verdict: 'FORWARDED',
  source: { pod_name: 'web-0', namespace: 'shop', labels: ['a', 'b'] },
  l4: { TCP: { source_port: 1, destination_port: 80 } },
  nodeName: 'c/n1',
  cookie: 1,
};

describe('a field mask', () => {
  it.each([
    [['verdict'], { verdict: 'FORWARDED' }],
    [['source.pod_name', 'source.labels'], { source: { pod_name: 'web-0', labels: ['a', 'b'] } }],
    [['source.pod_name', 'source'], { source: flow.source }],
    [['source', 'source.pod_name'], { source: flow.source }],
    [['l4.TCP.destination_port'], { l4: { TCP: { destination_port: 80 } } }],
    [['l4.UDP', 'uuid', 'destination.pod_name'], { l4: {} }],
    [['node_name'], { nodeName: 'c/n1' }],
    [[], {}],
  ])('%j keeps %j', (paths, kept) => {
    expect(fieldMask(paths)(flow)).toEqual(kept);
  });

  it.each([
    'nope',
    'source.nope',
    'verdict.x',
    '',
    'source.',
    'source.workloads.name',
    'constructor',
    'time.seconds',
  ])('refuses a path that no flow has: %j', (path) => {
    expect(() => fieldMask([path])).toThrow(/^field_mask: /);
  });
});
