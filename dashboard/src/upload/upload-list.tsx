import type { JSX } from 'react';
import type { IngestReport, Rejection } from '../../../src/ingest/ingest.schema.js';
import { useEscape } from '../state/use-escape.js';
import { formatCount, plural } from '../ui/format.js';
import { shown, shownName } from '../ui/shown.js';
import { useLeaving } from './use-leaving.js';
import type { Upload } from './use-uploads.js';

interface Props {
  uploads: readonly Upload[];
  onDismiss: (id: number) => void;
}

export function UploadList({ uploads, onDismiss }: Props): JSX.Element | null {
  const done = uploads.filter(({ report }) => report !== null);
  useEscape(done.length > 0, () => {
    for (const { id } of done) onDismiss(id);
  });
  if (uploads.length === 0) return null;
  return (
    <section className="uploads" aria-label="Imports">
      {uploads.map((upload) => (
        <UploadCard key={upload.id} upload={upload} onDismiss={onDismiss} />
      ))}
    </section>
  );
}

function UploadCard({ upload, onDismiss }: { upload: Upload; onDismiss: (id: number) => void }): JSX.Element {
  const { report, error } = upload;
  const running = !report && !error;
  const held = useLeaving(report?.rejected === 0, () => {
    onDismiss(upload.id);
  });
  return (
    <article className={error ? 'upload failed' : 'upload'} {...held}>
      <header>
        <strong className="clip" title={upload.names.join('\n')}>
          {shownName(title(upload.names))}
        </strong>
        <button
          type="button"
          className="icon"
          aria-label={running ? 'Cancel import' : 'Dismiss'}
          title={running ? 'Cancel' : 'Dismiss'}
          onClick={() => {
            onDismiss(upload.id);
          }}
        >
          ×
        </button>
      </header>
      {running && <Progress fraction={upload.fraction} />}
      {report && <Report report={report} />}
      {error && (
        <div role="alert" data-testid="upload-error">
          <p className="bad">✕ {shown(error.message)}</p>
          <ErrorLines errors={error.lines} total={error.lines.length} />
        </div>
      )}
    </article>
  );
}

function title(names: readonly string[]): string {
  const [first = ''] = names;
  return names.length > 1 ? `${first} and ${plural(names.length - 1, 'more file')}` : first;
}

function Progress({ fraction }: { fraction: number }): JSX.Element {
  const sent = fraction >= 1;
  return (
    <>
      <progress max={1} aria-label="Sent" {...(sent ? {} : { value: fraction })} />
      <p className="muted small">
        {sent ? 'Sent. Storing…' : `Sending, ${String(Math.floor(fraction * 100))} %`}
      </p>
    </>
  );
}

function Report({ report }: { report: IngestReport }): JSX.Element {
  const others = Object.entries(report.otherEvents);
  return (
    <div role="status" data-testid="upload-result" data-stored={report.stored}>
      <dl className="report">
        <Figure name="stored" value={report.stored} />
        <Figure name="duplicates" value={report.duplicates} />
        <Figure name="rejected" value={report.rejected} bad={report.rejected > 0} />
        <Figure name="lost events" value={report.lostEvents} bad={report.lostEvents > 0} />
      </dl>
      {others.length > 0 && (
        <p className="muted small">
          Also{' '}
          {others.map(([kind, count]) => `${formatCount(count)} ${kind.replaceAll('_', ' ')}`).join(', ')}
        </p>
      )}
      {report.text && (
        <p className="muted small" data-testid="upload-text">
          {plural(report.text.records, 'record')} read from text
          {report.text.assumed.map((assumption) => `; assumed ${assumption}`).join('')}
        </p>
      )}
      <ErrorLines errors={report.errors} total={report.rejected} />
    </div>
  );
}

function Figure({ name, value, bad }: { name: string; value: number; bad?: boolean }): JSX.Element {
  return (
    <div className={bad ? 'bad' : ''}>
      <dt>{name}</dt>
      <dd>{formatCount(value)}</dd>
    </div>
  );
}

function ErrorLines({ errors, total }: { errors: readonly Rejection[]; total: number }): JSX.Element | null {
  if (errors.length === 0) return null;
  return (
    <details open={errors.length <= 5}>
      <summary>
        {total > errors.length
          ? `The first ${formatCount(errors.length)} of ${formatCount(total)} rejected lines`
          : plural(errors.length, 'rejected line')}
      </summary>
      <ul className="error-lines">
        {errors.map((error, index) => (
          <li key={index}>
            <span className="mono">
              {error.file ? `${shownName(error.file)}, ` : ''}line {error.line}
            </span>{' '}
            {shown(error.reason)}
          </li>
        ))}
      </ul>
    </details>
  );
}
