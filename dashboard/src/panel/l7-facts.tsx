import type { JSX } from 'react';
import type { EdgeDetail, MapEdge } from '../../../src/service-map/service-map.schema.js';
import { byCount, formatCount, plural } from '../ui/format.js';
import { shownName } from '../ui/shown.js';
import { CountsTable } from './counts-table.js';
import { formatMilliseconds, latencyWords } from './latency-words.js';

type Http = NonNullable<MapEdge['http']>;
type Dns = NonNullable<MapEdge['dns']>;
/** The map has none; they come with the edge in full. */
type RoutesOfEdge = EdgeDetail['http'];
type NamesOfEdge = EdgeDetail['dns'];

export function HttpFacts({ http, full }: { http: Http; full: RoutesOfEdge }): JSX.Element {
  return (
    <section>
      <h3>HTTP</h3>
      <p className="muted small">
        {plural(http.requests, 'request')}, {plural(http.responses, 'response')}
      </p>
      <CountsInLine name="Methods" counts={http.methods} />
      <CountsInLine name="Statuses" counts={http.statuses} />
      {full && full.routes.length > 0 && <Routes {...full} />}
    </section>
  );
}

function CountsInLine({
  name,
  counts,
}: {
  name: string;
  counts: Record<string, number>;
}): JSX.Element | null {
  const rows = byCount(counts);
  if (rows.length === 0) return null;
  return (
    <p className="small">
      <span className="muted">{name}</span>{' '}
      {rows.map(([value, count]) => (
        <span key={value} className={/^[45]\d\d$/.test(value) ? 'chip bad' : 'chip'}>
          {shownName(value)} × {formatCount(count)}
        </span>
      ))}
    </p>
  );
}

function Routes({ routes, routesLeftOut, requestsLeftOut }: NonNullable<RoutesOfEdge>): JSX.Element {
  return (
    <table className="counts">
      <thead>
        <tr>
          <th scope="col">Route</th>
          <th scope="col" className="number">
            Requests
          </th>
          <th scope="col" className="number">
            p95
          </th>
        </tr>
      </thead>
      <tbody>
        {routes.map((route) => (
          <tr key={`${route.method} ${route.path}`}>
            <th scope="row">
              {shownName(`${route.method} ${route.path}`)}
              {route.pinned && (
                <span className="chip" title="given by the settings, not learned">
                  pinned
                </span>
              )}
              <span className="muted small">
                {byCount(route.statuses)
                  .map(([status, count]) => `${status} × ${formatCount(count)}`)
                  .join(', ')}
              </span>
            </th>
            <td className="number">{formatCount(route.requests)}</td>
            <td className="number" title={route.latency && latencyWords(route.latency)}>
              {route.latency?.p95 == null ? '–' : formatMilliseconds(route.latency.p95)}
            </td>
          </tr>
        ))}
      </tbody>
      {routesLeftOut + requestsLeftOut > 0 && (
        <caption>
          and {plural(routesLeftOut, 'rarer route')}
          {requestsLeftOut > 0 && ` and ${plural(requestsLeftOut, 'request')} of more routes`}, not listed
        </caption>
      )}
    </table>
  );
}

export function DnsFacts({ dns, full }: { dns: Dns; full: NamesOfEdge }): JSX.Element {
  return (
    <section>
      <h3>DNS</h3>
      <p className="muted small">
        {plural(dns.queries, 'query', 'queries')}, {plural(dns.responses, 'response')}
      </p>
      <CountsInLine name="Codes" counts={dns.rcodes} />
      {full && <CountsTable title="Names asked for" counts={full.names} leftOut={full.namesLeftOut} />}
    </section>
  );
}
