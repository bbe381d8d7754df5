/**
 * What a dashboard asks, of Flowatlas over REST and of DuckDB in SQL. Words change from round to round, and windows
 * end a few seconds earlier, so that no round is the one before. Both answers are told as what must be equal, where
 * both count the same (`told` and `row`), else as how much was found.
 */
const HOUR = 60;
const DAY = 24 * HOUR;

const paths = ['^/api/v[12]/orders/[0-9]+5$', '/search|/login', '[.](js|pdf)$', '^/v3/tenants/[0-9a-f]*a/'];
const words = ['mailservice/getmail', 'python-requests', 'AUTH_REQUIRED', 'no-such-word-anywhere'];
const pick = (list, round) => list[round % list.length];
const back = (newest, minutes, round = 0) =>
  new Date(Date.parse(newest) - minutes * 60_000 - round * 7_000).toISOString();
const encoded = encodeURIComponent;

/** Of the flows that are held: uuids, and namespaces that have drops. */
export async function gather(ask) {
  const { newest, oldest } = await ask('/api/v1/status');
  const uuids = [];
  for (let i = 0; i < 20; i++) {
    const until = Date.parse(oldest) + ((i + 0.5) / 20) * (Date.parse(newest) - Date.parse(oldest));
    const { flows } = await ask(`/api/v1/flows?limit=5&until=${new Date(until).toISOString()}`);
    uuids.push(...flows.map((record) => (record.flow ?? record).uuid));
  }
  const { groups } = await ask('/api/v1/flows/groups?verdict=DROPPED&by=to-namespace&top=8');
  const namespaces = groups.map(({ values }) => values['to-namespace']).filter((name) => name !== null);
  return { uuids: uuids.map((uuid, i) => uuids[(i * 37) % uuids.length] ?? uuid), namespaces };
}

const uuidsOf = (flows) =>
  flows
    .map((record) => (record.flow ?? record).uuid)
    .sort()
    .join(' ');
const ofRecords = (rows) => uuidsOf(rows.map(([record]) => JSON.parse(record)));
const numbers = (rows) => rows.map((row) => row.map((value) => String(value ?? '')).join(' ')).sort();
const together = (list) => list.join(', ');
const port = 'coalesce(tcp_destination_port, udp_destination_port)';

function count(rest, where) {
  return {
    path: (facts, round) => `/api/v1/flows/count?${rest(facts, round)}`,
    told: (answer) => String(answer.count),
    sql: (facts, round) => `SELECT count(*) FROM flows WHERE ${where(facts, round)}`,
    row: ([[found]]) => String(found),
  };
}

function edges(minutes) {
  const since = (newest, round) => (minutes === undefined ? undefined : back(newest, minutes, round));
  return {
    path: ({ newest }, round) =>
      minutes === undefined ? '/api/v1/map' : `/api/v1/map?since=${since(newest, round)}`,
    found: (answer) => `${answer.edges.length} edges`,
    // Replies count for nothing here, and nobody looks for who is the client: less than the map does.
    sql: ({ newest }, round) => `SELECT source_identity, destination_identity, ${port} AS port, verdict,
      drop_reason, count(*), min(time), max(time) FROM flows WHERE is_reply IS NOT true
      ${minutes === undefined ? '' : `AND time >= '${since(newest, round)}'`} GROUP BY ALL`,
  };
}

/** Groups tell how long answers took: within some percent, both. */
const latencies = `approx_quantile(latency_ns, [0.5, 0.95, 0.99]) FILTER (l7_type = 'RESPONSE')`;

function groups(by, columns, minutes) {
  const since = ({ newest }, round) => back(newest, minutes, round);
  const asked = `by=${by.join()}&top=1000`;
  return {
    path: (facts, round) =>
      `/api/v1/flows/groups?${asked}${minutes === undefined ? '' : `&verdict=DROPPED&since=${since(facts, round)}`}`,
    told: ({ groups }) =>
      together(numbers(groups.map(({ values, count }) => [...by.map((n) => values[n]), count]))),
    sql: (facts, round) => `SELECT ${columns.join()}, count(*), min(time), max(time), ${latencies} FROM flows
      ${minutes === undefined ? '' : `WHERE verdict = 'DROPPED' AND time >= '${since(facts, round)}'`}
      GROUP BY ALL ORDER BY count(*) DESC LIMIT 1000`,
    row: (rows) => together(numbers(rows.map((row) => row.slice(0, by.length + 1)))),
  };
}

/**
 * What `edges` asks of DuckDB, asked of both: counts by ends as records tell them, the largest thousand. Which of equal
 * ones these are, nobody says, so what is compared is how many they are and their flows together.
 */
function ends(minutes) {
  const since = ({ newest }, round) => back(newest, minutes, round);
  const by = 'from-identity,to-identity,to-port,verdict,drop-reason-desc';
  const summed = (counts) => `${counts.length} groups of ${counts.reduce((sum, n) => sum + n, 0)}`;
  return {
    path: (facts, round) =>
      `/api/v1/flows/groups?by=${by}&top=1000&protocol=tcp&protocol=udp&not-reply=true&since=${since(facts, round)}`,
    told: ({ groups }) => summed(groups.map(({ count }) => count)),
    sql: (facts, round) => `SELECT source_identity, destination_identity, ${port} AS port, verdict,
      drop_reason, count(*), min(time), max(time), ${latencies} FROM flows WHERE is_reply IS NOT true
      AND ${port} IS NOT NULL AND time >= '${since(facts, round)}' GROUP BY ALL ORDER BY count(*) DESC LIMIT 1000`,
    row: (rows) => summed(rows.map((row) => Number(row[5]))),
  };
}

function series(step, interval, minutes) {
  const since = ({ newest }, round) => back(newest, minutes, round);
  return {
    path: (facts, round) =>
      `/api/v1/flows/timeseries?by=verdict&step=${step}${minutes === undefined ? '' : `&since=${since(facts, round)}`}`,
    told: ({ series, times }) =>
      together(
        series
          .flatMap(({ value, counts }) =>
            counts.flatMap((n, i) => (n === 0 ? [] : [`${value} ${Date.parse(times[i])} ${n}`])),
          )
          .sort(),
      ),
    sql: (
      facts,
      round,
    ) => `SELECT verdict, epoch_ms(time_bucket(INTERVAL '${interval}', time::TIMESTAMP)) AS at,
      count(*) FROM flows ${minutes === undefined ? '' : `WHERE time >= '${since(facts, round)}'`} GROUP BY ALL`,
    row: (rows) => together(numbers(rows)),
  };
}

/** Minutes of the windows of which maps are asked. */
export const windows = {
  'edges, last hour': HOUR,
  'edges, last six hours': 6 * HOUR,
  'edges, last seven days': 7 * DAY,
};

/** `small`: also asked while flows come in at full speed. */
export const questions = {
  'last 100 drops': {
    small: true,
    path: () => '/api/v1/flows?verdict=DROPPED&limit=100',
    told: ({ flows }) => uuidsOf(flows),
    sql: () => `SELECT record FROM flows WHERE verdict = 'DROPPED' ORDER BY time DESC LIMIT 100`,
    row: ofRecords,
  },
  'last 100 drops to a namespace': {
    small: true,
    path: ({ namespaces }, round) =>
      `/api/v1/flows?verdict=DROPPED&to-namespace=${encoded(pick(namespaces, round))}&limit=100`,
    told: ({ flows }) => uuidsOf(flows),
    sql: ({ namespaces }, round) => `SELECT record FROM flows WHERE verdict = 'DROPPED'
      AND destination_namespace = '${pick(namespaces, round)}' ORDER BY time DESC LIMIT 100`,
    row: ofRecords,
  },
  'one flow by uuid': {
    small: true,
    path: ({ uuids }, round) => `/api/v1/flows?uuid=${pick(uuids, round)}`,
    told: ({ flows }) => uuidsOf(flows),
    sql: ({ uuids }, round) => `SELECT record FROM flows WHERE uuid = '${pick(uuids, round)}'`,
    row: ofRecords,
  },
  'causes of drops, last hour': {
    small: true,
    path: ({ newest }, round) => `/api/v1/drops?since=${back(newest, HOUR, round)}`,
    found: (answer) => `${answer.groups.length + answer.groupsLeftOut} causes`,
    sql: ({ newest }, round) => `SELECT source_identity, destination_identity, ${port} AS port, drop_reason,
      direction, count(*) AS drops, min(time), max(time), max_by(record, time) FROM flows
      WHERE verdict = 'DROPPED' AND time >= '${back(newest, HOUR, round)}' GROUP BY ALL ORDER BY drops DESC`,
  },
  'drops by reason and namespaces, last hour': groups(
    ['from-namespace', 'to-namespace', 'drop-reason-desc'],
    ['source_namespace', 'destination_namespace', 'drop_reason'],
    HOUR,
  ),
  'edges, last hour': { small: true, ...edges(windows['edges, last hour']) },
  'edges, last six hours': edges(windows['edges, last six hours']),
  'edges, last seven days': edges(windows['edges, last seven days']),
  'edges, everything': edges(),
  'counts by ends, port and verdict, last hour': ends(HOUR),
  'HTTP path by pattern, last hour': count(
    ({ newest }, round) => `http-path=${encoded(pick(paths, round))}&since=${back(newest, HOUR, round)}`,
    ({ newest }, round) =>
      `regexp_matches(http_path, '${pick(paths, round)}') AND time >= '${back(newest, HOUR, round)}'`,
  ),
  'verdicts, everything': groups(['verdict'], ['verdict']),
  'verdicts by minute, last hour': series('1m', '1 minute', HOUR),
  'verdicts by hour, everything': series('1h', '1 hour'),
  'HTTP path by pattern, everything': count(
    (_, round) => `http-path=${encoded(pick(paths, round))}`,
    (_, round) => `regexp_matches(http_path, '${pick(paths, round)}')`,
  ),
  'expression, everything': count(
    (_, round) =>
      `q=${encoded(`(verdict = DROPPED or http-status >= 500) and not from-namespace ~ "^${'abcd'[round % 4]}"`)}`,
    (_, round) => `(verdict = 'DROPPED' OR http_code >= 500) AND NOT
      regexp_matches(coalesce(source_namespace, ''), '^${'abcd'[round % 4]}')`,
  ),
  'text, everything': count(
    (_, round) => `text=${encoded(pick(words, round))}`,
    (_, round) => `contains(lower(record), '${pick(words, round).toLowerCase()}')`,
  ),
};
