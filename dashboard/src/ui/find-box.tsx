import type { JSX, RefObject } from 'react';
import type { Level } from '../../../src/service-map/service-map.schema.js';
import type { UpdateView } from '../state/view-state.js';
import { plural } from './format.js';

export interface Search {
  /** Ids of the nodes found; null while nothing is searched. */
  found: ReadonlySet<string> | null;
  /** Nodes that were looked at. */
  among: number;
  level: Level;
}

interface Props extends Search {
  value: string;
  box: RefObject<HTMLInputElement | null>;
  update: UpdateView;
}

const levelWords: Record<Level, string> = {
  workload: 'workloads',
  namespace: 'namespaces',
  pod: 'pods',
  cluster: 'clusters',
};

/** Marks what carries the text, selects the first of it on Enter, and says where it looked. */
export function FindBox({ value, box, found, among, level, update }: Props): JSX.Element {
  const [first] = found ?? [];
  return (
    <div className="find">
      <label>
        <span className="visually-hidden">Find</span>
        <input
          ref={box}
          data-testid="find"
          type="search"
          placeholder="Find by name ( / )"
          value={value}
          onChange={(event) => {
            update({ find: event.target.value });
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && first !== undefined)
              update({ selected: { kind: 'node', id: first } });
          }}
        />
      </label>
      {found !== null && (
        <span className="muted small" role="status" data-testid="find-result">
          {found.size > 0
            ? `${String(found.size)} found`
            : `0 of ${plural(among, 'node')}: ${levelWords[level]}`}
        </span>
      )}
      {found?.size === 0 && <LookFiner level={level} update={update} />}
    </div>
  );
}

/** A map of namespaces knows no name of a workload. */
function LookFiner({ level, update }: { level: Level; update: UpdateView }): JSX.Element | null {
  if (level !== 'namespace' && level !== 'cluster') return null;
  return (
    <button
      type="button"
      className="link small"
      onClick={() => {
        update({ level: 'workload', expand: '', collapse: '', selected: null });
      }}
    >
      Look among workloads
    </button>
  );
}
