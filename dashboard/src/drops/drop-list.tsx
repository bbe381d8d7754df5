import type { JSX } from 'react';
import type { DropGroup, Drops } from '../../../src/drops/drops.schema.js';
import type { MapNode } from '../../../src/service-map/service-map.schema.js';
import type { Loaded } from '../state/use-loaded.js';
import { formatCount, plural } from '../ui/format.js';
import { EmptyNotice, ErrorNotice } from '../ui/notice.js';
import { DropRow } from './drop-row.js';

interface Props {
  drops: Loaded<Drops>;
  nodes: ReadonlyMap<string, MapNode>;
  filtered: boolean;
  onShow: (group: DropGroup) => void;
  onClearFilters: () => void;
}

export function DropList({ drops, nodes, filtered, onShow, onClearFilters }: Props): JSX.Element {
  const { data, error } = drops;
  if (error && !data) return <ErrorNotice message={error.message} />;
  if (!data) return <p className="loading">Loading drops…</p>;
  if (data.groups.length === 0) return <NoDrops filtered={filtered} onClearFilters={onClearFilters} />;
  const harmless = data.groups.filter((group) => group.explanation.harmless).length;
  return (
    <div className="scroll">
      <p className="list-intro">
        <strong>{plural(data.drops, 'drop')}</strong> from{' '}
        {plural(data.groups.length + data.groupsLeftOut, 'cause')}, the most frequent first.
        {harmless > 0 &&
          ` ${formatCount(harmless)} of them ${harmless === 1 ? 'is' : 'are'} harmless and toned down.`}
        {data.groupsLeftOut > 0 &&
          ` The ${plural(data.groupsLeftOut, 'rarest', 'rarest')} are not listed: choose a namespace to see them.`}
        {data.removed &&
          ` ${plural(data.removed.flows, 'dropped flow')} of them ${data.removed.flows === 1 ? 'is' : 'are'} no longer held: only the drops are kept.`}
      </p>
      <ol className="drops">
        {data.groups.map((group) => (
          <DropRow key={group.id} group={group} nodes={nodes} onShow={onShow} />
        ))}
      </ol>
    </div>
  );
}

function NoDrops({
  filtered,
  onClearFilters,
}: {
  filtered: boolean;
  onClearFilters: () => void;
}): JSX.Element {
  return (
    <EmptyNotice title={filtered ? 'No drops match the filter' : 'No drops recorded'}>
      {filtered ? (
        <button type="button" onClick={onClearFilters}>
          Clear filters
        </button>
      ) : (
        <p>Nothing in the flows held was dropped. Hubble samples, so this is not proof that nothing was.</p>
      )}
    </EmptyNotice>
  );
}
