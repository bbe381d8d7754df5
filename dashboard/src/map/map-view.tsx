import { useMemo, useRef, type JSX, type RefObject } from 'react';
import { filterKey, grainKey } from '../api/queries.js';
import type { Dashboard } from '../state/use-dashboard.js';
import type { Theme } from '../state/use-theme.js';
import type { Selection, UpdateView, ViewState } from '../state/view-state.js';
import { foundOn } from './digest.js';
import { DigestNote } from './digest-note.js';
import { Legend } from './legend.js';
import { MapEmpty } from './map-empty.js';
import { MapNotes } from './map-notes.js';
import { MapTools } from './map-tools.js';
import { ServiceMap, type MapCommands } from './service-map.js';

interface Props {
  board: Dashboard;
  state: ViewState;
  theme: Theme;
  update: UpdateView;
  commands: RefObject<MapCommands | null>;
}

export function MapView({ board, state, theme, update, commands }: Props): JSX.Element {
  const { digest, map, grain, filter, live, fold } = board;
  const { graph, whole } = digest;
  const question = [grainKey(grain), filterKey(filter), String(state.drawAll)];
  const sceneKey = useSettledKey(question.join('\n'), map !== null);
  const found = useMemo(() => foundOn(digest, board.found), [digest, board.found]);
  const open = (selection: Selection): void => {
    const node = map?.nodes.get(selection.id);
    if (node?.kind === 'namespace') update({ namespace: node.name, level: null, selected: null });
  };
  return (
    <div className="map-view">
      <MapNotes namespace={filter.namespace} fold={fold} drawn update={update}>
        <DigestNote digest={digest} drawAll={state.drawAll} update={update} />
      </MapNotes>
      <ServiceMap
        graph={graph}
        whole={whole}
        sceneKey={sceneKey}
        theme={theme}
        selected={state.selected}
        found={found}
        onSelect={(selected) => {
          update({ selected });
        }}
        onOpen={open}
        commands={commands}
      >
        {graph.nodes.length > 0 && <MapTools commands={commands} />}
      </ServiceMap>
      {graph.nodes.length === 0 ? (
        <MapEmpty
          size={map?.nodes.size ?? null}
          state={state}
          error={live.error}
          silentSince={live.silentSince}
          update={update}
        />
      ) : (
        <Legend />
      )}
    </div>
  );
}

/** While the map of a new question is on its way, nothing is drawn under the new key. */
function useSettledKey(key: string, arrived: boolean): string {
  const settled = useRef('');
  if (arrived) settled.current = key;
  return settled.current;
}
