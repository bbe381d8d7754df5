import { useEffect, useId, useState, type JSX } from 'react';
import type { ApiError } from '../api/http.js';
import { useCompletions } from '../state/use-completions.js';

interface Props {
  value: string;
  namespace: string;
  /** What is wrong with the value. */
  refusal: ApiError | null;
  onQuery: (query: string) => void;
}

/** Takes an expression, asks it on Enter, and points at the character that is wrong. */
export function QueryBox({ value, namespace, refusal, onQuery }: Props): JSX.Element {
  const [text, setText] = useState(value);
  useEffect(() => {
    setText(value);
  }, [value]);
  const completions = useCompletions(text, namespace);
  const [list, problem] = [useId(), useId()];
  return (
    <form
      className="query"
      onSubmit={(event) => {
        event.preventDefault();
        onQuery(text.trim());
      }}
    >
      <label>
        Query
        <input
          data-testid="filter-query"
          type="search"
          list={list}
          spellCheck={false}
          autoComplete="off"
          placeholder="http-status >= 500 or port = 53, then Enter"
          value={text}
          aria-invalid={refusal !== null}
          aria-describedby={refusal ? problem : undefined}
          onChange={({ target }) => {
            setText(target.value);
            if (target.value === '') onQuery('');
          }}
        />
      </label>
      <datalist id={list}>
        {completions.map((completed) => (
          <option key={completed} value={completed} />
        ))}
      </datalist>
      {refusal && <Problem id={problem} text={value} error={refusal} />}
    </form>
  );
}

const LONGEST_MESSAGE = 200;

function shortened(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}

/** Characters shown before and behind the wrong one. */
const AROUND = 24;

function Problem({ id, text, error }: { id: string; text: string; error: ApiError }): JSX.Element {
  const at = (error.position ?? 1) - 1;
  return (
    <p id={id} className="query-problem" role="alert" data-testid="query-problem">
      <code>
        {text.slice(Math.max(0, at - AROUND), at)}
        <mark>{text.charAt(at) || '…'}</mark>
        {text.slice(at + 1, at + 1 + AROUND)}
      </code>{' '}
      {shortened(error.message.replace(/^q: /, ''))}
    </p>
  );
}
