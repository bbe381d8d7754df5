-- Sums of flows by hour, and a row for each dropped flow. Made while flows are stored; docs/design.md, "Rollups".

-- An end of flows as the service map needs it: JSON with cluster, namespace, workload, and what names it where it is
-- no pod of a workload (pod, name, service, serviceNamespace, identity, ip, labels).
CREATE TABLE rollup_end (
  id     INTEGER PRIMARY KEY,
  node   TEXT NOT NULL,        -- id of its node on the service map
  told   TEXT NOT NULL UNIQUE,
  labels TEXT                  -- JSON: those that all of its pods had, ever; null where none was told
) STRICT;

-- What was told of flows beside their ends: JSON with verdict, dropReason, protocol, direction, l7 and others.
CREATE TABLE rollup_kind (
  id     INTEGER PRIMARY KEY,
  client TEXT,              -- source or destination; null where only ports can tell
  told   TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE edge_hour (
  hour             INTEGER NOT NULL, -- hours since 1970
  source           INTEGER NOT NULL,
  destination      INTEGER NOT NULL,
  kind             INTEGER NOT NULL,
  source_port      INTEGER NOT NULL, -- 0 for the client's
  destination_port INTEGER NOT NULL,
  flows            INTEGER NOT NULL,
  first            INTEGER NOT NULL, -- nanoseconds since the hour began
  last             INTEGER NOT NULL,
  PRIMARY KEY (hour, source, destination, kind, source_port, destination_port)
) STRICT, WITHOUT ROWID;

CREATE TABLE dropped (
  time             INTEGER NOT NULL, -- nanoseconds since 1970
  seq              INTEGER NOT NULL, -- number of the flow
  source           INTEGER NOT NULL,
  destination      INTEGER NOT NULL,
  kind             INTEGER NOT NULL,
  source_port      INTEGER NOT NULL,
  destination_port INTEGER NOT NULL,
  flows            INTEGER NOT NULL,
  PRIMARY KEY (time, seq)
) STRICT, WITHOUT ROWID;

-- Who spoke with whom, hour by hour, as it was told: one row for each point of observation and verdict.
CREATE VIEW edges AS
SELECT strftime('%Y-%m-%dT%H:00:00Z', hour * 3600, 'unixepoch') AS hour,
       source.node AS source, destination.node AS destination, kind.client AS client,
       kind.told ->> 'protocol' AS protocol, source_port, destination_port,
       kind.told ->> 'point' AS point, kind.told ->> 'verdict' AS verdict, kind.told ->> 'dropReason' AS drop_reason,
       kind.told ->> 'direction' AS direction, kind.told -> 'l7' AS l7, flows,
       hour * 3600000000000 + first AS first, hour * 3600000000000 + last AS last
FROM edge_hour
JOIN rollup_end AS source ON source.id = edge_hour.source
JOIN rollup_end AS destination ON destination.id = edge_hour.destination
JOIN rollup_kind AS kind ON kind.id = edge_hour.kind;

CREATE VIEW drops AS
SELECT seq, strftime('%Y-%m-%dT%H:%M:%SZ', time / 1000000000, 'unixepoch') AS at, time,
       source.node AS source, destination.node AS destination,
       kind.told ->> 'protocol' AS protocol, source_port, destination_port,
       kind.told ->> 'point' AS point, kind.told ->> 'dropReason' AS drop_reason,
       kind.told ->> 'direction' AS direction, flows
FROM dropped
JOIN rollup_end AS source ON source.id = dropped.source
JOIN rollup_end AS destination ON destination.id = dropped.destination
JOIN rollup_kind AS kind ON kind.id = dropped.kind;

-- Number of the last flow that edge_hour contains. One row.
CREATE TABLE rollup (last_seq INTEGER NOT NULL) STRICT;
INSERT INTO rollup VALUES (0);
