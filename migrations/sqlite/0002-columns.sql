-- Flows rest in segments: blocks of up to 8,192 in order of arrival. What flows repeat is kept once in
-- the dictionary. Layout of the blobs: docs/design.md, "Segments". Times are nanoseconds since 1970.
-- (0001 was a layout of the time before the first release.)

CREATE TABLE segment (
  id         INTEGER PRIMARY KEY,
  generation INTEGER NOT NULL,        -- of the dictionary that its numbers belong to
  first_seq  INTEGER NOT NULL UNIQUE, -- number of its first flow; the others follow without a gap
  flows      INTEGER NOT NULL,
  time_min   INTEGER NOT NULL,
  time_max   INTEGER NOT NULL,
  columns    BLOB NOT NULL,           -- one column each: time, template, ends, node, policies, ports, weight, flags, texts
  keys       BLOB NOT NULL            -- 16 bytes a flow, by planes: its uuid, or the hash of its content
) STRICT;

CREATE INDEX segment_time ON segment (time_max, time_min);
CREATE INDEX segment_generation ON segment (generation);

-- What flows repeat, one entry a line, numbered from first_id on within its kind and generation.
CREATE TABLE dictionary (
  generation INTEGER NOT NULL,
  kind       INTEGER NOT NULL,        -- 0 endpoints, 1 templates of records, 2 texts, 3 nodes with their labels, 4 policies
  first_id   INTEGER NOT NULL,
  entries    INTEGER NOT NULL,
  lines      BLOB NOT NULL,
  PRIMARY KEY (generation, kind, first_id)
) STRICT;

-- What of a record is its own: L7 messages, and all of a record that is told like no other. One a line.
CREATE TABLE text_chunk (
  segment_id INTEGER NOT NULL REFERENCES segment (id) ON DELETE CASCADE,
  first_text INTEGER NOT NULL,        -- number, within the segment, of the text that the chunk begins with
  texts      BLOB NOT NULL,
  PRIMARY KEY (segment_id, first_text)
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
  id        INTEGER PRIMARY KEY,
  after_seq INTEGER NOT NULL,         -- number of the last flow that had come before it
  key       BLOB NOT NULL UNIQUE,     -- hash of its content
  kind      TEXT NOT NULL,
  time      INTEGER,
  node      TEXT NOT NULL,
  source    TEXT,                     -- of lost_events: which queue lost them
  events    INTEGER,                  -- of lost_events: how many
  lost_from INTEGER,                  -- of lost_events: since when, from Cilium 1.19
  record    TEXT NOT NULL
) STRICT;

CREATE INDEX event_kind ON event (kind, time);
CREATE INDEX event_after ON event (after_seq);
