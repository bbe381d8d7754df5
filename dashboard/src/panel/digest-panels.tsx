import type { JSX } from 'react';
import type { MapEdge, MapNode } from '../../../src/service-map/service-map.schema.js';
import type { HeldMap } from '../../../src/live/live-client.js';
import type { Digest } from '../map/digest.js';
import { nodeFullName } from '../map/node-words.js';
import type { Selection } from '../state/view-state.js';
import { plural } from '../ui/format.js';
import { PanelFrame } from './panel-frame.js';
import { PeerList } from './peer-list.js';

interface Props {
  digest: Digest;
  map: HeldMap;
  onSelect: (selection: Selection | null) => void;
}

/** A line that stands for several edges. */
export function BundlePanel({
  id,
  edges,
  digest,
  map,
  onSelect,
}: Props & { id: string; edges: readonly MapEdge[] }): JSX.Element {
  const line = digest.graph.edges.find((edge) => edge.id === id);
  const name = (end: string | undefined): string => {
    const node = digest.graph.nodes.find((one) => one.id === end);
    return node ? nodeFullName(node) : '';
  };
  const originals = edges.map((edge) => map.edges.get(edge.id) ?? edge);
  return (
    <PanelFrame
      kind={`line of ${plural(edges.length, 'edge')}`}
      title={`${name(line?.source)} → ${name(line?.target)}`}
      onClose={() => {
        onSelect(null);
      }}
    >
      <PeerList
        title="Edges"
        end={endThatDiffers(originals)}
        edges={originals}
        nodes={map.nodes}
        onSelect={onSelect}
      />
    </PanelFrame>
  );
}

function endThatDiffers(edges: readonly MapEdge[]): 'source' | 'target' {
  return edges.some(({ source }) => source !== edges[0]?.source) ? 'source' : 'target';
}

/** The node that stands for what is outside of the cluster. */
export function OutsidePanel({ digest: { outside }, map, onSelect }: Props): JSX.Element {
  const ids = new Set(outside.map(({ id }) => id));
  const edges = [...map.edges.values()];
  return (
    <PanelFrame
      kind="drawn as one node"
      title={plural(outside.length, 'name and address', 'names and addresses')}
      onClose={() => {
        onSelect(null);
      }}
    >
      <Members nodes={outside} onSelect={onSelect} />
      <PeerList
        title="Calling them"
        end="source"
        edges={edges.filter(({ target }) => ids.has(target))}
        nodes={map.nodes}
        onSelect={onSelect}
      />
      <PeerList
        title="Called by them"
        end="target"
        edges={edges.filter(({ source }) => ids.has(source))}
        nodes={map.nodes}
        onSelect={onSelect}
      />
    </PanelFrame>
  );
}

const MOST_MEMBERS = 200;

function Members({
  nodes,
  onSelect,
}: {
  nodes: readonly MapNode[];
  onSelect: Props['onSelect'];
}): JSX.Element {
  const sorted = [...nodes].sort((a, b) => a.name.localeCompare(b.name));
  return (
    <section>
      <h3>Members</h3>
      <ul className="peers">
        {sorted.slice(0, MOST_MEMBERS).map((node) => (
          <li key={node.id}>
            <button
              type="button"
              className="link"
              onClick={() => {
                onSelect({ kind: 'node', id: node.id });
              }}
            >
              {nodeFullName(node)}
            </button>
          </li>
        ))}
      </ul>
      {sorted.length > MOST_MEMBERS && (
        <p className="muted small">
          Showing {MOST_MEMBERS} of {sorted.length}; find others by their name.
        </p>
      )}
    </section>
  );
}
