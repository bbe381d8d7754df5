// Loads a capture into a DuckDB file and asks it what a dashboard asks, in a process of its own:
// --file FILE --data DATABASE --threads N [--record] [--rounds N]. With --record each row also keeps its record.
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { told } from '../lib/part.mjs';

const text = { type: 'string' };
const { values } = parseArgs({
  options: { file: text, data: text, threads: text, rounds: text, record: { type: 'boolean' } },
});

/** The columns that the questions and Hubble's common filters need, and where they are in a record. */
const columns = {
  time: ['TIMESTAMP_NS', 'time'],
  uuid: ['UUID', 'uuid'],
  verdict: ['VARCHAR', 'verdict'],
  drop_reason: ['VARCHAR', 'drop_reason_desc'],
  source_ip: ['VARCHAR', 'IP.source'],
  destination_ip: ['VARCHAR', 'IP.destination'],
  tcp_source_port: ['INTEGER', 'l4.TCP.source_port'],
  tcp_destination_port: ['INTEGER', 'l4.TCP.destination_port'],
  udp_source_port: ['INTEGER', 'l4.UDP.source_port'],
  udp_destination_port: ['INTEGER', 'l4.UDP.destination_port'],
  source_identity: ['INTEGER', 'source.identity'],
  source_namespace: ['VARCHAR', 'source.namespace'],
  source_pod: ['VARCHAR', 'source.pod_name'],
  source_labels: ['VARCHAR[]', 'source.labels'],
  destination_identity: ['INTEGER', 'destination.identity'],
  destination_namespace: ['VARCHAR', 'destination.namespace'],
  destination_pod: ['VARCHAR', 'destination.pod_name'],
  destination_labels: ['VARCHAR[]', 'destination.labels'],
  type: ['VARCHAR', 'Type'],
  node: ['VARCHAR', 'node_name'],
  http_method: ['VARCHAR', 'l7.http.method'],
  http_url: ['VARCHAR', 'l7.http.url'],
  http_code: ['INTEGER', 'l7.http.code'],
  dns_query: ['VARCHAR', 'l7.dns.query'],
  event_type: ['INTEGER', 'event_type.type'],
  direction: ['VARCHAR', 'traffic_direction'],
  is_reply: ['BOOLEAN', 'is_reply'],
  summary: ['VARCHAR', 'Summary'],
};

/** What of `flow` the columns need, as a tree of types. */
function neededOfFlow() {
  const root = {};
  for (const [type, path] of Object.values(columns)) {
    const keys = path.split('.');
    const last = keys.pop();
    let at = root;
    for (const key of keys) at = at[key] ??= {};
    at[last] = type;
  }
  return root;
}

function struct(members) {
  const told = ([key, type]) => `"${key}" ${typeof type === 'string' ? type : struct(type)}`;
  return `STRUCT(${Object.entries(members).map(told).join(', ')})`;
}

/** The same for from_json, which writes lists in another way. */
const jsonStructure = (members) =>
  JSON.stringify(members, (_, type) => (type === 'VARCHAR[]' ? ['VARCHAR'] : type));

const quoted = (text) => `'${text.replaceAll("'", "''")}'`;
const quotedPath = (path) => path.split('.').map((key) => `"${key}"`);

/** One statement; records of other kinds than flows are left out. */
function load() {
  const select = Object.entries(columns).map(
    ([name, [, path]]) => `flow.${quotedPath(path).join('.')} AS ${name}`,
  );
  if (!values.record)
    return `CREATE TABLE flows AS SELECT ${select.join(', ')} FROM read_json(${quoted(values.file)},
      format = 'newline_delimited', columns = {flow: ${quoted(struct(neededOfFlow()))}}) WHERE flow IS NOT NULL`;
  return `CREATE TABLE flows AS SELECT ${select.join(', ')}, record FROM (
      SELECT from_json(json -> '$.flow', ${quoted(jsonStructure(neededOfFlow()))}) AS flow, json AS record
      FROM read_ndjson_objects(${quoted(values.file)})) WHERE flow IS NOT NULL`;
}

const port = 'coalesce(tcp_destination_port, udp_destination_port)';
const questions = {
  'last 100 drops': `SELECT * FROM flows WHERE verdict = 'DROPPED' ORDER BY time DESC LIMIT 100`,
  'drops by cause, last 10 minutes': dropsByCause('10 minutes'),
  'drops by cause, everything': dropsByCause(),
  'edges of the last hour': edges('1 hour'),
  'edges, everything': edges(),
};

function since(interval) {
  return interval === undefined ? 'true' : `time >= (SELECT max(time) FROM flows) - INTERVAL ${interval}`;
}

function dropsByCause(interval) {
  return `SELECT source_identity, destination_identity, ${port} AS port, drop_reason, direction, count(*) AS drops,
    min(time), max(time) FROM flows WHERE verdict = 'DROPPED' AND ${since(interval)}
    GROUP BY ALL ORDER BY drops DESC LIMIT 100`;
}

/** Replies count for nothing here, and nobody looks for who is the client: less than the map does. */
function edges(interval) {
  return `SELECT source_identity, destination_identity, ${port} AS port, verdict, drop_reason, count(*),
    min(time), max(time) FROM flows WHERE is_reply IS NOT true AND ${since(interval)} GROUP BY ALL`;
}

const instance = await DuckDBInstance.create(values.data, { threads: values.threads });
const connection = await instance.connect();
const start = performance.now();
await connection.run(load());
await connection.run('CHECKPOINT');
const seconds = (performance.now() - start) / 1000;
const [[flows]] = (await connection.runAndReadAll('SELECT count(*) FROM flows')).getRows();
const answers = {};
for (const [name, sql] of Object.entries(questions)) {
  const milliseconds = [];
  let found = 0;
  for (let round = 0; round < Number(values.rounds ?? 0); round++) {
    const asked = performance.now();
    found = (await connection.runAndReadAll(sql)).getRows().length;
    milliseconds.push(performance.now() - asked);
  }
  answers[name] = { milliseconds, found: `${found} rows` };
}
connection.closeSync();
instance.closeSync();
told({ flows: Number(flows), seconds, bytes: (await stat(values.data)).size, answers });
