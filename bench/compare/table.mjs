/** How DuckDB gets the flows: a table with typed columns, and if wanted the record in one of them. */

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
  l7_type: ['VARCHAR', 'l7.type'],
  latency_ns: ['BIGINT', 'l7.latency_ns'],
  http_method: ['VARCHAR', 'l7.http.method'],
  http_url: ['VARCHAR', 'l7.http.url'],
  http_code: ['INTEGER', 'l7.http.code'],
  dns_query: ['VARCHAR', 'l7.dns.query'],
  event_type: ['INTEGER', 'event_type.type'],
  direction: ['VARCHAR', 'traffic_direction'],
  is_reply: ['BOOLEAN', 'is_reply'],
  summary: ['VARCHAR', 'Summary'],
};

/** Of a URL what Flowatlas matches, but for percent-encoding: worked out once, when it is loaded. */
const httpPath = String.raw`regexp_extract(http_url, '^(?:[a-zA-Z][a-zA-Z0-9+.-]*://[^/?#]*)?([^?#]*)', 1)`;

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

/** One statement that makes the table `flows` of a file; records of other kinds than flows are left out. */
export function load(file, withRecord) {
  const select = Object.entries(columns).map(
    ([name, [, path]]) => `flow.${quotedPath(path).join('.')} AS ${name}`,
  );
  const told = `${select.join(', ')}, ${httpPath} AS http_path`;
  if (!withRecord)
    return `CREATE TABLE flows AS SELECT ${told} FROM read_json(${quoted(file)},
      format = 'newline_delimited', columns = {flow: ${quoted(struct(neededOfFlow()))}}) WHERE flow IS NOT NULL`;
  return `CREATE TABLE flows AS SELECT ${told}, record FROM (
      SELECT from_json(json -> '$.flow', ${quoted(jsonStructure(neededOfFlow()))}) AS flow, json AS record
      FROM read_ndjson_objects(${quoted(file)})) WHERE flow IS NOT NULL`;
}
