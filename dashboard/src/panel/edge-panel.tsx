import type { JSX } from 'react';
import type { EdgeDetail, MapEdge, MapNode } from '../../../src/service-map/service-map.schema.js';
import type { HeldMap } from '../../../src/live/live-client.js';
import { fetchEdge, filterKey, grainKey, type Grain, type MapFilter } from '../api/queries.js';
import { edgeClass, portLabel } from '../map/edge-class.js';
import { nodeFullName } from '../map/node-words.js';
import { useLoaded } from '../state/use-loaded.js';
import type { Selection } from '../state/view-state.js';
import { VerdictBadge } from '../edges/verdict-badge.js';
import { JsonBlock } from '../ui/json-block.js';
import { ErrorNotice } from '../ui/notice.js';
import { EdgeFacts } from './edge-facts.js';
import { CopyCommand } from './copy-command.js';
import { edgeFlags } from './hubble-command.js';
import { PanelFrame } from './panel-frame.js';

interface Props {
  id: string;
  grain: Grain;
  filter: MapFilter;
  map: HeldMap;
  seq: number;
  onSelect: (selection: Selection | null) => void;
  onFlows: () => void;
}

interface Ends {
  edge: MapEdge;
  source: MapNode;
  target: MapNode;
}

export function EdgePanel({ id, grain, filter, map, seq, onSelect, onFlows }: Props): JSX.Element {
  const key = [id, grainKey(grain), filterKey(filter)].join('\n');
  const { data, error } = useLoaded((signal) => fetchEdge(id, grain, filter, signal), key, seq, 3_000);
  const ends = currentEnds(id, map, data);
  return (
    <PanelFrame
      kind="edge, client → server"
      title={ends ? <EdgeTitle {...ends} onSelect={onSelect} /> : id}
      onClose={() => {
        onSelect(null);
      }}
    >
      {ends && (
        <div className="actions">
          <button type="button" onClick={onFlows}>
            Show flows
          </button>
          <CopyCommand flags={edgeFlags(ends.edge, ends.source, ends.target, data?.examples ?? [])} />
        </div>
      )}
      {error && <ErrorNotice message={error.message}>Showing what the map knows.</ErrorNotice>}
      {ends ? <EdgeFacts edge={ends.edge} detail={data} /> : <p className="muted">Loading…</p>}
      {data && <Examples detail={data} />}
    </PanelFrame>
  );
}

/** The live map is newer than the last answer about this edge. */
function currentEnds(id: string, map: HeldMap, detail: EdgeDetail | null): Ends | null {
  const edge = map.edges.get(id) ?? detail?.edge;
  const source = detail?.source ?? (edge && map.nodes.get(edge.source));
  const target = detail?.target ?? (edge && map.nodes.get(edge.target));
  return edge && source && target ? { edge, source, target } : null;
}

function EdgeTitle({
  edge,
  source,
  target,
  onSelect,
}: Ends & { onSelect: (selection: Selection) => void }): JSX.Element {
  return (
    <>
      <button
        type="button"
        className="link"
        onClick={() => {
          onSelect({ kind: 'node', id: source.id });
        }}
      >
        {nodeFullName(source)}
      </button>
      <span className="muted"> → </span>
      <button
        type="button"
        className="link"
        onClick={() => {
          onSelect({ kind: 'node', id: target.id });
        }}
      >
        {nodeFullName(target)}
      </button>{' '}
      <span className="port">{portLabel(edge)}</span> <VerdictBadge kind={edgeClass(edge)} />
    </>
  );
}

function Examples({ detail }: { detail: EdgeDetail }): JSX.Element | null {
  if (detail.examples.length === 0) return null;
  return (
    <section>
      <h3>Example records</h3>
      {detail.examples.map((record, index) => (
        <details key={index} open={index === 0}>
          <summary>Record {index + 1}</summary>
          <JsonBlock value={record} />
        </details>
      ))}
    </section>
  );
}
