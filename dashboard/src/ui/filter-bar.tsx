import type { JSX, RefObject } from 'react';
import type { UpdateView, ViewState } from '../state/view-state.js';
import type { ApiError } from '../api/http.js';
import { FindBox, type Search } from './find-box.js';
import { LevelSwitch } from './level-switch.js';
import { QueryBox } from './query-box.js';
import { shownName } from './shown.js';

const verdicts: [value: string, words: string][] = [
  ['', 'any'],
  ['FORWARDED', 'forwarded'],
  ['DROPPED', 'dropped'],
  ['AUDIT', 'audit'],
  ['REDIRECTED', 'redirected'],
  ['ERROR', 'error'],
];

interface Props {
  state: ViewState;
  namespaces: readonly string[];
  search: Search;
  findBox: RefObject<HTMLInputElement | null>;
  /** What is wrong with the expression. */
  refusal: ApiError | null;
  update: UpdateView;
}

export function FilterBar({ state, namespaces, search, findBox, refusal, update }: Props): JSX.Element {
  const onMap = state.view === 'map' || state.view === 'edges';
  return (
    <div className="filter-bar" role="search" aria-label="Filters">
      <NamespaceSelect value={state.namespace} options={namespaces} update={update} />
      {state.view !== 'drops' && (
        <label>
          Verdict
          <select
            data-testid="filter-verdict"
            value={state.verdict}
            onChange={(event) => {
              update({ verdict: event.target.value });
            }}
          >
            {verdicts.map(([value, words]) => (
              <option key={value} value={value}>
                {words}
              </option>
            ))}
          </select>
        </label>
      )}
      {onMap && (
        <LevelSwitch
          level={search.level}
          onLevel={(next) => {
            update({ level: next, expand: '', collapse: '', selected: null });
          }}
        />
      )}
      {onMap && <Toggles state={state} update={update} />}
      {onMap && <FindBox value={state.find} box={findBox} {...search} update={update} />}
      <QueryBox
        value={state.query}
        namespace={state.namespace}
        refusal={refusal}
        onQuery={(query) => {
          update({ query, selected: null });
        }}
      />
    </div>
  );
}

interface NamespaceProps {
  value: string;
  options: readonly string[];
  update: UpdateView;
}

function NamespaceSelect({ value, options, update }: NamespaceProps): JSX.Element {
  const shown = value === '' || options.includes(value) ? options : [value, ...options];
  return (
    <label>
      Namespace
      <select
        data-testid="filter-namespace"
        value={value}
        onChange={(event) => {
          update({ namespace: event.target.value, selected: null });
        }}
      >
        <option value="">all</option>
        {shown.map((name) => (
          <option key={name} value={name}>
            {shownName(name)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Toggles({ state, update }: { state: ViewState; update: UpdateView }): JSX.Element {
  const toggle = (name: 'hideDns' | 'onlyDrops', words: string): JSX.Element => (
    <label className="toggle">
      <input
        type="checkbox"
        checked={state[name]}
        onChange={(event) => {
          update({ [name]: event.target.checked });
        }}
      />
      {words}
    </label>
  );
  return (
    <>
      {toggle('hideDns', 'Hide DNS')}
      {toggle('onlyDrops', 'Only drops')}
    </>
  );
}
