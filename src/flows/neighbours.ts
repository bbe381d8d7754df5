import type { Filter } from '../domain/filter/filter.js';
import { parseFilter } from '../domain/filter/parse-filter.js';
import { always } from '../domain/filter/window.js';
import { FlowReader } from '../domain/flow/flow-reader.js';
import type { Flow } from '../domain/flow/flow.js';
import { recogniseRecord } from '../domain/flow/record.js';
import type { Viewer } from '../domain/viewer.js';
import type { FlowStore } from '../store/flow-store.js';
import type { StoredFlow } from '../store/queries.js';

/** Records of one connection lie close together; ports are used again later. Nanoseconds. */
const NEAR = 60_000_000_000n;
const MOST = 50;

/** The flow, and other records of the same connection, either way, oldest first. */
export async function findWithNeighbours(
  store: FlowStore,
  viewer: Viewer,
  uuid: string,
): Promise<{ flow: StoredFlow; neighbours: StoredFlow[] } | undefined> {
  if (uuid === '') return undefined;
  const filter = parseFilter(new Map([['uuid', [uuid]]]));
  const [found] = await collect(store.find(viewer, { filter, window: always, order: 'desc', limit: 1 }), 1);
  if (found === undefined) return undefined;
  const record = recogniseRecord(JSON.parse(found.record));
  if (record?.kind !== 'flow') return { flow: found, neighbours: [] };
  const window = { since: found.time - NEAR, until: found.time + NEAR };
  const same = sameConnection(new FlowReader().read(record));
  const near = store.find(viewer, { filter: same, window, order: 'asc', limit: MOST + 1 });
  const neighbours = (await collect(near, MOST + 1)).filter(({ seq }) => seq !== found.seq).slice(0, MOST);
  return { flow: found, neighbours };
}

function sameConnection(wanted: Flow): Filter {
  const key = connectionKey(wanted);
  const matches = (flow: Flow) =>
    flow.traits.protocol === wanted.traits.protocol && key !== undefined && connectionKey(flow) === key;
  return { matches, isEmpty: false };
}

/** Both ends, in an order that is the same for replies; undefined where a mask left no addresses. */
function connectionKey({ source, destination, sourcePort, destinationPort }: Flow): string | undefined {
  if (source.ip === '' || destination.ip === '') return undefined;
  return [`${source.ip} ${sourcePort}`, `${destination.ip} ${destinationPort}`].sort().join(' ');
}

async function collect(flows: AsyncIterable<StoredFlow>, most: number): Promise<StoredFlow[]> {
  const list: StoredFlow[] = [];
  for await (const flow of flows) {
    list.push(flow);
    if (list.length >= most) break;
  }
  return list;
}
