import { useMemo, useRef, useState, type JSX } from 'react';
import { DropList } from './drops/drop-list.js';
import { useShowDrop } from './drops/use-show-drop.js';
import { EdgesView } from './edges/edges-view.js';
import { FlowsView } from './flows/flows-view.js';
import { MapView } from './map/map-view.js';
import type { MapCommands } from './map/service-map.js';
import { SidePanel } from './panel/side-panel.js';
import { useAddress } from './state/use-address.js';
import { useDashboard, type Dashboard } from './state/use-dashboard.js';
import { useExpression } from './state/use-expression.js';
import { useHotkeys } from './state/use-hotkeys.js';
import { useTheme } from './state/use-theme.js';
import { useViewState, views, type UpdateView, type ViewState } from './state/view-state.js';
import { Announcer } from './ui/announcer.js';
import { summary } from './ui/summary.js';
import { FilterBar } from './ui/filter-bar.js';
import { HelpDialog } from './ui/help-dialog.js';
import { OldNote, StaleNote } from './ui/stale-note.js';
import { StatusBar } from './ui/status-bar.js';
import { TopBar } from './ui/top-bar.js';
import { DropZone } from './upload/drop-zone.js';
import { UploadList } from './upload/upload-list.js';
import { useUploads } from './upload/use-uploads.js';

export function App(): JSX.Element {
  const [state, update] = useViewState();
  const [theme, toggleTheme] = useTheme();
  const [help, setHelp] = useState(false);
  const commands = useRef<MapCommands | null>(null);
  const findBox = useRef<HTMLInputElement>(null);
  const expression = useExpression(state.query);
  const { query, refusal } = expression;
  useAddress(state, expression);
  const shown = useMemo(() => ({ ...state, query }), [state, query]);
  const board = useDashboard(shown);
  const uploads = useUploads();
  const showDrop = useShowDrop(board, update);
  useHotkeys({
    ...Object.fromEntries(
      views.map((view, index) => [
        String(index + 1),
        () => {
          update({ view });
        },
      ]),
    ),
    f: () => commands.current?.fit(),
    '/': () => findBox.current?.focus(),
    '?': () => {
      setHelp(true);
    },
    Escape: () => {
      update({ selected: null });
    },
  });
  const { silentSince } = board.live;
  const isOld = silentSince !== null && board.map !== null;
  const panelled = state.view === 'map' || state.view === 'edges';
  return (
    <div className={silentSince ? 'app silent' : 'app'}>
      <TopBar
        view={state.view}
        onView={(view) => {
          update({ view });
        }}
        drops={board.drops.data?.drops ?? null}
        connection={board.live.connection}
        lastChange={board.live.lastChange}
        silentSince={board.live.silentSince}
        theme={theme}
        onTheme={toggleTheme}
        onHelp={() => {
          setHelp(true);
        }}
        onFiles={uploads.start}
      />
      <FilterBar
        state={state}
        namespaces={board.namespaces}
        search={{
          found: board.map && board.found,
          among: board.graph.nodes.length,
          level: board.grain.level,
        }}
        refusal={refusal}
        findBox={findBox}
        update={update}
      />
      <main className="main">
        <div
          className={refusal || isOld ? 'view stale' : 'view'}
          id="view"
          role="tabpanel"
          aria-labelledby={`tab-${state.view}`}
        >
          {isOld && <OldNote since={silentSince} />}
          {refusal && <StaleNote query={query} />}
          {state.view === 'map' ? (
            <MapView board={board} state={shown} theme={theme} update={update} commands={commands} />
          ) : (
            <OtherView board={board} state={shown} update={update} onShowDrop={showDrop} />
          )}
        </div>
        {panelled && state.selected && <SidePanel selected={state.selected} board={board} update={update} />}
      </main>
      <StatusBar status={board.status} coverage={board.drops.data?.coverage ?? null} gaps={board.gaps.data} />
      <UploadList uploads={uploads.list} onDismiss={uploads.dismiss} />
      <DropZone onFiles={uploads.start} />
      <HelpDialog
        open={help}
        onClose={() => {
          setHelp(false);
        }}
      />
      <Announcer text={summary(board)} />
    </div>
  );
}

interface OtherProps {
  board: Dashboard;
  state: ViewState;
  update: UpdateView;
  onShowDrop: ReturnType<typeof useShowDrop>;
}

function OtherView({ board, state, update, onShowDrop }: OtherProps): JSX.Element {
  if (state.view === 'edges') return <EdgesView board={board} state={state} update={update} />;
  if (state.view === 'flows') return <FlowsView board={board} state={state} update={update} />;
  return (
    <DropList
      drops={board.drops}
      nodes={board.map?.nodes ?? new Map()}
      filtered={state.namespace !== '' || state.query !== ''}
      onShow={onShowDrop}
      onClearFilters={() => {
        update({ namespace: '', query: '' });
      }}
    />
  );
}
