import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pod, tally } from '../../../test/support/make-flow.js';
import { ServiceMap } from '../../domain/service-map/service-map.js';
import { visible } from '../../domain/visible.js';
import { exports } from './formats.js';
import type { Graph } from './graph.js';

/** The whole file. */
const written = (format: keyof typeof exports, graph: Graph) => [...exports[format].lines(graph)].join('');

const denied = {
  verdict: 'DROPPED',
  drop_reason_desc: 'POLICY_DENIED',
  event_type: { type: 1, sub_type: 133 },
};

function graphOf(...fields: object[]): Graph {
  const map = ServiceMap.of(
    fields.map((one) => tally({ source: pod('shop/web-0', 'web'), ...one })),
    'workload',
  );
  return { nodes: map.nodes(), edges: map.edges() };
}

/** An edge of each kind: let through, dropped, both; the last one out of the cluster. */
const three = graphOf(
  { destination: pod('pay/api-0', 'api') },
  { destination: pod('pay/db-0', 'db'), ...denied },
  { destination: { identity: 2 } },
  { destination: { identity: 2 }, ...denied },
);

const hostile = fc
  .array(
    fc.constantFrom(
      ...[
        '"',
        "'",
        '\\',
        '<',
        '>',
        '&',
        '`',
        '|',
        '#',
        ';',
        ']]>',
        '\n',
        '\r',
        '\u0000',
        '\u001b[2J',
        '\u202e',
      ],
      ...[
        '--',
        '-->',
        'end',
        '"]',
        '{',
        '}',
        '[',
        ']',
        '=',
        '@',
        ',',
        '\t',
        '\ud800',
        '\uffff',
        'ü',
        '🙂',
        'a',
        ' ',
      ],
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((parts) => parts.join(''))
  // A name that is told, so that the record's reader keeps it as it is.
  .map((name) => `x${name}x`);

const evilGraph = fc.tuple(hostile, hostile, hostile).map(([namespace, name, reason]) =>
  graphOf({
    destination: { ...pod('pay/api-0', name), namespace },
    ...denied,
    drop_reason_desc: reason,
  }),
);

const QUOTED = String.raw`"(?:[^"\\\n]|\\["\\])*"`;

describe('a map as GraphML', () => {
  const TAG = /<(\/?[a-z]+)((?: [a-z.]+="[^"<>&]*(?:&(?:amp|lt|gt|quot|apos);[^"<>&]*)*")*)(\/?)>/g;

  it('tells of every node and edge what the map tells', () => {
    const text = written('graphml', three);
    const edge = three.edges.find(({ target }) => target === 'c/pay/db');
    expect(text).toContain('<key id="edge-dropped" for="edge" attr.name="dropped" attr.type="long"/>');
    expect(text).toContain(`<edge id="${edge?.id ?? ''}" source="c/shop/web" target="c/pay/db">`);
    expect(text).toContain('<data key="edge-dropped">1</data>');
    expect(text).toContain('<data key="edge-dropReasons">POLICY_DENIED=1</data>');
    expect(text.match(/<node /g)).toHaveLength(4);
    expect(text.match(/<edge /g)).toHaveLength(3);
  });

  it('is well-formed XML, whatever names there are, and tells them all the same', () => {
    fc.assert(
      fc.property(evilGraph, (graph) => {
        const [declaration = '', ...lines] = written('graphml', graph).split('\n');
        const text = lines.join('');
        expect(declaration).toBe('<?xml version="1.0" encoding="UTF-8"?>');
        const open: string[] = [];
        for (const [, name = '', , closed] of text.matchAll(TAG)) {
          if (name.startsWith('/')) expect(open.pop()).toBe(name.slice(1));
          else if (closed === '') open.push(name);
        }
        expect(open).toEqual([]);
        const between = text.replace(TAG, '');
        expect(between.replace(/&(amp|lt|gt|quot|apos);/g, '')).not.toMatch(/[<>&]/);
        // eslint-disable-next-line no-control-regex
        expect(text).not.toMatch(/[\u0000-\u001f\ufffe\uffff]|\p{Surrogate}/u);
        const [, name = ''] = /<data key="node-name">(.*?)<\/data>/.exec(text) ?? [];
        const plain = name.replace(/&(amp|lt|gt|quot|apos);/g, (_, entity: 'amp') => ENTITIES[entity]);
        const told = graph.nodes[0]?.name ?? '';
        expect(plain).toBe(visible(told).replace(/\p{Surrogate}|\uffff/gu, '\ufffd'));
      }),
    );
  });

  const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
});

describe('a map as DOT', () => {
  it('draws what is dropped in red, and groups by namespace', () => {
    const text = written('dot', three);
    expect(text).toMatch(
      /"c\/shop\/web" -> "c\/pay\/db" \[label="80 TCP: 0, 1 dropped \(POLICY_DENIED\)" color="red"/,
    );
    expect(text).toMatch(/"c\/shop\/web" -> "entity:world" \[.* color="orange"/);
    expect(text).toMatch(/"c\/shop\/web" -> "c\/pay\/api" \[.* color="gray40"/);
    expect(text).toMatch(/subgraph cluster_\d \{\nlabel="c\/pay"\n"c\/pay\/api" /);
  });

  it('has nothing of a name outside of quotes', () => {
    const attributes = `\\[(?:[a-zA-Z0-9]+=${QUOTED} ?)*\\]`;
    const line = new RegExp(
      [
        'digraph map \\{|rankdir=LR|node \\[shape=box\\]|\\}|',
        `subgraph cluster_\\d+ \\{|label=${QUOTED}|${QUOTED}(?: -> ${QUOTED})? ${attributes}`,
      ].join(''),
    );
    const whole = new RegExp(`^(?:${line.source})$`);
    fc.assert(
      fc.property(evilGraph, (graph) => {
        for (const one of written('dot', graph).trimEnd().split('\n')) expect(one).toMatch(whole);
      }),
    );
  });
});

describe('a map as Mermaid', () => {
  it('draws what is dropped in red and with another arrow', () => {
    const lines = written('mermaid', three).split('\n');
    expect(lines).toContain('  n2 --x|"80 TCP: 0, 1 dropped (POLICY#95;DENIED)"| n1');
    expect(lines).toContain('    n1["db"]');
    expect(lines.filter((line) => line.includes('linkStyle')).map((line) => line.split(' ').at(-1))).toEqual(
      expect.arrayContaining(['stroke:red,color:red', 'stroke:orange,color:orange']),
    );
  });

  it('has ids of its own, and nothing of a name but letters, digits and harmless marks', () => {
    const label = String.raw`"(?:[\p{L}\p{N} ./:,()-]|#\d+;)*"`;
    const line = new RegExp(
      `^(?:flowchart LR| +end| +subgraph s\\d+\\[${label}\\]| +n\\d+\\[${label}\\]|` +
        ` +n\\d+ (?:-->|-\\.->|--x|---)\\|${label}\\| n\\d+| +linkStyle \\d+ stroke:[a-z]+,color:[a-z]+)$`,
      'u',
    );
    fc.assert(
      fc.property(evilGraph, (graph) => {
        for (const one of written('mermaid', graph).trimEnd().split('\n')) expect(one).toMatch(line);
      }),
    );
  });
});

describe('a map as CSV', () => {
  it('has a line for each edge', () => {
    const [header = '', ...lines] = written('csv', three).split('\r\n');
    expect(header).toMatch(/^id,source,source_name,.*,protocol,port,verdict,forwarded,dropped,/);
    expect(lines).toHaveLength(4);
    expect(lines.find((line) => line.includes('c/pay/db'))).toMatch(/,TCP,80,dropped,0,1,.*POLICY_DENIED=1,/);
  });

  it('is no formula to a spreadsheet, and no further line', () => {
    const evil = graphOf({ destination: pod('pay/api-0', '=cmd|"/c calc"!A1\r\n') });
    const [, line = '', ...rest] = written('csv', evil).split('\r\n');
    expect(rest).toEqual(['']);
    expect(line).toContain(`,"'=cmd|""/c calc""!A1\\u000d\\u000a",`);
  });
});

describe('a map as metrics of Prometheus', () => {
  it('has a series for each count that is not nothing', () => {
    const text = written('prometheus', three);
    const ends = 'client="c/shop/web",server="c/pay/db",protocol="TCP",port="80"';
    const lines = text.split('\n').filter((line) => line.includes(ends));
    expect(lines).toEqual([
      `flowatlas_map_flows{${ends},verdict="dropped"} 1`,
      `flowatlas_map_drops{${ends},reason="POLICY_DENIED"} 1`,
    ]);
    expect(text).toContain('# TYPE flowatlas_map_flows gauge\n');
    expect(text).not.toContain('(others)');
  });

  it('counts what is not drawn together', () => {
    const others = { edges: 7, verdicts: { forwarded: 9, dropped: 0 }, dropReasons: {} };
    const text = written('prometheus', { ...three, others });
    expect(text).toContain(
      'flowatlas_map_flows{client="(others)",server="(others)",protocol="",port="",verdict="forwarded"} 9\n',
    );
  });

  it('has nothing of a name outside of quotes', () => {
    const line = new RegExp(`^(?:# .*|flowatlas_map_[a-z_]+\\{(?:[a-z]+=${QUOTED},?)+\\} \\d+)$`);
    fc.assert(
      fc.property(evilGraph, (graph) => {
        for (const one of written('prometheus', graph).trimEnd().split('\n')) expect(one).toMatch(line);
      }),
    );
  });
});
