import type { JSX } from 'react';
import type { UpdateView } from '../state/view-state.js';
import { formatCount, plural } from '../ui/format.js';
import type { Digest } from './digest.js';

interface Props {
  digest: Digest;
  drawAll: boolean;
  update: UpdateView;
}

/** What the map leaves out so that it can be read, and how to get it. */
export function DigestNote({ digest, drawAll, update }: Props): JSX.Element | null {
  const { graph, outside, bundles, lines } = digest;
  const drawn = graph.edges.length;
  if (!drawAll && outside.length === 0 && bundles.size === 0 && drawn === lines) return null;
  return (
    <p data-testid="digest-notice">
      {drawAll && `Drawing all ${plural(graph.nodes.length, 'node')} and ${plural(drawn, 'edge')}. `}
      {outside.length > 0 && `${formatCount(outside.length)} names outside are drawn as one node. `}
      {bundles.size > 0 && 'Edges between the same two nodes are one line. '}
      {drawn < lines &&
        `${formatCount(drawn)} of ${plural(lines, 'line')} are drawn, those with most drops first: select a node for all of its own. `}
      <button
        type="button"
        className="link"
        onClick={() => {
          update({ drawAll: !drawAll });
        }}
      >
        {drawAll ? 'Draw what can be read' : 'Draw everything'}
      </button>
    </p>
  );
}
