import { useMemo, type JSX, type ReactNode } from 'react';
import type { MapNode } from '../../../src/service-map/service-map.schema.js';
import type { HeldMap } from '../../../src/live/live-client.js';
import { kindWords, nodeFullName, wholeName } from '../map/node-words.js';
import type { Selection } from '../state/view-state.js';
import { formatCount, plural } from '../ui/format.js';
import { shown, shownName } from '../ui/shown.js';
import { Time } from '../ui/time.js';
import { nodeFlags } from './hubble-command.js';
import { CopyCommand } from './copy-command.js';
import { PanelFrame } from './panel-frame.js';
import { PeerList } from './peer-list.js';

interface Props {
  node: MapNode;
  map: HeldMap;
  onSelect: (selection: Selection | null) => void;
  onFlows: () => void;
  /** What else can be done with it. */
  children: ReactNode;
}

export function NodePanel({ node, map, onSelect, onFlows, children }: Props): JSX.Element {
  const edges = useMemo(() => [...map.edges.values()], [map.edges]);
  return (
    <PanelFrame
      kind={kindWords[node.kind]}
      title={nodeFullName(node)}
      onClose={() => {
        onSelect(null);
      }}
    >
      <div className="actions">
        <button type="button" onClick={onFlows}>
          Show flows
        </button>
        {children}
        <CopyCommand flags={nodeFlags(node, '')} />
      </div>
      <WholeName name={shown(wholeName(node))} cut={nodeFullName(node)} />
      <NodeFacts node={node} />
      <PeerList
        title="Inbound"
        end="source"
        edges={edges.filter((edge) => edge.target === node.id)}
        nodes={map.nodes}
        onSelect={onSelect}
      />
      <PeerList
        title="Outbound"
        end="target"
        edges={edges.filter((edge) => edge.source === node.id)}
        nodes={map.nodes}
        onSelect={onSelect}
      />
      <Labels labels={node.labels} />
    </PanelFrame>
  );
}

function WholeName({ name, cut }: { name: string; cut: string }): JSX.Element | null {
  if (name === cut) return null;
  return (
    <details>
      <summary>Whole name, {plural(name.length, 'character')}</summary>
      <p className="mono small">{name}</p>
    </details>
  );
}

function NodeFacts({ node }: { node: MapNode }): JSX.Element {
  return (
    <dl className="facts">
      {node.namespace && (
        <>
          <dt>Namespace</dt>
          <dd>{shownName(node.namespace)}</dd>
        </>
      )}
      {node.cluster && (
        <>
          <dt>Cluster</dt>
          <dd>{shownName(node.cluster)}</dd>
        </>
      )}
      <dt>Dropped</dt>
      <dd className={node.drops > 0 ? 'bad' : ''}>
        {node.drops > 0 ? `✕ ${formatCount(node.drops)} from or to this node` : 'nothing'}
      </dd>
      <dt>First seen</dt>
      <dd>
        <Time value={node.firstSeen} utc />
      </dd>
      <dt>Last seen</dt>
      <dd>
        <Time value={node.lastSeen} utc />
      </dd>
    </dl>
  );
}

function Labels({ labels }: { labels: readonly string[] }): JSX.Element | null {
  if (labels.length === 0) return null;
  return (
    <section>
      <h3>Labels that all its endpoints carry</h3>
      <ul className="labels">
        {labels.map((label) => (
          <li key={label}>{shownName(label)}</li>
        ))}
      </ul>
    </section>
  );
}
