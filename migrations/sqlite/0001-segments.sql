-- Flows rest in segments: blocks of up to 8,192 in order of arrival, each readable alone.
-- Layout of the blobs: docs/design.md, "Segments". Times are nanoseconds since 1970.

CREATE TABLE segment (
  id        INTEGER PRIMARY KEY,
  first_seq INTEGER NOT NULL UNIQUE, -- number of its first flow; the others follow without a gap
  flows     INTEGER NOT NULL,
  time_min  INTEGER NOT NULL,
  time_max  INTEGER NOT NULL,
  parts     BLOB NOT NULL,           -- the endpoints, traits and L7 messages that its flows are made of
  tallies   BLOB NOT NULL,           -- its flows grouped as the service map counts them
  columns   BLOB NOT NULL,           -- one column each: time, parts, ports, weight, flags
  keys      BLOB NOT NULL            -- 16 bytes a flow: its uuid, or the hash of its content
) STRICT;

CREATE INDEX segment_time ON segment (time_max, time_min);

-- The records themselves, as Hubble wrote them: newline-separated JSON, deflated.
CREATE TABLE record_chunk (
  segment_id INTEGER NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
  first_row  INTEGER NOT NULL,       -- row of the segment that the chunk begins with
  records    BLOB NOT NULL,
  PRIMARY KEY (segment_id, first_row)
) STRICT;

-- What each node delivered, for coverage.
CREATE TABLE segment_node (
  segment_id INTEGER NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
  node       TEXT NOT NULL,
  flows      INTEGER NOT NULL,
  time_min   INTEGER NOT NULL,
  time_max   INTEGER NOT NULL,
  PRIMARY KEY (segment_id, node)
) STRICT, WITHOUT ROWID;

-- Records that are no flow: lost_events, node_status, agent_event, debug_event.
CREATE TABLE event (
  id      INTEGER PRIMARY KEY,
  key     BLOB NOT NULL UNIQUE,      -- hash of its content
  kind    TEXT NOT NULL,
  time    INTEGER,
  node    TEXT NOT NULL,
  source  TEXT,                      -- of lost_events: which queue lost them
  events  INTEGER,                   -- of lost_events: how many
  lost_from INTEGER,                 -- of lost_events: since when, from Cilium 1.19
  record  TEXT NOT NULL
) STRICT;

CREATE INDEX event_kind ON event (kind, time);
