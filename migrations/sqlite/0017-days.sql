-- Sums by day: docs/design.md, "Rollups". Those of its hours, up to one hour: what is held over weeks is told by few.
CREATE TABLE edge_day (
  day              INTEGER NOT NULL, -- days since 1970
  source           INTEGER NOT NULL,
  destination      INTEGER NOT NULL,
  kind             INTEGER NOT NULL,
  source_port      INTEGER NOT NULL, -- 0 for the client's
  destination_port INTEGER NOT NULL,
  flows            INTEGER NOT NULL,
  first            INTEGER NOT NULL, -- nanoseconds since the day began
  last             INTEGER NOT NULL,
  syns             INTEGER NOT NULL,
  resets           INTEGER NOT NULL,
  latencies        BLOB,
  PRIMARY KEY (day, source, destination, kind, source_port, destination_port)
) STRICT, WITHOUT ROWID;

-- Hours since 1970: those before it, from 1970 on, are in edge_day.
ALTER TABLE rollup ADD COLUMN days_until INTEGER NOT NULL DEFAULT 0;

-- Pods whose workload only their names foretell, or that have another one than that: where one is both, sums may have
-- counted it for a workload that is not its own.
CREATE TABLE rollup_pod (
  pod  TEXT PRIMARY KEY, -- cluster/namespace/pod
  told INTEGER NOT NULL  -- 1: without its workload; 2: with another than its name foretells; 3: both
) STRICT, WITHOUT ROWID;

-- Pods of flows up to this number are not in rollup_pod.
ALTER TABLE rollup ADD COLUMN pods_since INTEGER NOT NULL DEFAULT 0;
UPDATE rollup SET pods_since = last_seq;
