-- Sums by minute of flows that retention removed: docs/design.md, "Rollups". Flows that are held are in none of them.
CREATE TABLE edge_minutes (
  hour       INTEGER NOT NULL, -- hours since 1970
  part       INTEGER NOT NULL, -- from 0; what one part tells may be told by another, too: they add up
  minute_min INTEGER NOT NULL, -- minutes since 1970
  minute_max INTEGER NOT NULL,
  flows      INTEGER NOT NULL,
  sums       INTEGER NOT NULL,
  columns    BLOB NOT NULL,
  checksum   INTEGER NOT NULL, -- CRC-32 of columns
  PRIMARY KEY (hour, part)
) STRICT;

-- Without the columns, which lie far apart in the file.
CREATE INDEX edge_minutes_info ON edge_minutes (hour, part, minute_min, minute_max, flows);

-- Flows that were removed without having been added up, as they could not be read.
CREATE TABLE minute_gap (
  time_min INTEGER NOT NULL, -- nanoseconds since 1970
  time_max INTEGER NOT NULL,
  flows    INTEGER NOT NULL
) STRICT;

-- From this hour on all flows that were removed are in edge_minutes or minute_gap; null where none ever was removed otherwise.
ALTER TABLE retention ADD COLUMN minutes_since INTEGER;
UPDATE retention SET minutes_since = removed_until / 3600000000000 + 1 WHERE removed_until IS NOT NULL;
-- Before this hour, sums were removed from edge_hour.
ALTER TABLE retention ADD COLUMN sums_since INTEGER;
