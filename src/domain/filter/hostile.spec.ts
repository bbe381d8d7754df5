import { describe, expect, it } from '@jest/globals';
import { stopWatch } from '../../../test/support/cpu-time.js';
import { flow, words } from '../../../test/support/make-flow.js';
import { FlowatlasError } from '../errors.js';
import { filterNames, filterSwitches, parseFilter } from './parse-filter.js';

/** Milliseconds of CPU. */
const A_SECOND = 1_000;
const source = {
  namespace: 'shop',
  pod_name: `web-${'a'.repeat(100_000)}`,
  labels: Array.from({ length: 10_000 }, (_, i) => `k8s:label-${i}=value`),
  workloads: Array.from({ length: 10_000 }, (_, i) => ({ name: `w${i}`, kind: 'Deployment' })),
};
const http = { method: 'GET', url: `http://x/${'a'.repeat(60_000)}!`, headers: [{ key: 'k', value: 'v' }] };
const large = flow({
  source,
  destination: source,
  source_names: ['a'.repeat(250)],
  l7: { type: 'REQUEST', http },
});

/** Refused with a reason of readable length, or answered; soon either way. */
function isDealtWith(told: Record<string, string | string[]>): void {
  const worked = stopWatch();
  try {
    parseFilter(words(told)).matches(large);
  } catch (error) {
    expect(error).toBeInstanceOf(FlowatlasError);
    expect((error as FlowatlasError).code).toBe('invalid_filter');
    expect((error as FlowatlasError).message.length).toBeLessThan(2_500);
  }
  expect(worked()).toBeLessThan(A_SECOND);
}

describe('whatever stands in a filter', () => {
  const plain = [...filterNames.keys()].filter((name) => !name.startsWith('not-'));
  const values = [
    '(a+)+$',
    'a'.repeat(1 << 20),
    'a'.repeat(4_096),
    '*'.repeat(255),
    `${'('.repeat(500)}a${')'.repeat(500)}`,
    '(((a{1,1000}){1,1000}){1,1000})',
    '\ud800\udfff\ud800',
    '\u0000',
    '__proto__',
    '1e999',
    '99999999999999999999999',
    ','.repeat(4_000),
    '=',
  ];

  it.each(plain)('it is refused or answered within a second: %s', (name) => {
    for (const value of values) isDealtWith({ [name]: value });
  });

  const many = (count: number, value: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => value(i));

  it.each([
    { label: many(10_000, (i) => `l${i}`) },
    { label: many(1_000, (i) => `l${i}`) },
    { text: many(100, (i) => `x${i}`) },
    { workload: many(1_000, (i) => `x${i}`) },
    { 'from-pod': many(1_000, (i) => `shop/${i}`) },
    { 'http-header': many(1_000, (i) => `${i}:`) },
    { 'http-url': many(20, () => '(a+)+$') },
    { 'node-name': many(100, (i) => `*${i}*`.repeat(20)) },
    { denylist: many(100, () => '{"source_label":["x"]}') },
    { 'from-label': many(10_000, (i) => `${i}`) },
    { pod: many(10_000, (i) => `/${i}`) },
    { text: many(10_000, (i) => `${i}`) },
    { 'http-url': many(10_000, () => '(a+)+$') },
    { fqdn: many(10_000, (i) => `*${i}*`) },
    { 'node-name': many(10_000, (i) => `*${i}`) },
    { ip: many(10_000, () => '10.0/8') },
    { port: many(5_000, (i) => `${i}-${i}`) },
    { 'http-header': many(10_000, (i) => `${i}:`) },
    { denylist: many(10_000, () => '{}') },
  ] as Record<string, string[]>[])(
    'thousands of values are refused or answered within a second: case %#',
    (told) => {
      isDealtWith(told);
    },
  );

  it('a switch that is given something else is refused', () => {
    for (const name of filterSwitches) {
      expect(() => parseFilter(words({ [name]: 'a'.repeat(1 << 20) }))).toThrow(FlowatlasError);
    }
  });
});
