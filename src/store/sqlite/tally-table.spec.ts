import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { flow } from '../../../test/support/make-flow.js';
import { tallyPorts } from '../../domain/service-map/tally.js';
import { emptyColumns } from './columns.js';
import { flowLayout } from './segment-layout.js';
import { TallyTable } from './tally-table.js';

/** Whose ports matter: both where nobody knows the client, else only the server's. */
const shapes = [
  flow({ is_reply: false }),
  flow({ is_reply: true }),
  flow({ is_reply: undefined, l4: { UDP: { source_port: 1, destination_port: 2 } } }),
];

const row = fc.record({
  shape: fc.nat(2),
  source: fc.nat(2),
  destination: fc.nat(1),
  l7: fc.nat(1),
  sourcePort: fc.constantFrom(0, 1, 80, 65_535),
  destinationPort: fc.constantFrom(0, 2, 80, 65_535),
  time: fc.bigInt({ min: 0n, max: 20n }),
  weight: fc.integer({ min: 1, max: 40 }),
});

interface Group {
  weight: number;
  first: bigint;
  last: bigint;
  lastRow: number;
}

describe('the table of tallies', () => {
  it('groups flows by all that the map tells apart, and sums up weights and times', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        const columns = emptyColumns(flowLayout, rows.length);
        const table = new TallyTable(rows.length);
        const groups = new Map<string, Group>();
        for (const [i, of] of rows.entries()) {
          const { source, destination, l7, shape, time, weight, sourcePort, destinationPort } = of;
          Object.assign(columns.source, { [i]: source });
          Object.assign(columns.destination, { [i]: destination });
          Object.assign(columns.traits, { [i]: shape });
          Object.assign(columns.l7, { [i]: l7 });
          Object.assign(columns.weight, { [i]: weight });
          Object.assign(columns.time, { [i]: time });
          const told = { ...shapes[shape]!, sourcePort, destinationPort };
          table.add(told, columns, i);
          const ports = tallyPorts(told);
          const key = [source, destination, shape, l7, ports.sourcePort, ports.destinationPort].join();
          const group = groups.get(key) ?? { weight: 0, first: time, last: time, lastRow: i };
          const newer = time >= group.last;
          groups.set(key, {
            weight: group.weight + weight,
            first: time < group.first ? time : group.first,
            last: newer ? time : group.last,
            lastRow: newer ? i : group.lastRow,
          });
        }
        expect(read(table)).toEqual(groups);
      }),
    );
  });

  it('keeps the ports of both ends only where nobody knows the client', () => {
    const ports = shapes.map((shape) => tallyPorts({ ...shape, sourcePort: 1, destinationPort: 2 }));
    expect(ports).toEqual([
      { sourcePort: 0, destinationPort: 2 },
      { sourcePort: 1, destinationPort: 0 },
      { sourcePort: 1, destinationPort: 2 },
    ]);
  });
});

function read({ columns, rows }: TallyTable): Map<string, Group> {
  return new Map(
    Array.from({ length: rows }, (_, i) => [
      [
        columns.source[i],
        columns.destination[i],
        columns.traits[i],
        columns.l7[i],
        columns.sourcePort[i],
        columns.destinationPort[i],
      ].join(),
      {
        weight: columns.weight[i]!,
        first: columns.first[i]!,
        last: columns.last[i]!,
        lastRow: columns.lastRow[i]!,
      },
    ]),
  );
}
