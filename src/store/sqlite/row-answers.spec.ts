import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Predicate } from '../../domain/filter/criterion.js';
import { readFilter } from '../../domain/filter/expression/read-filter.js';
import { all, everything } from '../../domain/filter/filter.js';
import { always } from '../../domain/filter/window.js';
import type { RecordedFlow } from '../../domain/flow/flow.js';
import { groupFields } from '../../domain/grouping/fields.js';
import { everyone } from '../../domain/viewer.js';
import { flowTexts } from '../../../test/support/arbitrary-flows.js';
import { jsonText } from '../../../test/support/json-text.js';
import { pod, record, words } from '../../../test/support/make-flow.js';
import { openSqlite } from '../../../test/support/sqlite-store.js';
import { temporaryFolders } from '../../../test/support/temporary-folder.js';
import type { HeldFlow } from '../queries.js';
import { append, clock, collect, hold, naive, opening } from '../opened.contract.js';

const newFolder = temporaryFolders();
const opened = opening(() => Promise.resolve(openSqlite(newFolder(), clock)));

/** Of each kind of column, and of what is a row's own. */
const comparison = fc.constantFrom(
  'http-path ~ "items$"',
  'http-path = /',
  'http-url ~ "b=<2>"',
  'http-status >= 404',
  'http-method = GET',
  'dns-query ~ example',
  'dns-rcode = NXDOMAIN',
  'protocol = http',
  'protocol = dns',
  'latency > 250us',
  'verdict = DROPPED',
  'from-namespace = shop',
  'to-pod ~ "^pay/"',
  'node-name = c/n1',
  'policy = no-way',
  'to-port < 1024',
  'text = 503',
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    tie('expression').map((told) => `not (${told})`),
    fc
      .tuple(tie('expression'), fc.constantFrom('and', 'or'), tie('expression'))
      .map(([first, joined, second]) => `(${first}) ${joined} (${second})`),
  ),
}));
const field = fc.constantFrom('http-path', 'http-status', 'dns-query', 'dns-rcode', 'protocol', 'from-pod');

describe('remembered answers', () => {
  it('are those of the single flows, in one block after another', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(flowTexts(12), { minLength: 1, maxLength: 3 }),
        expression,
        field,
        (blocks, q, name) =>
          opened(async (at) => {
            const held: RecordedFlow[] = [];
            for (const texts of blocks) held.push(...(await hold(at, texts)));
            const query = { filter: readFilter(words({ q: [q] })), window: always };
            const passing = naive(held, query).sort((a, b) => a - b);
            const seen = await collect(at.store.scan(everyone, query, ({ seq }) => seq));
            expect(seen.flatMap(({ items }) => items)).toEqual(passing);

            const ask = groupFields.get(name)!.of;
            const told = (await collect(at.store.counts(everyone, query, [ask]))).flat();
            const expected = passing.map((seq) => ({ key: [ask(held[seq - 1]!)], count: 1 }));
            expect(added(told)).toEqual(added(expected));
          }),
      ),
      { numRuns: 100 },
    ));

  it('of what settles most for the least are asked first, whatever is said first', () =>
    opened(async (at) => {
      const names = Array.from({ length: 400 }, (_, i) => `s-${i}`);
      await append(
        at,
        names.map((name, i) =>
          jsonText(
            record({
              uuid: name,
              source: pod(`shop/${name}`),
              verdict: i % 100 === 99 ? 'DROPPED' : 'FORWARDED',
            }),
          ),
        ),
      );
      let looked = 0;
      const seldom: Predicate = ({ source }) => ++looked > 0 && source.namespace === 'shop';
      const filter = { matches: all([seldom, ({ traits }) => traits.verdict === 'DROPPED']), isEmpty: false };
      const seen = await collect(at.store.scan(everyone, { filter, window: always }, ({ seq }) => seq));
      expect(seen.flatMap(({ items }) => items)).toEqual([100, 200, 300, 400]);
      expect(looked).toBeLessThan(100);
    }));

  it('are counted right where they are more than are held at once', () =>
    opened(async (at) => {
      const flows = 66_000;
      await append(
        at,
        Array.from({ length: flows }, (_, i) => jsonText(record({ uuid: `u-${i}` }))),
      );
      const numbers = [({ seq }: HeldFlow) => String(seq), ({ seq }: HeldFlow) => String(seq % 7)];
      const told = await collect(at.store.counts(everyone, { filter: everything, window: always }, numbers));
      expect(told.filter((counts) => counts.length > 0).length).toBeGreaterThan(1);
      const sums = added(told.flat());
      expect(Object.keys(sums)).toHaveLength(flows);
      for (let seq = 1; seq <= flows; seq++)
        if (sums[`${seq},${seq % 7}`] !== 1) throw new Error(`flow ${seq}`);
    }));
});

function added(counts: readonly { key: readonly string[]; count: number }[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { key, count } of counts) sums[String(key)] = (sums[String(key)] ?? 0) + count;
  return sums;
}
