import type { JSX } from 'react';
import type { DropGroup } from '../../../src/drops/drops.schema.js';
import type { MapNode } from '../../../src/service-map/service-map.schema.js';
import { portLabel } from '../map/edge-class.js';
import { nameOf } from '../map/node-words.js';
import { formatCount } from '../ui/format.js';
import { JsonBlock } from '../ui/json-block.js';
import { shownName } from '../ui/shown.js';
import { Time } from '../ui/time.js';
import { Words } from '../ui/words.js';

interface Props {
  group: DropGroup;
  nodes: ReadonlyMap<string, MapNode>;
  onShow: (group: DropGroup) => void;
}

export function DropRow({ group, nodes, onShow }: Props): JSX.Element {
  const { explanation } = group;
  return (
    <li
      className={explanation.harmless ? 'drop harmless' : 'drop'}
      data-testid="drop-row"
      onClick={(event) => {
        if (event.target instanceof Element && !event.target.closest('details')) onShow(group);
      }}
    >
      <div className="drop-count">
        <strong>{formatCount(group.count)}</strong>
        <span>{explanation.harmless ? 'harmless' : 'dropped'}</span>
      </div>
      <div className="drop-text">
        <button
          type="button"
          className="link drop-title"
          title="Show on the map"
          onClick={() => {
            onShow(group);
          }}
        >
          {who(group.source, nodes)} <span aria-label="to">→</span> {who(group.destination, nodes)}{' '}
          <span className="port">{portLabel(group)}</span>
        </button>
        <p className="drop-words">
          <Words text={explanation.words} />
        </p>
        {explanation.nextStep && (
          <p className="drop-next">
            <strong>Next:</strong> <Words text={explanation.nextStep} />
          </p>
        )}
        <DropFacts group={group} />
        {group.example && (
          <details>
            <summary>Newest record</summary>
            <JsonBlock value={group.example} />
          </details>
        )}
      </div>
    </li>
  );
}

function DropFacts({ group }: { group: DropGroup }): JSX.Element {
  return (
    <p className="drop-facts">
      {group.reason && <span className="chip mono">{shownName(group.reason)}</span>}
      {group.direction && <span>{group.direction.toLowerCase()}</span>}
      {group.deniedBy.length > 0 && (
        <span className="bad">denied by {group.deniedBy.map(shownName).join(', ')}</span>
      )}
      <span>
        first <Time value={group.firstSeen} />, last <Time value={group.lastSeen} /> UTC
      </span>
    </p>
  );
}

function who(id: string | undefined, nodes: ReadonlyMap<string, MapNode>): string {
  return id ? nameOf(nodes, id) : 'anyone';
}
