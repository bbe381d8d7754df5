import type { JSX } from 'react';
import type { EdgeDetail, MapEdge } from '../../../src/service-map/service-map.schema.js';
import { byCount, formatCount, plural } from '../ui/format.js';
import { shown, shownName } from '../ui/shown.js';
import { Time } from '../ui/time.js';
import { latencyWords } from './latency-words.js';
import { CountsTable } from './counts-table.js';
import { explainPoint } from './observation-points.js';
import { DnsFacts, HttpFacts } from './l7-facts.js';

const POINTS_NOTE =
  'One packet may be reported by several observers. Each has its own counter; the numbers above come from the best-placed one.';

export function EdgeFacts({ edge, detail }: { edge: MapEdge; detail: EdgeDetail | null }): JSX.Element {
  const { http, dns } = edge;
  return (
    <>
      <Doubts edge={edge} />
      <dl className="facts">
        <dt>Protocol</dt>
        <dd>{shown(edge.protocol)}</dd>
        <dt>Server port</dt>
        <dd>{edge.port ?? 'none'}</dd>
        <dt>First seen</dt>
        <dd>
          <Time value={edge.firstSeen} utc />
        </dd>
        <dt>Last seen</dt>
        <dd>
          <Time value={edge.lastSeen} utc />
        </dd>
        <ConnectionFacts edge={edge} />
        {detail?.services && (
          <>
            <dt>Reached by</dt>
            <dd>{serviceWords(detail)}</dd>
          </>
        )}
      </dl>
      <CountsTable title="Verdicts" counts={edge.verdicts} />
      <CountsTable title="Drop reasons" counts={edge.dropReasons} />
      <Policies edge={edge} />
      {http && <HttpFacts http={http} full={detail?.http} />}
      {dns && <DnsFacts dns={dns} full={detail?.dns} />}
      <CountsTable
        title="Observation points"
        counts={edge.points}
        explain={explainPoint}
        note={POINTS_NOTE}
      />
    </>
  );
}

/** What edges of some protocols have. */
function ConnectionFacts({ edge: { latency, tcp, encrypted, auth } }: { edge: MapEdge }): JSX.Element {
  return (
    <>
      {latency && (
        <>
          <dt>Latency</dt>
          <dd>{latencyWords(latency)}</dd>
        </>
      )}
      {tcp && (
        <>
          <dt>Connections</dt>
          <dd className={isTroubled(tcp) ? 'bad' : undefined}>{connectionWords(tcp)}</dd>
        </>
      )}
      {encrypted && (
        <>
          <dt>Encrypted</dt>
          <dd>
            {formatCount(encrypted.flows)} of {plural(encrypted.of, 'trace event')}
          </dd>
        </>
      )}
      {auth && (
        <>
          <dt>Authenticated</dt>
          <dd>
            {byCount(auth)
              .map(([type, count]) => `${shownName(type)} × ${formatCount(count)}`)
              .join(', ')}
          </dd>
        </>
      )}
    </>
  );
}

function serviceWords({ services = [], servicesLeftOut = 0 }: EdgeDetail): string {
  const words = services.map(
    ({ namespace, name, inferred }) =>
      `${shownName(`${namespace}/${name}`)}${inferred ? ' (inferred from sockets)' : ''}`,
  );
  return [...words, ...(servicesLeftOut > 0 ? [`${formatCount(servicesLeftOut)} more`] : [])].join(', ');
}

type Tcp = NonNullable<MapEdge['tcp']>;

function isTroubled({ attempts, accepted, resets }: Tcp): boolean {
  return resets > 0 || (accepted !== null && accepted < attempts);
}

function connectionWords({ attempts, accepted, resets }: Tcp): string {
  const opened =
    accepted === null
      ? plural(attempts, 'attempt')
      : `${formatCount(accepted)} of ${plural(attempts, 'attempt')} accepted`;
  return resets > 0 ? `${opened}, ${plural(resets, 'reset')}` : opened;
}

const inferredWords: Readonly<Record<string, string>> = {
  direction: 'No record said who the client is: the side with the lower port is taken for the server.',
  name: 'Hubble gave no name for the address: it is the one that DNS gave the same client for it before.',
  pod: 'Hubble left an end unknown: it is the pod that was seen at its address within the five minutes before.',
  service: 'Only another record told that the address is a Service.',
};

function Doubts({ edge }: { edge: MapEdge }): JSX.Element | null {
  const doubts: string[] = [];
  if (edge.oneSided) doubts.push('Only replies were seen: the counts are those of the replies.');
  for (const what of edge.inferred ?? []) {
    doubts.push(inferredWords[what] ?? `Inferred, not recorded: ${what}.`);
  }
  if (doubts.length === 0) return null;
  return (
    <ul className="doubts">
      {doubts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

function Policies({ edge }: { edge: MapEdge }): JSX.Element | null {
  const { allowedBy = [], deniedBy = [] } = edge.policies ?? {};
  if (allowedBy.length + deniedBy.length === 0) return null;
  return (
    <section>
      <h3>Policies that Hubble named</h3>
      <dl className="facts">
        {allowedBy.length > 0 && (
          <>
            <dt>Allowed by</dt>
            <dd>{allowedBy.map(shownName).join(', ')}</dd>
          </>
        )}
        {deniedBy.length > 0 && (
          <>
            <dt>Denied by</dt>
            <dd className="bad">{deniedBy.map(shownName).join(', ')}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
