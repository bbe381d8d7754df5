import { describe, expect, it } from '@jest/globals';
import { pod, tally } from '../../test/support/make-flow.js';
import { atOnce } from '../domain/steps.js';
import { Grain } from '../domain/service-map/grain.js';
import { defaultThresholds } from '../domain/service-map/edge-change.js';
import { ServiceMap } from '../domain/service-map/service-map.js';
import { diffAnswer, type DiffSide } from './diff-answer.js';
import { diffMarkdown } from './diff-markdown.js';

const coverage = {
  from: '2026-06-01T10:00:00Z',
  to: '2026-06-01T11:00:00Z',
  keptSince: null,
  eventsLost: 0,
  silentNodes: [],
  silentNodesLeftOut: 0,
  note: '',
};

function sideOf(fields: readonly object[], from: string | null = coverage.from): DiffSide {
  const map = ServiceMap.of(
    fields.map((one) => tally({ ...one })),
    'workload',
  );
  const about = {
    asked: { since: null, until: null },
    from,
    to: coverage.to,
    minutes: 60,
    seq: 1,
    summed: { hours: null, minutes: null },
  };
  const own = { ...coverage, from };
  return {
    nodes: map.nodes(),
    edges: map.edges(),
    about: { ...about, coverage: own },
    recorded: {
      since: undefined,
      until: undefined,
      held: undefined,
      coverage: own,
      summed: false,
      sumsMissing: false,
      report: undefined,
    },
  };
}

const markdown = (a: DiffSide, b: DiffSide) =>
  diffMarkdown(atOnce(diffAnswer(new Grain('workload'), a, b, defaultThresholds)));

describe('a difference as Markdown', () => {
  it('has a section for each kind that there is', () => {
    const dropped = { verdict: 'DROPPED', drop_reason_desc: 'POLICY_DENIED', event_type: { type: 1 } };
    const other = { destination: pod('pay/new-0', 'new') };
    const text = markdown(sideOf([{}]), sideOf([dropped, other]));
    expect(text).toContain(
      '## New edges (1)\n\n| client | server | port | seen |\n| --- | --- | --- | --- |\n',
    );
    expect(text).toContain(
      '| `shop/web` | `pay/new` | `80 TCP` | `allowed: 1 let through`<br>`few flows: may be chance` |',
    );
    expect(text).toContain(
      '| `shop/web` | `pay/api` | `80 TCP` | `allowed → dropped`<br>`new reason POLICY_DENIED (1)`',
    );
    expect(text).toContain('## New nodes (1)\n\n- `pay/new`\n');
    expect(text).not.toContain('Gone');
  });

  it('says that nothing is held, before it says what seems to be gone', () => {
    const text = markdown(sideOf([{}]), sideOf([], null));
    expect(text).toContain('- **b**: `No flow of this window is held');
    expect(text.indexOf('**b**')).toBeLessThan(text.indexOf('## Gone edges (1)'));
  });

  it('keeps names from being markup, links, mentions, further cells or further lines', () => {
    const hostile = ['a`|<b>@all`', '``', '`x', 'x\n# y\u202e', '[z](http://h)', 'a|b|'];
    const text = markdown(sideOf([]), sideOf(hostile.map((name) => ({ destination: pod('pay/x-0', name) }))));
    const [, table = ''] = text.split('## New edges (6)\n\n');
    const rows = table.split('\n').slice(2, 8);
    for (const row of rows) {
      // Nothing but whole spans of code, and bars and breaks between them.
      const rest = row.replace(/(?<!`)(`+)(?!`)(?:(?!\1(?!`))[^\n])*?[^`]\1(?!`)/g, '');
      expect(rest).toMatch(/^\| {2}\| {2}\| {2}\| (<br>)* *\|$/);
      expect(row.replaceAll('\\|', '').split('|')).toHaveLength(6);
    }
    expect(text).toContain('x\\u000a# y\\u202e');
  });
});
